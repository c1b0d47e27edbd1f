import { Tooltip as Base } from '@base-ui/react/tooltip';
import { useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { Kbd } from './Kbd.tsx';
import styles from './Tooltip.module.css';

export interface TooltipProps {
  /** What the tooltip says. Nothing is shown when it is empty. */
  readonly label: ReactNode;
  /** A keys expression shown after the label. */
  readonly keys?: string;
  readonly side?: 'top' | 'bottom' | 'left' | 'right';
  /** The one element it explains; must take a ref and DOM props. */
  readonly children: ReactElement;
}

/**
 * Words for what is hovered or focused. It repeats or adds, it never holds what can be read nowhere else; a control's
 * accessible name is its own label.
 */
export function Tooltip({ label, keys, side = 'bottom', children }: TooltipProps) {
  if (label === undefined || label === null || label === '') return children;
  return (
    <Shown label={label} {...(keys === undefined ? {} : { keys })} side={side}>
      {children}
    </Shown>
  );
}

function Shown({ label, keys, side, children }: TooltipProps) {
  const [open, setOpen] = useState(false);
  // Escape is meant for what lies around it, a dialog or a menu, which would wait for another one while this is open.
  useEffect(() => {
    if (!open) return undefined;
    const close = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') flushSync(() => setOpen(false));
    };
    window.addEventListener('keydown', close, { capture: true });
    return () => window.removeEventListener('keydown', close, { capture: true });
  }, [open]);
  return (
    <Base.Root open={open} onOpenChange={setOpen}>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner className={styles.positioner} {...(side === undefined ? {} : { side })} sideOffset={6} collisionPadding={8}>
          <Base.Popup className={styles.popup}>
            {label}
            {keys !== undefined && <Kbd keys={keys} plain />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
