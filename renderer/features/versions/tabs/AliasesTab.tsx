import { useMemo } from 'react';
import type { AliasHolder } from '#shared/contract/index.ts';
import { AliasBar, type AliasSuggestion } from '../../aliases/index.ts';
import { useOperation } from '../../../app/api/index.ts';
import { PlaceLink, placeOf, usePlaceState } from '../../../app/routes/index.ts';
import { PlaceFailure } from '../../../app/shell/index.ts';
import { AliasChip, classNames, EmptyState, formatQuantity, RelativeTime, Select, SkeletonLines } from '../../../ui/index.ts';
import { ArrowRight, Clock } from '../../../ui/icons.ts';
import { Section } from '../parts/Facts.tsx';
import { TabBody } from '../parts/TabBody.tsx';
import { linkHolder, sourceHolder, type Shown } from '../shown.ts';
import styles from './tabs.module.css';

export function AliasesTab({ shown }: { readonly shown: Shown }) {
  const { version, link, rights } = shown;
  return (
    <TabBody name="aliases" label="Aliases">
      {link !== null && <LinkAliases shown={shown} link={link} />}
      <Section title={link === null ? `In ${version.artifact}` : `At its source, ${version.artifact} v${version.index}`} {...(link === null ? {} : { facts: 'aliases there are others than those here' })}>
        <AliasBar {...sourceHolder(version)} aliases={version.aliases} mayMoveProtected editable={rights.editSourceAliases === null} />
      </Section>
      {link === null && version.links.length > 0 && (
        <Section title="Where it is linked">
          <ul className={styles.rows}>
            {version.links.map((mark) => (
              <li key={mark.linkId} className={styles.row}>
                <PlaceLink to={placeOf.link(mark)} className={styles.rowName}>
                  <span>
                    {mark.registry} / {mark.collection}
                  </span>
                </PlaceLink>
                <span className={styles.dim}>v{mark.index}</span>
                <span className={styles.chips}>
                  {mark.aliases.map((alias) => (
                    <AliasChip key={alias.name} alias={alias.name} isProtected={alias.protected} />
                  ))}
                </span>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Timeline
        holder={link === null ? sourceHolder(version).holder : linkHolder(link).holder}
        name={link === null ? version.artifact : link.collection}
        index={link === null ? version.index : link.index}
        known={(link?.aliases ?? version.aliases).map((alias) => alias.name)}
        protectedAliases={shown.registry?.protectedAliases ?? []}
      />
    </TabBody>
  );
}

function LinkAliases({ shown, link }: { readonly shown: Shown; readonly link: NonNullable<Shown['link']> }) {
  const collection = useOperation('collections.get', { id: link.collectionId });
  const suggestions = useMemo<readonly AliasSuggestion[]>(
    () =>
      (collection.data?.aliases ?? []).map((alias) => ({
        alias: alias.name, standsOn: alias.index, protected: alias.protected,
        lockedReason: alias.protected && !shown.rights.mayMoveProtected ? 'It is protected: only an admin of the registry may.' : null,
      })),
    [collection.data, shown.rights.mayMoveProtected],
  );
  return (
    <Section title={`In ${link.collection}`} facts="each stands on one version of the collection at most">
      <AliasBar {...linkHolder(link)} aliases={link.aliases} mayMoveProtected={shown.rights.mayMoveProtected} editable={shown.rights.editLink === null} suggestions={suggestions} />
    </Section>
  );
}

const every = '\u0000';
const mostMoves = 200;

type TimelineProps = {
  readonly holder: AliasHolder;
  readonly name: string;
  /** The number that is looked at: moves that touch it stand out. */
  readonly index: number;
  readonly known: readonly string[];
  readonly protectedAliases: readonly string[];
};

function Timeline({ holder, name, index, known, protectedAliases }: TimelineProps) {
  const [alias, setAlias] = usePlaceState('timeline alias', every);
  const moves = useOperation('aliases.timeline', { holder, limit: mostMoves, ...(alias === every ? {} : { alias }) }, { keepPrevious: true });
  const names = useMemo(() => [...new Set([...known, ...(alias === every ? (moves.data?.items ?? []).map((move) => move.alias) : [alias])])].sort(), [known, moves.data, alias]);
  return (
    <Section
      title="Timeline"
      facts={moves.data === undefined ? undefined : `${formatQuantity(moves.data.total, 'move')} in ${name}${moves.data.total > mostMoves ? `, the newest ${mostMoves} shown` : ''}`}
      actions={<Select label="Alias" size="small" options={[{ value: every, label: 'All aliases' }, ...names.map((one) => ({ value: one, label: one }))]} value={alias} onValueChange={setAlias} />}
    >
      {moves.error !== null ? (
        <PlaceFailure error={moves.error} retry={moves.retry} compact />
      ) : moves.data === undefined ? (
        <SkeletonLines lines={5} />
      ) : moves.data.items.length === 0 ? (
        <EmptyState compact icon={Clock} title="Nothing moved yet" text="Every alias that is put, moved or removed appears here, with who did it, when and why." />
      ) : (
        <ol className={styles.timeline}>
          {moves.data.items.map((move) => {
            const touches = move.from === index || move.to === index;
            return (
              <li key={`${move.eventId} ${move.alias}`} className={classNames(styles.event, touches && styles.touches)}>
                <span className={styles.eventMark} data-tone={move.to === index ? 'good' : move.from === index ? 'danger' : undefined} aria-hidden />
                <span className={styles.eventWords}>
                  <AliasChip alias={move.alias} isProtected={protectedAliases.includes(move.alias)} />
                  <span>{move.from === null ? 'put on' : `v${move.from}`}</span>
                  {move.from !== null && <ArrowRight role="img" aria-label="to" />}
                  <span>{move.to === null ? 'taken off' : `v${move.to}`}</span>
                  <span className={styles.dim}>by {move.actor.displayName}</span>
                </span>
                <span className={styles.eventTime}>
                  <RelativeTime time={move.at} />
                </span>
                {move.message !== null && <span className={styles.eventMore}>{move.message}</span>}
              </li>
            );
          })}
        </ol>
      )}
    </Section>
  );
}
