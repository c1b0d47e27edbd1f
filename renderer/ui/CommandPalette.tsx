import { Dialog as Base } from '@base-ui/react/dialog';
import { Command } from 'cmdk';
import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import type { Icon } from './icons.ts';
import { LoaderCircle, Search } from './icons.ts';
import { Kbd } from './Kbd.tsx';
import { formatQuantity } from './format.ts';
import { rank } from './rank.ts';
import { VisuallyHidden } from './VisuallyHidden.tsx';
import styles from './CommandPalette.module.css';

export interface PaletteItem {
  /** Unique among all groups. */
  readonly id: string;
  readonly label: string;
  /** Quiet words after the label: where it is, what it would do. */
  readonly detail?: string;
  readonly icon?: Icon;
  /** In place of an icon: a glyph. */
  readonly leading?: ReactNode;
  /** A keys expression, shown at the right. */
  readonly keys?: string;
  /** Other words it is found by. */
  readonly keywords?: readonly string[];
  readonly disabled?: boolean;
  /** At the right, before the keys. */
  readonly trailing?: ReactNode;
  /** Keeps the palette open: for what leads to a further question. */
  readonly keepOpen?: boolean;
  readonly onSelect: () => void;
}

export interface PaletteGroup {
  readonly id: string;
  readonly heading: string;
  readonly items: readonly PaletteItem[];
  /** The items are the answer to the query already, best first: results of a search. Otherwise they are ranked here. */
  readonly ranked?: boolean;
  /** At most this many are shown. */
  readonly most?: number;
}

export interface CommandPaletteProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly groups: readonly PaletteGroup[];
  /** For asynchronous groups: told at every change, also when it is emptied. */
  readonly onQueryChange?: (query: string) => void;
  /** Results for what is typed are on their way: those in sight stay, and Enter waits for those to come. */
  readonly loading?: boolean;
  readonly placeholder?: string;
  readonly emptyText?: string;
  /** A question within the palette, such as "Link mini-lm v3 to": shown before the input; Backspace in an empty input leaves it. */
  readonly scope?: string;
  readonly onLeaveScope?: () => void;
}

/** Reaches everything by typing: actions with their keys, and whatever a search finds. */
export function CommandPalette({
  open,
  onOpenChange,
  groups,
  onQueryChange,
  loading = false,
  placeholder = 'Search or do anything',
  emptyText = 'Nothing matches. Try fewer letters.',
  scope,
  onLeaveScope,
}: CommandPaletteProps) {
  const [query, setQuery] = useState('');
  const input = useRef<HTMLInputElement>(null);
  // A resting pointer chooses nothing: results that slide under it would take Enter away from the first of them.
  const [byPointer, setByPointer] = useState(false);
  const [marked, setMarked] = useState('');
  // Whether a person moved the mark since they typed last. Until then it stays on the first, whatever comes.
  const [moved, setMoved] = useState(false);
  // Enter came before the answer: it takes the first of the answer.
  const [awaiting, setAwaiting] = useState(false);
  const changeQuery = (next: string) => {
    setByPointer(false);
    setMoved(false);
    setAwaiting(false);
    setQuery(next);
    onQueryChange?.(next);
  };
  const shown = groups
    .map((group) => ({ ...group, items: (group.ranked === true ? group.items : rank(group.items, query)).slice(0, group.most ?? 50) }))
    .filter((group) => group.items.length > 0);
  const count = shown.reduce((sum, group) => sum + group.items.length, 0);
  const first = shown.flatMap((group) => group.items).find((item) => item.disabled !== true);
  const firstId = first?.id ?? '';
  useLayoutEffect(() => {
    if (!moved) setMarked(firstId);
  }, [moved, firstId, query]);

  const take = (item: PaletteItem) => {
    setAwaiting(false);
    if (item.keepOpen === true) changeQuery('');
    else onOpenChange(false);
    item.onSelect();
  };
  // Opened again while it was on its way out: what was typed the time before is no part of it. Drawn once more before anybody sees it.
  const begin = useEffectEvent(() => {
    if (query !== '') changeQuery('');
  });
  useLayoutEffect(() => {
    if (open) begin();
  }, [open]);

  const takeFirst = useEffectEvent(() => {
    setAwaiting(false);
    if (first !== undefined) take(first);
  });
  useEffect(() => {
    if (awaiting && !loading && open) takeFirst();
  }, [awaiting, loading, open]);

  return (
    <Base.Root
      open={open}
      onOpenChange={(next) => onOpenChange(next)}
      onOpenChangeComplete={(isOpen) => {
        if (!isOpen) changeQuery('');
      }}
    >
      <Base.Portal>
        <Base.Backdrop className={styles.backdrop} />
        <Base.Popup className={styles.popup} initialFocus={input} aria-label="Command palette">
          <Command
            shouldFilter={false}
            loop
            label="Commands"
            vimBindings={false}
            value={marked}
            onValueChange={setMarked}
            disablePointerSelection={!byPointer}
            onPointerMove={(event) => {
              if (event.movementX === 0 && event.movementY === 0) return;
              setByPointer(true);
              setMoved(true);
            }}
            onKeyDown={(event: KeyboardEvent) => {
              if (['ArrowDown', 'ArrowUp', 'Home', 'End'].includes(event.key)) {
                setMoved(true);
                setAwaiting(false);
              }
              // The first is taken by what stands here, not by the mark: the list sets that a moment after it is drawn.
              if (event.key === 'Enter' && !moved && !event.nativeEvent.isComposing) {
                event.preventDefault();
                if (loading) setAwaiting(true);
                else if (first !== undefined) take(first);
              }
            }}
          >
            <div className={styles.head}>
              {loading ? <LoaderCircle className={styles.busy} aria-hidden /> : <Search aria-hidden />}
              {scope !== undefined && <span className={styles.scope}>{scope}</span>}
              <Command.Input
                ref={input}
                className={styles.input}
                value={query}
                onValueChange={changeQuery}
                placeholder={placeholder}
                onKeyDown={(event: KeyboardEvent) => {
                  if (event.key === 'Backspace' && query === '' && scope !== undefined) {
                    event.preventDefault();
                    onLeaveScope?.();
                  }
                }}
              />
            </div>
            <Command.List className={styles.list} label="Results">
              {count === 0 && !loading && <div className={styles.empty}>{emptyText}</div>}
              {shown.map((group) => (
                <Command.Group key={group.id} value={group.id} heading={group.heading} className={styles.group}>
                  {group.items.map((item) => (
                    <Command.Item
                      key={item.id}
                      value={item.id}
                      disabled={item.disabled === true}
                      className={styles.item}
                      onSelect={() => take(item)}
                    >
                      <span className={styles.leading}>{item.icon === undefined ? item.leading : <item.icon aria-hidden />}</span>
                      <span className={styles.words}>
                        <span className={styles.label}>{item.label}</span>
                        {item.detail !== undefined && <span className={styles.detail}>{item.detail}</span>}
                      </span>
                      <span className={styles.hint}>
                        {item.trailing}
                        {item.keys !== undefined && <Kbd keys={item.keys} />}
                      </span>
                    </Command.Item>
                  ))}
                </Command.Group>
              ))}
            </Command.List>
            <div className={styles.foot}>
              <span className={styles.hint}>
                <Kbd keys="ArrowUp" />
                <Kbd keys="ArrowDown" /> move
              </span>
              <span className={styles.hint}>
                <Kbd keys="Enter" /> choose
              </span>
              <span className={styles.hint}>
                <Kbd keys="Escape" /> close
              </span>
            </div>
          </Command>
          <VisuallyHidden>
            <span role="status">{awaiting ? 'Waiting for the results' : query === '' ? '' : formatQuantity(count, 'result')}</span>
          </VisuallyHidden>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
