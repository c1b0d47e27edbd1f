import { useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { latestAlias } from '#shared/domain/aliases.ts';
import type { AliasChip as AliasFacts } from '#shared/contract/index.ts';
import { AliasChip, classNames, copyText, IconButton, Popover } from '../../ui/index.ts';
import { Clock, Copy, Move, Plus, X } from '../../ui/icons.ts';
import { pickUp, pressToDrag, useDropTarget } from '../../app/drag/index.ts';
import { openMenu } from '../../app/shell/menuLayer.ts';
import { AddForm } from './AddForm.tsx';
import { foreseenVerdict, moveVerdict, openAliasTimeline, openMoveDialog, planMove, removeAlias, type AliasDrag, type AliasPlace, type AliasSuggestion } from './moves.ts';
import styles from './AliasBar.module.css';

export type AliasBarProps = AliasPlace & {
  readonly aliases: readonly AliasFacts[];
  /** In a table cell: one line, the rest behind a count; “add” shows on hover and focus of the row. */
  readonly compact?: boolean;
  /** false shows them only: read-only catalogs, roles below member. */
  readonly editable?: boolean;
  /** Offered when adding. */
  readonly suggestions?: readonly AliasSuggestion[];
};

/** Room for chips in a table cell, in pixels; the rest stands behind a count. Chips that are cut to a letter say nothing. */
const compactRoom = 264;
const countRoom = 16;
const compactMost = 4;

/** As many as fit whole, by the width of their letters, and the count where there are more; at least one. */
function fitting(aliases: readonly AliasFacts[]): readonly AliasFacts[] {
  const most = aliases.slice(0, compactMost);
  const within = (room: number): number => {
    let left = room;
    const count = most.findIndex(({ name, protected: locked }) => {
      left -= name.length * 7 + 22 + (locked ? 15 : 0);
      return left < 0;
    });
    return count === -1 ? most.length : count;
  };
  return within(compactRoom) === aliases.length ? aliases : most.slice(0, Math.max(1, within(compactRoom - countRoom)));
}

/**
 * The aliases of a version: drag one to another version (the whole row there takes it), press one for its menu, add by typing.
 * Keys on a chip: Enter opens the menu, M picks it up, Delete removes it.
 */
export function AliasBar({ holder, target, index, mayMoveProtected, aliases, compact = false, editable = true, suggestions = [] }: AliasBarProps) {
  const place = useMemo<AliasPlace>(() => ({ holder, target, index, mayMoveProtected }), [holder, target, index, mayMoveProtected]);
  const dropRef = useDropTarget(
    editable
      ? {
          label: `version v${index}`,
          accepts: (payload) => (payload.kind === 'alias' ? moveVerdict(payload, place) : null),
          foresee: async (payload) => (payload.kind === 'alias' ? foreseenVerdict(payload, place) : null),
          onDrop: (payload) => {
            if (payload.kind === 'alias') void planMove({ alias: payload, to: place });
          },
        }
      : undefined,
  );
  // The row is the target where there is one: nobody aims at a cell.
  const targetRef = (element: HTMLDivElement | null) => {
    if (element === null) return undefined;
    return dropRef(element.closest<HTMLElement>('[role="row"], [data-version-card]') ?? element);
  };
  const ordered = useMemo(() => [...aliases].sort((left, right) => Number(left.name === latestAlias) - Number(right.name === latestAlias)), [aliases]);
  const shown = compact ? fitting(ordered) : ordered;
  const hidden = ordered.slice(shown.length);

  return (
    <div ref={targetRef} className={classNames(styles.bar, compact && styles.compact)}>
      {shown.map((alias) => (
        <MovableChip key={alias.name} alias={alias} place={place} editable={editable} />
      ))}
      {hidden.length > 0 && (
        <span className={styles.more} title={hidden.map((alias) => alias.name).join(', ')}>
          +{hidden.length}
        </span>
      )}
      {editable && <AddAlias place={place} compact={compact} suggestions={suggestions.filter((suggestion) => suggestion.standsOn !== index)} />}
    </div>
  );
}

function MovableChip({ alias, place, editable }: { readonly alias: AliasFacts; readonly place: AliasPlace; readonly editable: boolean }) {
  const locked = alias.protected && !place.mayMoveProtected;
  const movable = editable && alias.name !== latestAlias && !locked;
  const payload: AliasDrag = { kind: 'alias', alias: alias.name, protected: alias.protected, holder: place.holder, fromIndex: place.index };
  const element = useRef<HTMLSpanElement>(null);

  const openChipMenu = (): void => {
    const box = element.current?.getBoundingClientRect();
    openMenu({ x: box?.left ?? 0, y: box?.bottom ?? 0 }, [
      { id: 'copy', label: 'Copy alias', icon: Copy, onSelect: () => void copyText(alias.name) },
      { id: 'timeline', label: 'Timeline', icon: Clock, onSelect: () => openAliasTimeline(place.holder, alias.name) },
      ...(editable
        ? ([
            { kind: 'separator' },
            {
              id: 'move', label: 'Move to…', icon: Move, disabled: !movable, reason: lockedReason(alias, locked),
              onSelect: () => openMoveDialog({ alias: alias.name, protected: alias.protected, holder: place.holder, fromIndex: place.index, mayMoveProtected: place.mayMoveProtected }),
            },
            { id: 'remove', label: 'Remove', icon: X, keys: 'Delete', disabled: !movable, reason: lockedReason(alias, locked), onSelect: () => void removeAlias(place, alias.name) },
          ] as const)
        : []),
    ]);
  };

  return (
    <AliasChip
      ref={element}
      alias={alias.name}
      isProtected={alias.protected}
      className={classNames(movable && styles.movable)}
      aria-label={`Alias ${alias.name}${alias.protected ? ', protected' : ''}`}
      aria-haspopup="menu"
      onPress={openChipMenu}
      onPointerDown={(event) => {
        event.stopPropagation();
        if (movable) pressToDrag(event, () => payload);
      }}
      onKeyDown={(event: KeyboardEvent<HTMLSpanElement>) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (movable && event.key.toLowerCase() === 'm') pickUp(payload);
        else if (movable && (event.key === 'Delete' || event.key === 'Backspace')) void removeAlias(place, alias.name);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}

function lockedReason(alias: AliasFacts, locked: boolean): string {
  if (alias.name === latestAlias) return 'It follows the most recent version by itself.';
  return locked ? 'It is protected: only an admin of the registry may.' : '';
}

function AddAlias({ place, compact, suggestions }: { readonly place: AliasPlace; readonly compact: boolean; readonly suggestions: readonly AliasSuggestion[] }) {
  const [open, setOpen] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      title={`Add aliases to v${place.index}`}
      initialFocus={input}
      trigger={<IconButton icon={Plus} size="small" label="Add alias" className={classNames(styles.add, compact && styles.addCompact)} onPointerDown={(event) => event.stopPropagation()} />}
    >
      <div className={styles.narrow}>
        <AddForm ref={input} place={place} suggestions={suggestions} onDone={() => setOpen(false)} />
      </div>
    </Popover>
  );
}
