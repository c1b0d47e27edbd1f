import type { ReactNode } from 'react';
import type { Tone } from './Badge.tsx';
import styles from './marks.module.css';

export interface StatusDotProps {
  readonly tone: Tone;
  /** Its word: beside the dot, or spoken only when `wordless`. Meaning never hangs on the colour alone. */
  readonly label: ReactNode;
  readonly wordless?: boolean;
  /** Something is going on. */
  readonly busy?: boolean;
  /** Not begun, unknown, paused. */
  readonly hollow?: boolean;
}

/** A state: a dot (round good, square bad, diamond caution) and its word. */
export function StatusDot({ tone, label, wordless = false, busy = false, hollow = false }: StatusDotProps) {
  const dot = <span className={styles.dot} data-tone={tone} data-busy={busy || undefined} data-hollow={hollow || undefined} aria-hidden />;
  if (wordless) {
    return (
      <span
        className={styles.status}
        role="img"
        aria-label={typeof label === 'string' ? label : undefined}
        title={typeof label === 'string' ? label : undefined}
      >
        {dot}
      </span>
    );
  }
  return (
    <span className={styles.status}>
      {dot}
      {label}
    </span>
  );
}
