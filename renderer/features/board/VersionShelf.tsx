import { useLayoutEffect, useState } from 'react';
import { createPortal } from 'react-dom';
import type { CollectionId, LinkSummary } from '#shared/contract/index.ts';
import { useOperation } from '../../app/api/index.ts';
import { useDragSession } from '../../app/drag/index.ts';
import { AliasChips, RelativeTime, SkeletonLines } from '../../ui/index.ts';
import { useVersionTarget } from './useVersionTarget.ts';
import styles from './Board.module.css';

/** Versions offered while dragging; older ones are reached by “Move to…”. */
const mostOffered = 100;
const height = 268;
const width = 420;
const gap = 2;

type Spot = { readonly left: number; readonly top?: number; readonly bottom?: number };

/** While an alias is dragged: the versions of its collection below the cell that it came from, each one a place to drop it. */
export function VersionShelf({ mayMoveProtected }: { readonly mayMoveProtected: (collectionId: number) => boolean }) {
  const payload = useDragSession((session) => session.payload);
  if (payload?.kind !== 'alias' || payload.holder.kind !== 'collection') return null;
  const { id } = payload.holder;
  return <Shelf key={`${id} ${payload.alias}`} collectionId={id} alias={payload.alias} fromIndex={payload.fromIndex} mayMoveProtected={mayMoveProtected(id)} />;
}

function Shelf({ collectionId, alias, fromIndex, mayMoveProtected }: { readonly collectionId: CollectionId; readonly alias: string; readonly fromIndex: number; readonly mayMoveProtected: boolean }) {
  const links = useOperation('links.list', { collectionId, sort: 'index', direction: 'descending', limit: mostOffered });
  const [spot, setSpot] = useState<Spot | null>(null);
  useLayoutEffect(() => {
    const cell = document.querySelector(`[data-board-cell="${collectionId} ${CSS.escape(alias)}"]`)?.closest('[role="gridcell"]');
    if (cell === null || cell === undefined) return;
    const box = cell.getBoundingClientRect();
    const below = box.bottom + gap + height <= window.innerHeight - 32;
    const left = Math.max(8, Math.min(box.left, window.innerWidth - width - 8));
    setSpot(below ? { left, top: box.bottom + gap } : { left, bottom: window.innerHeight - box.top + gap });
  }, [collectionId, alias]);
  if (spot === null) return null;
  const others = links.data?.items.filter((link) => link.index !== fromIndex) ?? [];
  return createPortal(
    <div className={styles.shelf} style={{ ...spot, width, maxHeight: height }} role="group" aria-label={`Versions that ${alias} can move to`}>
      <p className={styles.shelfHead}>
        Drop <span className={styles.mono}>{alias}</span> on a version
        {links.data !== undefined && links.data.total > mostOffered && <span> · the newest {mostOffered}</span>}
      </p>
      <div className={styles.shelfList}>
        {links.data === undefined ? (
          <SkeletonLines lines={4} />
        ) : others.length === 0 ? (
          <p className={styles.shelfNone}>There is no other version in this collection.</p>
        ) : (
          others.map((link) => <ShelfVersion key={link.id} link={link} mayMoveProtected={mayMoveProtected} />)
        )}
      </div>
    </div>,
    document.body,
  );
}

function ShelfVersion({ link, mayMoveProtected }: { readonly link: LinkSummary; readonly mayMoveProtected: boolean }) {
  const ref = useVersionTarget(link.collectionId, link.index, mayMoveProtected);
  return (
    <div ref={ref} className={styles.shelfVersion} data-shelf-version={link.index}>
      <span className={styles.shelfNumber}>v{link.index}</span>
      <AliasChips aliases={link.aliases.map((one) => one.name)} isProtected={(name) => link.aliases.some((one) => one.name === name && one.protected)} most={2} />
      <span className={styles.shelfSource}>
        {link.version.artifact} v{link.version.index}
      </span>
      <span className={styles.late}>
        <RelativeTime time={link.linkedAt} />
      </span>
    </div>
  );
}
