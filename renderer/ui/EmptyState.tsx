import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import type { Icon } from './icons.ts';
import styles from './states.module.css';

export interface EmptyStateProps {
  readonly icon?: Icon;
  /** What will be here: "No versions yet". */
  readonly title: string;
  /** How it gets here, in a sentence or two. */
  readonly text?: ReactNode;
  /** The one button that brings it. */
  readonly action?: ReactNode;
  /** A snippet (`CodeBlock`) or a list of ways. */
  readonly children?: ReactNode;
  /** Inside a panel: no drawing, less air. */
  readonly compact?: boolean;
}

/** An empty place teaches: what will be here, and what brings it. */
export function EmptyState({ icon: Drawing, title, text, action, children, compact = false }: EmptyStateProps) {
  return (
    <div className={classNames(styles.state, compact && styles.compact)}>
      {Drawing !== undefined && (
        <span className={styles.drawing}>
          <Drawing aria-hidden />
        </span>
      )}
      <h2 className={styles.title}>{title}</h2>
      {text !== undefined && <p className={styles.text}>{text}</p>}
      {action !== undefined && <div className={styles.actions}>{action}</div>}
      {children !== undefined && <div className={styles.extra}>{children}</div>}
    </div>
  );
}
