/** What a cell of the board is and does: one alias of one collection. */
import type { AliasTarget, CollectionId, CollectionSummary, RegistrySummary } from '#shared/contract/index.ts';
import { aliasGuard, type AliasGuard } from '#shared/domain/aliasGuard.ts';
import { compareRoles } from '#shared/domain/roles.ts';
import { ask, notifyFailure } from '../../app/api/index.ts';
import { navigate, placeOf } from '../../app/routes/index.ts';
import { openMenu } from '../../app/shell/menuLayer.ts';
import { ArrowUpRight, Clock, Move, X } from '../../ui/icons.ts';
import { openAliasTimeline, openMoveDialog, removeAlias, type AliasDrag } from '../aliases/index.ts';

export type BoardRights = { readonly registry: RegistrySummary; readonly guard: AliasGuard; readonly editable: boolean; readonly mayMoveProtected: boolean };

export type Cell = {
  readonly row: CollectionSummary;
  readonly alias: string;
  /** null: it stands on no version of the collection. */
  readonly index: number | null;
  readonly protected: boolean;
  readonly rights: BoardRights;
  /** What a drag of the chip carries; null where it stands nowhere or the person may not move it. */
  readonly drag: AliasDrag | null;
  /** Why it can't be changed by the one who looks. */
  readonly locked: string | null;
};

export function rightsIn(registry: RegistrySummary, readOnly: boolean): BoardRights {
  return {
    registry,
    guard: aliasGuard(registry.protectedAliases),
    editable: !readOnly && compareRoles(registry.role, 'member') >= 0,
    mayMoveProtected: !readOnly && compareRoles(registry.role, 'admin') >= 0,
  };
}

export function cellOf(row: CollectionSummary, alias: string, rights: BoardRights): Cell {
  const standing = row.aliases.find((one) => one.name === alias);
  const guarded = standing?.protected ?? rights.guard.has(alias);
  const locked = !rights.editable
    ? `Aliases are moved by members of ${rights.registry.name}.`
    : guarded && !rights.mayMoveProtected
      ? `“${alias}” is protected: only an admin of ${rights.registry.name} may move it.`
      : null;
  return {
    row, alias, index: standing?.index ?? null, protected: guarded, rights, locked,
    drag: standing === undefined || locked !== null ? null : { kind: 'alias', alias, protected: guarded, holder: { kind: 'collection', id: row.id }, fromIndex: standing.index },
  };
}

/** The link that has a number in a collection, as what an alias is put on; null when it is gone, which has been said. */
export async function linkTargetOf(collectionId: CollectionId, index: number): Promise<AliasTarget | null> {
  try {
    const link = await ask('links.get', { collectionId, index });
    return { kind: 'link', id: link.id };
  } catch (thrown) {
    notifyFailure(thrown);
    return null;
  }
}

/** Takes the alias off the version that it stands on. */
export async function takeOff({ row, alias, index, locked, rights }: Cell): Promise<void> {
  if (index === null || locked !== null) return;
  const target = await linkTargetOf(row.id, index);
  if (target !== null) await removeAlias({ holder: { kind: 'collection', id: row.id }, target, index, mayMoveProtected: rights.mayMoveProtected }, alias);
}

/** The menu of a cell, below it. */
export function openCellMenu(cell: Cell): void {
  const { row, alias, index, locked, rights } = cell;
  const box = document.querySelector(`[data-board-cell="${row.id} ${CSS.escape(alias)}"]`)?.getBoundingClientRect();
  const holder = { kind: 'collection', id: row.id } as const;
  openMenu({ x: (box?.left ?? 0) + 8, y: box?.bottom ?? 0 }, [
    {
      id: 'move', label: index === null ? `Put “${alias}” on…` : 'Move to…', icon: Move, disabled: locked !== null || row.linkCount === 0, reason: locked ?? 'Nothing is linked here yet.',
      onSelect: () => openMoveDialog({ alias, protected: cell.protected, holder, fromIndex: index, mayMoveProtected: rights.mayMoveProtected, of: row.name }),
    },
    ...(index === null
      ? []
      : ([
          { id: 'open', label: `Open v${index}`, icon: ArrowUpRight, onSelect: () => navigate(placeOf.link({ registry: row.registry, collection: row.name, index })) },
          {
            id: 'remove', label: 'Remove', icon: X, keys: 'Delete', disabled: locked !== null, reason: locked ?? '',
            onSelect: () => void takeOff(cell),
          },
        ] as const)),
    { id: 'timeline', label: 'Timeline', icon: Clock, onSelect: () => openAliasTimeline(holder, alias) },
  ]);
}
