import { useId, useImperativeHandle, useMemo, useState } from 'react';
import type { CSSProperties, KeyboardEvent, MouseEvent, ReactNode, Ref } from 'react';
import { classNames } from './class-names.ts';
import { useRowHeight } from './density.ts';
import { isOnControl, rowOf } from './row-events.ts';
import { createTypeAhead, isTypedAhead } from './type-ahead.ts';
import { useVirtualRows } from './virtual-rows.ts';
import styles from './List.module.css';

export interface ListHandle {
  readonly focus: () => void;
  readonly activate: (index: number) => void;
}

export interface ListProps<Item> {
  readonly label: string;
  readonly itemCount: number;
  readonly getItem: (index: number) => Item | undefined;
  readonly getItemId: (item: Item) => string;
  readonly renderItem: (item: Item, context: { readonly index: number; readonly selected: boolean; readonly active: boolean }) => ReactNode;
  /** Pixels; the density's row height unless said. */
  readonly itemHeight?: number;
  readonly selectedId?: string | null;
  /** A click, or the arrow keys arriving on it. */
  readonly onSelect?: (item: Item, index: number) => void;
  /** Enter or double click. */
  readonly onOpen?: (item: Item, index: number) => void;
  readonly onPreview?: (item: Item, index: number) => void;
  readonly onContextMenu?: (item: Item, index: number, event: MouseEvent) => void;
  /** The item's words, for type-ahead. */
  readonly text?: (item: Item) => string;
  readonly onRangeNeeded?: (first: number, last: number) => void;
  readonly scrollKey?: string;
  /** Rounded items with air at the sides: in sidebars. */
  readonly inset?: boolean;
  readonly className?: string;
  readonly ref?: Ref<ListHandle>;
}

/** A list of any length, one choice, arrows and type-ahead. For many columns or many choices take `DataTable`. */
export function List<Item>(props: ListProps<Item>) {
  const { label, itemCount, getItem, getItemId, renderItem, selectedId, onSelect, onOpen, onPreview, text, scrollKey, inset = false, className, ref } = props;
  const id = useId();
  const density = useRowHeight();
  const itemHeight = props.itemHeight ?? density;
  const rows = useVirtualRows({ rowCount: itemCount, rowHeight: itemHeight, ...(scrollKey === undefined ? {} : { scrollKey }) });
  const { first, last, origin, slots } = rows.window;
  const [active, setActive] = useState(rows.recalledActive);
  const typeAhead = useMemo(() => createTypeAhead(), []);

  const moveTo = (index: number) => {
    const next = Math.min(itemCount - 1, Math.max(0, index));
    setActive(next);
    rows.scrollToRow(next);
    const item = getItem(next);
    if (item !== undefined) onSelect?.(item, next);
  };

  useImperativeHandle(ref, () => ({ focus: () => rows.scroller.current?.focus({ preventScroll: true }), activate: moveTo }));

  const handleKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget || itemCount === 0) return;
    const current = Math.min(active, itemCount - 1);
    const page = Math.max(1, Math.floor((rows.scroller.current?.clientHeight ?? 0) / itemHeight) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: current + 1,
      ArrowUp: current < 0 ? itemCount - 1 : current - 1,
      PageDown: current + page,
      PageUp: current - page,
      Home: 0,
      End: itemCount - 1,
    };
    const target = event.ctrlKey || event.metaKey || event.altKey ? undefined : steps[event.key];
    const item = current < 0 ? undefined : getItem(current);
    if (target !== undefined) moveTo(target);
    else if (event.key === 'Enter' && item !== undefined && onOpen !== undefined) onOpen(item, current);
    else if (event.key === ' ' && item !== undefined && onPreview !== undefined) onPreview(item, current);
    else if (text !== undefined && isTypedAhead(event.nativeEvent, typeAhead.isTyping(event.timeStamp))) {
      const prefix = typeAhead.press(event.key, event.timeStamp);
      const from = Math.max(0, prefix.length === 1 ? current + 1 : current);
      for (let step = 0; step < itemCount; step += 1) {
        const candidate = getItem((from + step) % itemCount);
        if (candidate !== undefined && text(candidate).toLowerCase().startsWith(prefix)) {
          moveTo((from + step) % itemCount);
          break;
        }
      }
    } else return;
    event.preventDefault();
  };

  const withItem = (event: MouseEvent, act: (item: Item, index: number) => void) => {
    const hit = rowOf(event.target);
    if (hit === undefined || isOnControl(event.target, hit.element)) return;
    const item = getItem(hit.index);
    if (item === undefined) return;
    setActive(hit.index);
    act(item, hit.index);
  };

  const indices: number[] = [];
  for (let index = first; index < Math.min(last, itemCount); index += 1) indices.push(index);
  indices.sort((one, other) => (one % slots) - (other % slots));

  return (
    <div
      ref={rows.scroller}
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={active >= first && active < last ? `${id}item${active}` : undefined}
      className={classNames(styles.list, inset && styles.inset, className)}
      style={{ '--item-height': `${itemHeight}px` } as CSSProperties}
      onKeyDown={handleKeyDown}
      onClick={(event) => withItem(event, (item, index) => onSelect?.(item, index))}
      onDoubleClick={(event) => withItem(event, (item, index) => onOpen?.(item, index))}
      onContextMenu={(event) => withItem(event, (item, index) => props.onContextMenu?.(item, index, event))}
      onFocus={(event) => {
        if (event.target !== event.currentTarget || active >= 0 || itemCount === 0) return;
        setActive(rows.readVisible().first);
      }}
    >
      <div role="presentation" className={styles.space} style={{ height: rows.physicalHeight }}>
        <div ref={rows.layer} role="presentation" className={styles.layer}>
          {indices.map((index) => {
            const item = getItem(index);
            const selected = item !== undefined && selectedId !== undefined && selectedId !== null && getItemId(item) === selectedId;
            return (
              <div
                key={index % slots}
                id={`${id}item${index}`}
                role="option"
                aria-selected={selected}
                aria-setsize={itemCount}
                aria-posinset={index + 1}
                aria-busy={item === undefined || undefined}
                data-row={index}
                data-active={index === active || undefined}
                className={styles.item}
                style={{ transform: `translateY(${(index - origin) * itemHeight}px)` }}
              >
                {item === undefined ? <span className={styles.bone} /> : renderItem(item, { index, selected, active: index === active })}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
