import { useMemo } from 'react';
import type { CollectionDetail } from '#shared/contract/index.ts';
import { useOperation } from '../../app/api/index.ts';
import { PlaceLink, placeOf, usePlaceState } from '../../app/routes/index.ts';
import { PlaceFailure } from '../../app/shell/index.ts';
import { AliasChip, EmptyState, formatQuantity, RelativeTime, Select, SkeletonLines } from '../../ui/index.ts';
import { ArrowRight, Clock } from '../../ui/icons.ts';
import styles from './Registries.module.css';

const every = '\u0000';
const mostMoves = 500;

/** Every move of the collection's aliases, newest first: which version was `production` when, who put it there and why. */
export function TimelineTab({ collection }: { readonly collection: CollectionDetail }) {
  const [alias, setAlias] = usePlaceState('timeline alias', every);
  const moves = useOperation('aliases.timeline', { holder: { kind: 'collection', id: collection.id }, limit: mostMoves, ...(alias === every ? {} : { alias }) }, { keepPrevious: true });
  const names = useMemo(() => [...new Set([...collection.aliases.map((one) => one.name), ...(moves.data?.items ?? []).map((move) => move.alias), ...(alias === every ? [] : [alias])])].sort(), [collection.aliases, moves.data, alias]);
  const guarded = new Set(collection.protectedAliases);
  const version = (index: number | null) => (index === null ? <span className={styles.dim}>nowhere</span> : <PlaceLink to={placeOf.link({ registry: collection.registry, collection: collection.name, index })}>v{index}</PlaceLink>);
  return (
    <>
      <div className={styles.cardBar}>
        <span className={styles.score}>{moves.data === undefined ? '' : `${formatQuantity(moves.data.total, 'move')}${moves.data.total > mostMoves ? `, the newest ${mostMoves} shown` : ''}`}</span>
        <span className={styles.spacer} />
        <Select label="Alias" size="small" options={[{ value: every, label: 'All aliases' }, ...names.map((name) => ({ value: name, label: name }))]} value={alias} onValueChange={setAlias} />
      </div>
      <div className={styles.timeline} tabIndex={0} role="region" aria-label="Aliases over time">
        {moves.error !== null ? (
          <PlaceFailure error={moves.error} retry={moves.retry} compact />
        ) : moves.data === undefined ? (
          <SkeletonLines lines={8} />
        ) : moves.data.items.length === 0 ? (
          <EmptyState icon={Clock} title="Nothing moved yet" text="Every alias that is put, moved or removed appears here, with who did it, when and why." />
        ) : (
          <ol>
            {moves.data.items.map((move) => (
              <li key={`${move.eventId} ${move.alias}`} className={styles.move}>
                <RelativeTime time={move.at} />
                <span>
                  <AliasChip alias={move.alias} isProtected={guarded.has(move.alias)} />
                </span>
                <span className={styles.name}>
                  {version(move.from)} <ArrowRight size={12} aria-label="to" /> {version(move.to)}
                  {move.message !== null && <span className={styles.dim}>“{move.message}”</span>}
                </span>
                <span className={styles.dim}>{move.actor.displayName}</span>
              </li>
            ))}
          </ol>
        )}
      </div>
    </>
  );
}
