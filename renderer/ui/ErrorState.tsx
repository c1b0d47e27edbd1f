import type { ReactNode } from 'react';
import { Button } from './Button.tsx';
import { classNames } from './class-names.ts';
import { CircleAlert, RefreshCw } from './icons.ts';
import styles from './states.module.css';

export interface ErrorStateProps {
  /** What happened, to what: "This version couldn’t be read". */
  readonly title: string;
  /** Why, in a sentence. */
  readonly text?: ReactNode;
  /** What to do about it, in a sentence. */
  readonly nextStep?: ReactNode;
  /** The error's code, unfolded with the details. */
  readonly code?: string;
  /** Anything that helps who looks into it: shown as it is, selectable. */
  readonly details?: string;
  readonly onRetry?: () => void;
  readonly actions?: ReactNode;
  readonly compact?: boolean;
  /** It is all that is shown: its title is the page's. */
  readonly alone?: boolean;
}

/** An error in place of what it kept away: what happened, why, the next step; details unfold. */
export function ErrorState({ title, text, nextStep, code, details, onRetry, actions, compact = false, alone = false }: ErrorStateProps) {
  const Title = alone ? 'h1' : 'h2';
  const unfold = [code, details].filter(Boolean).join('\n\n');
  return (
    <div className={classNames(styles.state, compact && styles.compact)} role="alert">
      <span className={classNames(styles.drawing, styles.bad)}>
        <CircleAlert aria-hidden />
      </span>
      <Title className={styles.title}>{title}</Title>
      {text !== undefined && <p className={styles.text}>{text}</p>}
      {nextStep !== undefined && <p className={styles.text}>{nextStep}</p>}
      {(onRetry !== undefined || actions !== undefined) && (
        <div className={styles.actions}>
          {onRetry !== undefined && (
            <Button icon={RefreshCw} onClick={onRetry}>
              Try again
            </Button>
          )}
          {actions}
        </div>
      )}
      {unfold !== '' && (
        <details className={styles.details}>
          <summary>Details</summary>
          <pre>{unfold}</pre>
        </details>
      )}
    </div>
  );
}
