import { useId, useImperativeHandle, useMemo, useState } from 'react';
import type { CSSProperties, HTMLAttributes, KeyboardEvent, MouseEvent, ReactNode, Ref } from 'react';
import { classNames } from './class-names.ts';
import { useRowHeight } from './density.ts';
import { ChevronRight } from './icons.ts';
import { isOnControl, rowOf } from './row-events.ts';
import { flattenTree } from './tree-rows.ts';
import type { TreeNode, TreeRow } from './tree-rows.ts';
import { createTypeAhead, isTypedAhead } from './type-ahead.ts';
import { useVirtualRows } from './virtual-rows.ts';
import styles from './List.module.css';

export interface TreeHandle {
  readonly focus: () => void;
  readonly activate: (id: string) => void;
}

export interface TreeProps<Data> {
  readonly label: string;
  readonly nodes: ReadonlyArray<TreeNode<Data>>;
  readonly expanded: ReadonlySet<string>;
  /** Also the place to load children that aren't known. */
  readonly onExpandedChange: (expanded: ReadonlySet<string>, changed: { readonly node: TreeNode<Data>; readonly expanded: boolean }) => void;
  readonly renderNode?: (node: TreeNode<Data>, context: { readonly selected: boolean; readonly expanded: boolean; readonly depth: number }) => ReactNode;
  readonly selectedId?: string | null;
  /** A click, or Enter. Arrow keys only move: opening a place on every step would be too much. */
  readonly onSelect?: (node: TreeNode<Data>) => void;
  /** Double click; unfolds when left out. */
  readonly onOpen?: (node: TreeNode<Data>) => void;
  readonly onPreview?: (node: TreeNode<Data>) => void;
  readonly onContextMenu?: (node: TreeNode<Data>, event: MouseEvent) => void;
  /** Properties for a row's element: drop handlers, `draggable`, `data-drop="yes" | "no"`. */
  readonly getNodeProps?: (node: TreeNode<Data>) => HTMLAttributes<HTMLDivElement> & { readonly 'data-drop'?: 'yes' | 'no' };
  readonly itemHeight?: number;
  readonly scrollKey?: string;
  readonly inset?: boolean;
  readonly className?: string;
  readonly ref?: Ref<TreeHandle>;
}

/** A tree of any length: Right unfolds or goes in, Left folds or goes out, `*` unfolds the siblings, letters jump. */
export function Tree<Data>(props: TreeProps<Data>) {
  const {
    label,
    nodes,
    expanded,
    onExpandedChange,
    renderNode,
    selectedId,
    onSelect,
    onOpen,
    onPreview,
    getNodeProps,
    scrollKey,
    inset = false,
    className,
    ref,
  } = props;
  const id = useId();
  const density = useRowHeight();
  const itemHeight = props.itemHeight ?? density;
  const flat = useMemo(() => flattenTree(nodes, expanded), [nodes, expanded]);
  const rows = useVirtualRows({ rowCount: flat.length, rowHeight: itemHeight, ...(scrollKey === undefined ? {} : { scrollKey }) });
  const { first, last, origin } = rows.window;
  const [activeId, setActiveId] = useState<string | null>(null);
  const typeAhead = useMemo(() => createTypeAhead(), []);
  const activeIndex = flat.findIndex((row) => row.node.id === (activeId ?? selectedId));
  const active = activeIndex >= 0 ? activeIndex : 0;

  const moveTo = (index: number) => {
    const next = Math.min(flat.length - 1, Math.max(0, index));
    const row = flat[next];
    if (row === undefined) return;
    setActiveId(row.node.id);
    rows.scrollToRow(next);
  };

  useImperativeHandle(ref, () => ({
    focus: () => rows.scroller.current?.focus({ preventScroll: true }),
    activate: (nodeId) => moveTo(flat.findIndex((row) => row.node.id === nodeId)),
  }));

  const toggle = (row: TreeRow<Data>, unfold = !row.expanded) => {
    if (!row.expandable || unfold === row.expanded) return;
    const next = new Set(expanded);
    if (unfold) next.add(row.node.id);
    else next.delete(row.node.id);
    onExpandedChange(next, { node: row.node, expanded: unfold });
  };

  const handleKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.target !== event.currentTarget) return;
    const row = flat[active];
    if (row === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((rows.scroller.current?.clientHeight ?? 0) / itemHeight) - 1);
    switch (event.key) {
      case 'ArrowDown':
        moveTo(active + 1);
        break;
      case 'ArrowUp':
        moveTo(active - 1);
        break;
      case 'PageDown':
        moveTo(active + page);
        break;
      case 'PageUp':
        moveTo(active - page);
        break;
      case 'Home':
        moveTo(0);
        break;
      case 'End':
        moveTo(flat.length - 1);
        break;
      case 'ArrowRight':
        if (row.expandable && !row.expanded) toggle(row, true);
        else if (row.expanded) moveTo(active + 1);
        break;
      case 'ArrowLeft':
        if (row.expanded) toggle(row, false);
        else if (row.parent >= 0) moveTo(row.parent);
        break;
      case '*': {
        const next = new Set(expanded);
        for (const other of flat) if (other.parent === row.parent && other.expandable) next.add(other.node.id);
        onExpandedChange(next, { node: row.node, expanded: true });
        break;
      }
      case 'Enter':
        if (onSelect === undefined) toggle(row);
        else onSelect(row.node);
        break;
      case ' ':
        if (onPreview === undefined) toggle(row);
        else onPreview(row.node);
        break;
      default: {
        if (!isTypedAhead(event.nativeEvent, typeAhead.isTyping(event.timeStamp))) return;
        const prefix = typeAhead.press(event.key, event.timeStamp);
        const from = prefix.length === 1 ? active + 1 : active;
        for (let step = 0; step < flat.length; step += 1) {
          const index = (from + step) % flat.length;
          if (flat[index]?.node.label.toLowerCase().startsWith(prefix) === true) {
            moveTo(index);
            break;
          }
        }
      }
    }
    event.preventDefault();
  };

  const rowAt = (target: EventTarget | null) => {
    const hit = rowOf(target);
    return hit === undefined || isOnControl(target, hit.element) ? undefined : flat[hit.index];
  };

  const indices: number[] = [];
  for (let index = first; index < Math.min(last, flat.length); index += 1) indices.push(index);

  return (
    <div
      ref={rows.scroller}
      role="tree"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={active >= first && active < last && flat.length > 0 ? `${id}node${active}` : undefined}
      className={classNames(styles.list, inset && styles.inset, className)}
      style={{ '--item-height': `${itemHeight}px` } as CSSProperties}
      onKeyDown={handleKeyDown}
      onClick={(event) => {
        const row = rowAt(event.target);
        if (row === undefined) return;
        setActiveId(row.node.id);
        if (event.target instanceof Element && event.target.closest('[data-twist]') !== null) toggle(row);
        else if (onSelect === undefined) toggle(row);
        else onSelect(row.node);
      }}
      onDoubleClick={(event) => {
        const row = rowAt(event.target);
        if (row === undefined || (event.target instanceof Element && event.target.closest('[data-twist]') !== null)) return;
        if (onOpen !== undefined) onOpen(row.node);
        else if (onSelect !== undefined) toggle(row);
      }}
      onContextMenu={(event) => {
        const row = rowAt(event.target) ?? (event.target === event.currentTarget ? flat[active] : undefined);
        if (row === undefined) return;
        setActiveId(row.node.id);
        props.onContextMenu?.(row.node, event);
      }}
    >
      <div role="presentation" className={styles.space} style={{ height: rows.physicalHeight }}>
        <div ref={rows.layer} role="presentation" className={styles.layer}>
          {indices.map((index) => {
            const row = flat[index];
            if (row === undefined) return null;
            const selected = selectedId !== undefined && selectedId !== null && row.node.id === selectedId;
            const extra = getNodeProps?.(row.node);
            return (
              <div
                // Nodes hold drop targets and drawings of their own: their elements stay with them.
                key={row.node.id}
                {...extra}
                id={`${id}node${index}`}
                role="treeitem"
                aria-level={row.depth + 1}
                aria-posinset={row.position}
                aria-setsize={row.siblings}
                aria-expanded={row.expandable ? row.expanded : undefined}
                aria-selected={selected}
                aria-label={row.node.label}
                data-row={index}
                data-active={index === active || undefined}
                className={classNames(styles.item, styles.treeItem, extra?.className)}
                style={{ ...extra?.style, '--depth': row.depth, transform: `translateY(${(index - origin) * itemHeight}px)` } as CSSProperties}
              >
                {row.expandable ? (
                  <span className={classNames(styles.twist, row.expanded && styles.open)} data-twist="" aria-hidden>
                    <ChevronRight />
                  </span>
                ) : (
                  <span className={styles.twist} aria-hidden />
                )}
                <span className={styles.content}>
                  {renderNode === undefined ? (
                    <span className={styles.words}>{row.node.label}</span>
                  ) : (
                    renderNode(row.node, { selected, expanded: row.expanded, depth: row.depth })
                  )}
                </span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
