import { classNames, IconButton } from '../../ui/index.ts';
import { Lock, Plus } from '../../ui/icons.ts';
import { pressToDrag } from '../../app/drag/index.ts';
import { openMoveDialog } from '../aliases/index.ts';
import { behind } from './aliasColumns.ts';
import { openCellMenu, type Cell } from './cells.ts';
import { useBoardCell } from './store.ts';
import { useVersionTarget } from './useVersionTarget.ts';
import styles from './Board.module.css';

/**
 * Where one alias of one collection stands. The chip is dragged to another version of the collection: another cell of the row, or the
 * shelf of versions that unfolds below it.
 */
export function BoardCell({ cell }: { readonly cell: Cell }) {
  const { row, alias, index, drag } = cell;
  const active = useBoardCell((at) => at.collectionId === row.id && at.alias === alias);
  const ref = useVersionTarget(row.id, index, cell.rights.mayMoveProtected);
  const late = index === null ? undefined : behind(index, row.latest?.index);
  return (
    <div ref={ref} className={styles.cell} data-board-cell={`${row.id} ${alias}`} data-active-cell={active || undefined}>
      {index === null ? (
        cell.locked === null &&
        row.linkCount > 0 && (
          <IconButton
            icon={Plus}
            size="small"
            tabIndex={-1}
            className={styles.put}
            label={`Put ${alias} on a version of ${row.name}`}
            onClick={() => openMoveDialog({ alias, protected: cell.protected, holder: { kind: 'collection', id: row.id }, fromIndex: null, mayMoveProtected: cell.rights.mayMoveProtected, of: row.name })}
          />
        )
      ) : (
        <>
          <button
            type="button"
            tabIndex={-1}
            className={classNames(styles.chip, cell.protected && styles.protected, drag !== null && styles.movable)}
            aria-label={`${alias} on v${index} of ${row.name}${cell.protected ? ', protected' : ''}`}
            aria-haspopup="menu"
            onPointerDown={(event) => {
              if (drag !== null) pressToDrag(event, () => drag);
            }}
            onClick={() => openCellMenu(cell)}
          >
            {cell.protected && <Lock aria-hidden />}v{index}
          </button>
          {late !== undefined && <span className={styles.late}>{late}</span>}
        </>
      )}
    </div>
  );
}
