import { Menu as Base } from '@base-ui/react/menu';
import { useCallback, useRef, useState } from 'react';
import type { MouseEvent, ReactElement, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import type { Icon } from './icons.ts';
import { Check, ChevronRight } from './icons.ts';
import { isFocusTaken } from './focus-return.ts';
import { Kbd } from './Kbd.tsx';
import styles from './Menu.module.css';

export interface MenuAction {
  readonly kind?: 'action';
  readonly id: string;
  readonly label: string;
  readonly icon?: Icon;
  /** Stands where an icon would: a glyph, a dot. */
  readonly leading?: ReactNode;
  /** A keys expression; shown only, registered elsewhere. */
  readonly keys?: string;
  readonly disabled?: boolean;
  /** Why it is disabled, under its label. */
  readonly reason?: string;
  readonly tone?: 'normal' | 'danger';
  readonly onSelect: () => void;
}

export interface MenuCheck {
  readonly kind: 'check';
  readonly id: string;
  readonly label: string;
  readonly checked: boolean;
  readonly keys?: string;
  readonly disabled?: boolean;
  readonly onCheckedChange: (checked: boolean) => void;
  /** Stays open after a choice: for several ticks in a row. */
  readonly keepOpen?: boolean;
}

export interface MenuSubmenu {
  readonly kind: 'submenu';
  readonly id: string;
  readonly label: string;
  readonly icon?: Icon;
  readonly disabled?: boolean;
  readonly items: readonly MenuEntry[];
}

export interface MenuSeparator {
  readonly kind: 'separator';
}

export interface MenuHeading {
  readonly kind: 'heading';
  readonly label: string;
}

/** Menus are data: the same entries serve a button's menu and a context menu. */
export type MenuEntry = MenuAction | MenuCheck | MenuSubmenu | MenuSeparator | MenuHeading;

export interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactElement;
  readonly items: readonly MenuEntry[];
  readonly side?: 'top' | 'bottom' | 'left' | 'right';
  readonly align?: 'start' | 'center' | 'end';
  readonly onOpenChange?: (open: boolean) => void;
}

/** A menu under a button. */
export function Menu({ trigger, items, side = 'bottom', align = 'start', onOpenChange }: MenuProps) {
  return (
    <Base.Root modal={false} onOpenChange={(open) => onOpenChange?.(open)}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner className={styles.positioner} side={side} align={align} sideOffset={4} collisionPadding={8}>
          <Base.Popup className={styles.popup}>
            <Entries items={items} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export interface MenuPoint {
  /** Pixels from the left and top of the window. */
  readonly x: number;
  readonly y: number;
}

interface OpenMenu {
  readonly point: MenuPoint;
  readonly items: readonly MenuEntry[];
}

export interface ContextMenuControl {
  /** Opens the menu at a point of the window. Nothing opens without entries. */
  readonly open: (point: MenuPoint, items: readonly MenuEntry[]) => void;
  /** Render this once. */
  readonly element: ReactNode;
  readonly isOpen: boolean;
}

const isInMenu = (element: Element): boolean => element.closest('[role="menu"]') !== null;

/** A menu that opens at a point: for right clicks, Shift+F10 and canvas nodes. Focus goes back to where it was. */
export function useContextMenu(): ContextMenuControl {
  const [shown, setShown] = useState<OpenMenu | undefined>(undefined);
  const [isOpen, setOpen] = useState(false);
  const before = useRef<HTMLElement | null>(null);

  const open = useCallback((point: MenuPoint, items: readonly MenuEntry[]) => {
    if (items.length === 0) return;
    before.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    setShown({ point, items });
    setOpen(true);
  }, []);

  const element = shown !== undefined && (
    <Base.Root
      modal={false}
      open={isOpen}
      onOpenChange={(next) => setOpen(next)}
      onOpenChangeComplete={(stillOpen) => {
        if (!stillOpen) setShown(undefined);
      }}
    >
      <Base.Portal>
        <Base.Positioner
          className={styles.positioner}
          anchor={{ getBoundingClientRect: () => new DOMRect(shown.point.x, shown.point.y, 0, 0) }}
          side="bottom"
          align="start"
          sideOffset={2}
          collisionPadding={8}
        >
          <Base.Popup className={styles.popup} finalFocus={() => (isFocusTaken(isInMenu) ? false : (before.current ?? true))}>
            <Entries items={shown.items} />
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );

  return { open, element, isOpen };
}

export interface ContextMenuProps {
  /** Asked when the menu opens. */
  readonly items: () => readonly MenuEntry[];
  readonly className?: string;
  readonly children: ReactNode;
}

/** Gives what it holds a context menu, by right click and by the keyboard's menu key. */
export function ContextMenu({ items, className, children }: ContextMenuProps) {
  const menu = useContextMenu();
  return (
    <div
      className={className}
      onContextMenu={(event) => {
        event.preventDefault();
        event.stopPropagation();
        menu.open(contextPoint(event), items());
      }}
    >
      {children}
      {menu.element}
    </div>
  );
}

/** Where a context menu belongs: at the pointer, or, opened by keyboard, under the element in focus. */
export function contextPoint(event: MouseEvent, fallback: Element = event.target as Element): MenuPoint {
  // A keyboard's contextmenu event carries no button press: its pointer type is empty.
  const native = event.nativeEvent;
  const byKeyboard = native instanceof PointerEvent && native.pointerType === '';
  if (!byKeyboard && (event.clientX !== 0 || event.clientY !== 0)) return { x: event.clientX, y: event.clientY };
  const box = fallback.getBoundingClientRect();
  return { x: box.left + Math.min(24, box.width / 2), y: Math.min(box.bottom, window.innerHeight - 8) };
}

function Entries({ items }: { readonly items: readonly MenuEntry[] }) {
  const hasLeading = items.some(
    (entry) => entry.kind === 'check' || ('icon' in entry && entry.icon !== undefined) || ('leading' in entry && entry.leading !== undefined),
  );
  return items.map((entry, index) => <Entry key={'id' in entry ? entry.id : index} entry={entry} hasLeading={hasLeading} />);
}

function Entry({ entry, hasLeading }: { readonly entry: MenuEntry; readonly hasLeading: boolean }) {
  const blank = hasLeading ? <span className={styles.blank} /> : null;
  switch (entry.kind) {
    case 'separator':
      return <Base.Separator className={styles.separator} />;
    case 'heading':
      return (
        <div role="presentation" className={styles.heading}>
          {entry.label}
        </div>
      );
    case 'check':
      return (
        <Base.CheckboxItem
          className={styles.item}
          checked={entry.checked}
          disabled={entry.disabled === true}
          closeOnClick={entry.keepOpen !== true}
          onCheckedChange={(checked) => entry.onCheckedChange(checked)}
        >
          {entry.checked ? <Check aria-hidden /> : <span className={styles.blank} />}
          <span className={classNames(styles.words, styles.label)}>{entry.label}</span>
          {entry.keys !== undefined && (
            <span className={styles.trailing}>
              <Kbd keys={entry.keys} plain />
            </span>
          )}
        </Base.CheckboxItem>
      );
    case 'submenu':
      return (
        <Base.SubmenuRoot disabled={entry.disabled === true}>
          <Base.SubmenuTrigger className={styles.item}>
            {entry.icon === undefined ? blank : <entry.icon aria-hidden />}
            <span className={classNames(styles.words, styles.label)}>{entry.label}</span>
            <span className={styles.trailing}>
              <ChevronRight aria-hidden />
            </span>
          </Base.SubmenuTrigger>
          <Base.Portal>
            <Base.Positioner className={styles.positioner} sideOffset={-2} alignOffset={-5} collisionPadding={8}>
              <Base.Popup className={styles.popup}>
                <Entries items={entry.items} />
              </Base.Popup>
            </Base.Positioner>
          </Base.Portal>
        </Base.SubmenuRoot>
      );
    case 'action':
    case undefined:
      return (
        <Base.Item
          className={classNames(styles.item, entry.tone === 'danger' && entry.disabled !== true && styles.danger)}
          disabled={entry.disabled === true}
          label={entry.label}
          onClick={() => entry.onSelect()}
        >
          {entry.icon === undefined ? (entry.leading ?? blank) : <entry.icon aria-hidden />}
          <span className={styles.words}>
            <span className={styles.label}>{entry.label}</span>
            {entry.disabled === true && entry.reason !== undefined && <span className={styles.reason}>{entry.reason}</span>}
          </span>
          {entry.keys !== undefined && (
            <span className={styles.trailing}>
              <Kbd keys={entry.keys} plain />
            </span>
          )}
        </Base.Item>
      );
  }
}
