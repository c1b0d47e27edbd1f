import { Tooltip as Base } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';
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
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner className={styles.positioner} side={side} sideOffset={6} collisionPadding={8}>
          <Base.Popup className={styles.popup}>
            {label}
            {keys !== undefined && <Kbd keys={keys} plain />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
