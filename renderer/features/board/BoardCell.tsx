import type { Lifecycle } from '#shared/contract/index.ts';
import { classNames, IconButton, RelativeTime } from '../../ui/index.ts';
import { Lock, MessageSquareText, Plus } from '../../ui/icons.ts';
import { pressToDrag } from '../../app/drag/index.ts';
import { StateChip, stateHue } from '../registries/index.ts';
import { behind } from './aliasColumns.ts';
import { chooseVersion, latestOf, openCellMenu, type Cell } from './cells.ts';
import { useBoardCell } from './store.ts';
import { useVersionTarget } from './useVersionTarget.ts';
import styles from './Board.module.css';

/**
 * Where one alias of one collection stands, since when and through whom. The chip is dragged to another version of the collection: another
 * cell of the row, or the shelf of versions that unfolds below it.
 */
export function BoardCell({ cell, lifecycle }: { readonly cell: Cell; readonly lifecycle: Lifecycle | null }) {
  const { row, alias, standing, drag } = cell;
  const active = useBoardCell((at) => at.collectionId === row.collectionId && at.alias === alias);
  const ref = useVersionTarget(row.collectionId, standing?.index ?? null, row.mayChangeProtected);
  const point = (here: boolean) => (): void => useBoardCell.setState({ pointed: here ? { collectionId: row.collectionId, alias } : null, now: Date.now() });
  return (
    <div ref={ref} className={styles.cell} data-board-cell={`${row.collectionId} ${alias}`} data-active-cell={active || undefined} onPointerEnter={point(true)} onPointerLeave={point(false)}>
      {standing === null ? (
        cell.locked === null &&
        row.linkCount > 0 && (
          <IconButton icon={Plus} size="small" tabIndex={-1} className={styles.put} label={`Put ${alias} on a version of ${row.name}`} onClick={() => chooseVersion(cell)} />
        )
      ) : (
        <>
          <span className={styles.line}>
            <button
              type="button"
              tabIndex={-1}
              className={classNames(styles.chip, cell.protected && styles.protected, drag !== null && styles.movable)}
              aria-label={`${alias} on v${standing.index} of ${row.name}${cell.protected ? ', protected' : ''}`}
              aria-haspopup="menu"
              onPointerDown={(event) => {
                if (drag !== null) pressToDrag(event, () => drag);
              }}
              onClick={() => openCellMenu(cell)}
            >
              {cell.protected && <Lock aria-hidden />}v{standing.index}
            </button>
            {standing.state === null ? null : <StateChip state={standing.state} hue={stateHue(lifecycle, standing.state)} />}
            <span className={styles.late}>{behind(standing.index, latestOf(row)?.index)}</span>
          </span>
          <span className={styles.since}>
            {standing.since !== null && <RelativeTime time={standing.since} />}
            {standing.by !== null && <span className={styles.clip}> · {standing.by.displayName}</span>}
            {standing.message !== null && <MessageSquareText aria-label="with a reason" className={styles.said} />}
          </span>
        </>
      )}
    </div>
  );
}
