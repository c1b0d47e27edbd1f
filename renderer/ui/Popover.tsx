import { Popover as Base } from '@base-ui/react/popover';
import type { ReactElement, ReactNode, RefObject } from 'react';
import { classNames } from './class-names.ts';
import styles from './Popover.module.css';

export interface PopoverProps {
  /** The button that opens it; leave it out for a popover that `open` and `anchor` steer. */
  readonly trigger?: ReactElement;
  readonly anchor?: Element | RefObject<Element | null> | null;
  readonly open?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
  /** Heading; without one give `label`. */
  readonly title?: ReactNode;
  readonly label?: string;
  readonly side?: 'top' | 'bottom' | 'left' | 'right';
  readonly align?: 'start' | 'center' | 'end';
  readonly initialFocus?: RefObject<HTMLElement | null> | boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A small panel beside what it belongs to. The rest of the window stays usable; Escape or a press outside closes it. */
export function Popover({
  trigger,
  anchor,
  open,
  onOpenChange,
  title,
  label,
  side = 'bottom',
  align = 'start',
  initialFocus,
  className,
  children,
}: PopoverProps) {
  return (
    <Base.Root {...(open === undefined ? {} : { open })} onOpenChange={(next) => onOpenChange?.(next)}>
      {trigger !== undefined && <Base.Trigger render={trigger} />}
      <Base.Portal>
        <Base.Positioner
          className={styles.positioner}
          side={side}
          align={align}
          sideOffset={6}
          collisionPadding={8}
          {...(anchor === undefined ? {} : { anchor })}
        >
          <Base.Popup className={classNames(styles.popup, className)} aria-label={label} {...(initialFocus === undefined ? {} : { initialFocus })}>
            {title !== undefined && <Base.Title className={styles.title}>{title}</Base.Title>}
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
