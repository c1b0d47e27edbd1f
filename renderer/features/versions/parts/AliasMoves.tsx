import { useMemo, type ReactNode } from 'react';
import type { AliasHolder, EventId } from '#shared/contract/index.ts';
import { latestAlias } from '#shared/domain/aliases.ts';
import { aliasGuard } from '#shared/domain/aliasGuard.ts';
import { runCommand, useOperation } from '../../../app/api/index.ts';
import { PlaceLink, usePlaceState, type Place } from '../../../app/routes/index.ts';
import { PlaceFailure } from '../../../app/shell/index.ts';
import { AliasChip, Button, classNames, EmptyState, formatQuantity, RelativeTime, Select, SkeletonLines } from '../../../ui/index.ts';
import { ArrowRight, Clock, Undo2 } from '../../../ui/icons.ts';
import styles from '../tabs/tabs.module.css';

const every = '\u0000';
const mostMoves = 500;

export type AliasMovesProps = {
  readonly holder: AliasHolder;
  /** Aliases that stand now: offered by the filter before any move of theirs is known. */
  readonly known: readonly string[];
  /** What the registry protects, by name and by pattern. */
  readonly protectedAliases: readonly string[];
  /** The number that is looked at: moves that touch it stand out. */
  readonly index?: number;
  /** Why the person may take no move back; null when they may, absent where nothing is taken back. */
  readonly revertReason?: string | null;
  /** Where the version of a number is; without it numbers are plain words. */
  readonly placeOfVersion?: (index: number) => Place;
  /** Puts the parts where they belong: how many moves, the choice of an alias, the moves. */
  readonly children: (parts: { readonly facts: string | undefined; readonly filter: ReactNode; readonly list: ReactNode }) => ReactNode;
};

/** Every move of a holder's aliases, newest first: which version was `production` when, who put it there and why. */
export function AliasMoves({ holder, known, protectedAliases, index, placeOfVersion, revertReason, children }: AliasMovesProps) {
  const [alias, setAlias] = usePlaceState('timeline alias', every);
  const moves = useOperation('aliases.timeline', { holder, limit: mostMoves, ...(alias === every ? {} : { alias }) }, { keepPrevious: true });
  const names = useMemo(() => [...new Set([...known, ...(moves.data?.items ?? []).map((move) => move.alias), ...(alias === every ? [] : [alias])])].sort(), [known, moves.data, alias]);
  const guarded = aliasGuard(protectedAliases);
  // Only the last move of an alias can be taken back: an older one has been built on.
  const newest = new Map((moves.data?.items ?? []).toReversed().map((move) => [move.alias, move.eventId]));
  const version = (number: number) => (placeOfVersion === undefined ? <span>v{number}</span> : <PlaceLink to={placeOfVersion(number)}>v{number}</PlaceLink>);
  return children({
    facts: moves.data === undefined ? undefined : `${formatQuantity(moves.data.total, 'move')}${moves.data.total > mostMoves ? `, the newest ${mostMoves} shown` : ''}`,
    filter: <Select label="Alias" size="small" options={[{ value: every, label: 'All aliases' }, ...names.map((name) => ({ value: name, label: name }))]} value={alias} onValueChange={setAlias} />,
    list:
      moves.error !== null ? (
        <PlaceFailure error={moves.error} retry={moves.retry} compact />
      ) : moves.data === undefined ? (
        <SkeletonLines lines={6} />
      ) : moves.data.items.length === 0 ? (
        <EmptyState compact icon={Clock} title="Nothing moved yet" text="Every alias that is put, moved or removed appears here, with who did it, when and why." />
      ) : (
        <ol className={styles.timeline}>
          {moves.data.items.map((move) => {
            const came = index === undefined ? move.to !== null && move.from === null : move.to === index;
            const went = index === undefined ? move.to === null : move.from === index;
            return (
              <li key={`${move.eventId} ${move.alias}`} className={classNames(styles.event, index !== undefined && (came || went) && styles.touches)}>
                <span className={styles.eventMark} data-tone={came ? 'good' : went ? 'danger' : undefined} aria-hidden />
                <span className={styles.eventWords}>
                  <AliasChip alias={move.alias} isProtected={guarded.has(move.alias)} />
                  {move.from === null ? <span>put on</span> : version(move.from)}
                  {move.from !== null && <ArrowRight role="img" aria-label="to" />}
                  {move.to === null ? <span>taken off</span> : version(move.to)}
                  <span className={styles.dim}>by {move.actor.displayName}</span>
                </span>
                <span className={styles.eventTime}>
                  {revertReason !== undefined && newest.get(move.alias) === move.eventId && move.alias !== latestAlias && (
                    <Button
                      size="small"
                      variant="quiet"
                      icon={Undo2}
                      disabled={revertReason !== null}
                      {...(revertReason === null ? {} : { disabledReason: revertReason })}
                      aria-label={`${move.from === null ? 'Take off again' : `Back to v${move.from}`}: ${move.alias}`}
                      onClick={() => void runCommand('aliases.revert', { eventId: move.eventId as EventId }, { done: `“${move.alias}” is ${move.from === null ? 'taken off again' : `back on v${move.from}`}` })}
                    >
                      {move.from === null ? 'Take off again' : `Back to v${move.from}`}
                    </Button>
                  )}
                  <RelativeTime time={move.at} />
                </span>
                {move.message !== null && <span className={styles.eventMore}>“{move.message}”</span>}
              </li>
            );
          })}
        </ol>
      ),
  });
}
