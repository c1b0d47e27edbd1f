import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import styles from './frame.module.css';

export interface ToolbarProps {
  readonly label: string;
  /** A line under it. */
  readonly lined?: boolean;
  readonly className?: string;
  readonly children: ReactNode;
}

/** A row of controls above what they act on. Each control is a Tab stop of its own, since fields stand among them. */
export function Toolbar({ label, lined = false, className, children }: ToolbarProps) {
  return (
    <div role="group" aria-label={label} className={classNames(styles.toolbar, lined && styles.lined, className)}>
      {children}
    </div>
  );
}

/** Pushes what follows to the end. */
export function ToolbarSpacer() {
  return <span className={styles.spacer} />;
}

/** A short upright line between groups. */
export function ToolbarDivider() {
  return <span className={styles.divider} aria-hidden />;
}
