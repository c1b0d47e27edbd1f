/** What a cell of the board is and does: one alias of one collection. */
import { readOnlyReason } from '../../app/rights.ts';
import type { AliasTarget, CollectionId, OutputOf, RegistrySummary } from '#shared/contract/index.ts';
import { aliasGuard, type AliasGuard } from '#shared/domain/aliasGuard.ts';
import { latestAlias } from '#shared/domain/aliases.ts';
import { ask, notifyFailure } from '../../app/api/index.ts';
import { navigate, placeOf } from '../../app/routes/index.ts';
import { openMenu } from '../../app/shell/menuLayer.ts';
import { formatExactTime, formatRelativeTime } from '../../ui/index.ts';
import { ArrowUpRight, Clock, Move, Workflow, X } from '../../ui/icons.ts';
import { openAliasTimeline, openMoveDialog, removeAlias, type AliasDrag } from '../aliases/index.ts';
import { openStateMenu } from '../registries/index.ts';
import { behind } from './aliasColumns.ts';

export type BoardRow = OutputOf<'aliases.board'>['items'][number];
export type Standing = BoardRow['cells'][number];

export type Cell = {
  readonly row: BoardRow;
  readonly alias: string;
  /** Where it stands, since when and through whom; null: on no version of the collection. */
  readonly standing: Standing | null;
  readonly protected: boolean;
  /** What a drag of the chip carries; null where it stands nowhere or the person may not move it. */
  readonly drag: AliasDrag | null;
  /** Why it can't be changed by the one who looks. */
  readonly locked: string | null;
};

export type RegistryFacts = { readonly registry: RegistrySummary; readonly guard: AliasGuard };

export function factsOf(registry: RegistrySummary): RegistryFacts {
  return { registry, guard: aliasGuard(registry.protectedAliases) };
}

/** The newest version of a row's collection, as what `latest` stands on; undefined where nothing is linked. */
export function latestOf(row: BoardRow): Standing | undefined {
  return row.cells.find((cell) => cell.alias === latestAlias);
}

export function cellOf(row: BoardRow, alias: string, guard: AliasGuard, readOnly: boolean): Cell {
  const standing = row.cells.find((cell) => cell.alias === alias) ?? null;
  const guarded = standing?.protected ?? guard.has(alias);
  const locked = readOnly
    ? readOnlyReason
    : !row.mayChange
      ? `Aliases are moved by members of ${row.registry}.`
      : guarded && !row.mayChangeProtected
        ? `“${alias}” is protected: only an admin of ${row.registry} may move it.`
        : null;
  return {
    row, alias, standing, protected: guarded, locked,
    drag: standing === null || locked !== null ? null : { kind: 'alias', alias, protected: guarded, holder: { kind: 'collection', id: row.collectionId }, fromIndex: standing.index },
  };
}

/** All that is known of a cell, in one line: for the line below the board, for screen readers. `now` in milliseconds. */
export function wordsOf({ row, alias, standing, protected: guarded, locked }: Cell, now: number): string {
  if (standing === null) return `“${alias}” is on no version of ${row.name}.${locked === null ? '' : ` ${locked}`}`;
  const late = behind(standing.index, latestOf(row)?.index);
  const since = standing.since === null ? '' : ` since ${formatExactTime(Date.parse(standing.since))} (${formatRelativeTime(Date.parse(standing.since), now)})`;
  return [
    `“${alias}”${guarded ? ', protected,' : ''} is on v${standing.index} of ${row.name} (${standing.source})${since}${standing.by === null ? '' : `, put there by ${standing.by.displayName}`}${standing.message === null ? '' : `: “${standing.message}”`}`,
    ...(standing.state === null ? [] : [`State: ${standing.state}`]),
    ...(late === undefined ? [] : [`${late} the newest`]),
    ...(locked === null ? [] : [locked]),
  ].join('. ');
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
export async function takeOff({ row, alias, standing, locked }: Cell): Promise<void> {
  if (standing === null || locked !== null) return;
  await removeAlias({ holder: { kind: 'collection', id: row.collectionId }, target: { kind: 'link', id: standing.linkId }, index: standing.index, mayMoveProtected: row.mayChangeProtected }, alias);
}

/** Asks on which version it shall stand. */
export function chooseVersion({ row, alias, standing, protected: guarded }: Cell): void {
  openMoveDialog({ alias, protected: guarded, holder: { kind: 'collection', id: row.collectionId }, fromIndex: standing?.index ?? null, mayMoveProtected: row.mayChangeProtected, of: row.name });
}

/** The menu of a cell, below it. */
export function openCellMenu(cell: Cell): void {
  const { row, alias, standing, locked } = cell;
  const box = document.querySelector(`[data-board-cell="${row.collectionId} ${CSS.escape(alias)}"]`)?.getBoundingClientRect();
  const at = { x: (box?.left ?? 0) + 8, y: box?.bottom ?? 0 };
  openMenu(at, [
    { id: 'move', label: standing === null ? `Put “${alias}” on…` : 'Move to…', icon: Move, disabled: locked !== null || row.linkCount === 0, reason: locked ?? 'Nothing is linked here yet.', onSelect: () => chooseVersion(cell) },
    ...(standing === null
      ? []
      : ([
          { id: 'open', label: `Open v${standing.index}`, icon: ArrowUpRight, onSelect: () => navigate(placeOf.link({ registry: row.registry, collection: row.name, index: standing.index })) },
          { id: 'remove', label: 'Remove', icon: X, keys: 'Delete', disabled: locked !== null, reason: locked ?? '', onSelect: () => void takeOff(cell) },
          ...(standing.state === null
            ? []
            : [{ id: 'state', label: `State of v${standing.index}: ${standing.state}…`, icon: Workflow, disabled: !row.mayChange, reason: locked ?? '', onSelect: () => void openStateMenu([{ id: standing.linkId, label: `${row.name} v${standing.index}`, state: standing.state ?? '' }], at) }]),
        ] as const)),
    { id: 'timeline', label: 'Timeline', icon: Clock, onSelect: () => openAliasTimeline({ kind: 'collection', id: row.collectionId }, alias) },
  ]);
}
