import { useId, useLayoutEffect, useRef } from 'react';
import type { CSSProperties, KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import styles from './frame.module.css';

export interface SplitPaneProps {
  /** Accessible name of the handle: "Sidebar width". */
  readonly label: string;
  /** Which side keeps its size while the window grows. */
  readonly side: 'start' | 'end';
  readonly orientation?: 'horizontal' | 'vertical';
  /** Pixels of the fixed side. */
  readonly size: number;
  readonly defaultSize: number;
  readonly min: number;
  readonly max: number;
  /** The fixed side is hidden and unmounted. */
  readonly collapsed?: boolean;
  /** Called once per gesture, when it ends: keep the number and give it back as `size`. */
  readonly onSizeChange: (size: number) => void;
  /** Given, Enter on the handle and dragging far below `min` hide the fixed side. */
  readonly onCollapse?: () => void;
  /** The fixed side is a landmark by this name, and the line that sizes it is in it: outside of all landmarks nobody who listens would look for it. */
  readonly landmark?: { readonly element: 'nav' | 'aside'; readonly label: string };
  readonly start: ReactNode;
  readonly end: ReactNode;
  readonly className?: string;
}

const STEP = 16;

/**
 * Two panes and the line between them. Drag it, or focus it and use the arrow keys, Home and End; a double click gives
 * the default back. Dragging moves a custom property only: nothing renders until it ends.
 */
export function SplitPane({
  label,
  side,
  orientation = 'horizontal',
  size,
  defaultSize,
  min,
  max,
  collapsed = false,
  onSizeChange,
  onCollapse,
  landmark,
  start,
  end,
  className,
}: SplitPaneProps) {
  const id = useId();
  const root = useRef<HTMLDivElement>(null);
  const handle = useRef<HTMLDivElement>(null);
  const dragFrom = useRef<{ readonly at: number; readonly size: number; current: number } | undefined>(undefined);
  const clamp = (wanted: number) => Math.round(Math.min(max, Math.max(min, wanted)));
  const shownSize = clamp(size);

  useLayoutEffect(() => {
    root.current?.style.setProperty('--split-size', `${shownSize}px`);
  }, [shownSize]);

  const show = (next: number) => {
    root.current?.style.setProperty('--split-size', `${next}px`);
    handle.current?.setAttribute('aria-valuenow', String(next));
  };

  const coordinate = (event: PointerEvent) => (orientation === 'horizontal' ? event.clientX : event.clientY);
  const direction = side === 'start' ? 1 : -1;

  const handlePointerDown = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.dataset.dragging = '';
    dragFrom.current = { at: coordinate(event), size: shownSize, current: shownSize };
  };

  const handlePointerMove = (event: PointerEvent<HTMLDivElement>) => {
    const from = dragFrom.current;
    if (from === undefined) return;
    from.current = from.size + (coordinate(event) - from.at) * direction;
    show(clamp(from.current));
  };

  const handlePointerEnd = (event: PointerEvent<HTMLDivElement>) => {
    const from = dragFrom.current;
    if (from === undefined) return;
    dragFrom.current = undefined;
    delete event.currentTarget.dataset.dragging;
    if (onCollapse !== undefined && from.current < min / 2) {
      show(shownSize);
      onCollapse();
      return;
    }
    onSizeChange(clamp(from.current));
  };

  const handleKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const grow = orientation === 'horizontal' ? 'ArrowRight' : 'ArrowDown';
    const shrink = orientation === 'horizontal' ? 'ArrowLeft' : 'ArrowUp';
    if (event.key === grow) onSizeChange(clamp(shownSize + STEP * direction));
    else if (event.key === shrink) onSizeChange(clamp(shownSize - STEP * direction));
    else if (event.key === 'Home') onSizeChange(min);
    else if (event.key === 'End') onSizeChange(max);
    else if (event.key === 'Enter' && onCollapse !== undefined) onCollapse();
    else return;
    event.preventDefault();
  };

  const fixed = (
    <div id={`${id}fixed`} className={styles.fixed}>
      {side === 'start' ? start : end}
    </div>
  );
  const separator = (
    <div
      ref={handle}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={orientation === 'horizontal' ? 'vertical' : 'horizontal'}
      aria-controls={`${id}fixed`}
      aria-valuemin={min}
      aria-valuemax={max}
      aria-valuenow={shownSize}
      className={styles.handle}
      onPointerDown={handlePointerDown}
      onPointerMove={handlePointerMove}
      onPointerUp={handlePointerEnd}
      onPointerCancel={handlePointerEnd}
      onDoubleClick={() => onSizeChange(defaultSize)}
      onKeyDown={handleKeyDown}
    />
  );

  return (
    <div
      ref={root}
      className={classNames(styles.split, orientation === 'vertical' && styles.column, className)}
      style={{ '--split-size': `${shownSize}px` } as CSSProperties}
    >
      {side === 'start' && !collapsed && (
        <Landmark {...landmark}>
          {fixed}
          {separator}
        </Landmark>
      )}
      <div className={styles.flexible}>{side === 'start' ? end : start}</div>
      {side === 'end' && !collapsed && (
        <Landmark {...landmark}>
          {separator}
          {fixed}
        </Landmark>
      )}
    </div>
  );
}

function Landmark({ element: Element, label, children }: Partial<NonNullable<SplitPaneProps['landmark']>> & { readonly children: ReactNode }) {
  if (Element === undefined) return children;
  return (
    <Element className={styles.landmark} aria-label={label}>
      {children}
    </Element>
  );
}
