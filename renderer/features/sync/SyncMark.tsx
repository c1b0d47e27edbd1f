/** How collections and links stand with the remotes that they follow: said only where the two sides are not the same. */
import { useCallback, useMemo, useState } from 'react';
import type { CollectionId, LinkId, OutputOf, RegistryId } from '#shared/contract/index.ts';
import { assertNever } from '#shared/domain/assert.ts';
import { useOperation } from '../../app/api/index.ts';
import { navigate } from '../../app/routes/index.ts';
import { Badge, Tooltip } from '../../ui/index.ts';
import { ArrowRightLeft, ArrowUp, Cloud, CloudOff, type Icon } from '../../ui/icons.ts';
import styles from './Sync.module.css';

export type SyncBadge = OutputOf<'sync.badges'>['items'][number];
export type SyncBadges = ReadonlyMap<number, readonly SyncBadge[]>;

type Words = { readonly icon: Icon; readonly label: string; readonly detail: string; readonly tone: 'neutral' | 'caution' };

export function wordsOf({ standing, remote, there }: SyncBadge): Words | null {
  switch (standing) {
    case 'same':
      return null;
    case 'here':
      return { icon: CloudOff, label: 'Only here', detail: `Only here: it is not at ${remote}.`, tone: 'neutral' };
    case 'there':
      return { icon: Cloud, label: 'Files there', detail: `Its files are only at ${remote}, as version ${there ?? ''}.`, tone: 'neutral' };
    case 'waiting':
      return { icon: ArrowUp, label: 'To send', detail: `Changed here; ${remote} is still to be told.`, tone: 'neutral' };
    case 'differs':
      return { icon: ArrowRightLeft, label: 'Differs', detail: `Differs from ${remote}: Sync shows both sides.`, tone: 'caution' };
    default:
      return assertNever(standing, 'standing');
  }
}

/** Nothing is asked where no remote is connected to the registry. */
function useFollowed(registryId: RegistryId | null): boolean {
  const remotes = useOperation('remotes.list', {}).data?.items;
  return registryId !== null && remotes?.some((remote) => remote.registry.id === registryId) === true;
}

export function useSyncBadges(registryId: RegistryId | null, input: { readonly collectionIds: readonly CollectionId[] } | { readonly linkIds: readonly LinkId[] }): SyncBadges {
  const ids = 'collectionIds' in input ? input.collectionIds : input.linkIds;
  const followed = useFollowed(registryId) && ids.length > 0;
  const { data } = useOperation('sync.badges', 'collectionIds' in input ? { collectionIds: [...input.collectionIds] } : { linkIds: [...input.linkIds] }, { enabled: followed, keepPrevious: true });
  return useMemo(() => (followed ? Map.groupBy(data?.items ?? [], (badge) => badge.id) : new Map<number, SyncBadge[]>()), [data, followed]);
}

type Rows<Row> = { readonly getRow: (index: number) => Row | undefined; readonly onRangeNeeded: (first: number, last: number) => void };

/** For a long table: the ids of the rows that are in sight, and the table's `onRangeNeeded` with it. */
export function useIdsInSight<Row extends { readonly id: number }>(rows: Rows<Row>): { readonly ids: readonly Row['id'][]; readonly onRangeNeeded: (first: number, last: number) => void } {
  const [range, setRange] = useState({ first: 0, last: 60 });
  const { onRangeNeeded: need } = rows;
  const onRangeNeeded = useCallback((first: number, last: number) => {
    need(first, last);
    setRange((before) => (before.first === first && before.last === last ? before : { first, last }));
  }, [need]);
  const ids = useMemo(() => {
    const found: Row['id'][] = [];
    for (let index = range.first; index <= Math.min(range.last, range.first + 400); index++) {
      const row = rows.getRow(index);
      if (row !== undefined) found.push(row.id);
    }
    return found;
  }, [rows, range]);
  return { ids, onRangeNeeded };
}

/** In a row: a small sign with its words for whoever points at it or listens. */
export function SyncSign({ badges }: { readonly badges: readonly SyncBadge[] | undefined }) {
  const shown = (badges ?? []).flatMap((badge) => wordsOf(badge) ?? []);
  if (shown.length === 0) return null;
  return (
    <>
      {shown.map(({ icon: Sign, detail, tone }) => (
        <Tooltip key={detail} label={detail}>
          <span className={styles.sign} data-tone={tone} role="img" aria-label={detail}>
            <Sign size={13} aria-hidden />
          </span>
        </Tooltip>
      ))}
    </>
  );
}

/** On a page's head: the sign with a word; what differs leads to where it is decided. */
export function SyncBadgeOnPage({ registryId, ...input }: { readonly registryId: RegistryId | null } & ({ readonly collectionIds: readonly CollectionId[] } | { readonly linkIds: readonly LinkId[] })) {
  const badges = useSyncBadges(registryId, input);
  return (
    <>
      {[...badges.values()].flat().map((badge) => {
        const words = wordsOf(badge);
        if (words === null) return null;
        const shown = (
          <Badge icon={words.icon} tone={words.tone} title={words.detail}>
            {words.label}
          </Badge>
        );
        return badge.standing === 'differs' ? (
          <button key={badge.remoteId} type="button" className={styles.lead} aria-label={words.detail} onClick={() => navigate({ place: 'sync' })}>
            {shown}
          </button>
        ) : (
          <span key={badge.remoteId}>{shown}</span>
        );
      })}
    </>
  );
}
