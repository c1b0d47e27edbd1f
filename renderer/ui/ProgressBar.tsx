import { useId } from 'react';
import type { ReactNode } from 'react';
import { IconButton } from './Button.tsx';
import { classNames } from './class-names.ts';
import { formatBytes, formatCount, formatDuration, formatRate } from './format.ts';
import { X } from './icons.ts';
import styles from './states.module.css';

export interface ProgressBarProps {
  /** What is going on: "Logging mini-lm". */
  readonly label: string;
  /** Done so far, in `unit`. */
  readonly value: number;
  /** All there is; leave it out while it isn't known. */
  readonly total?: number;
  readonly unit?: 'bytes' | 'count';
  /** Units per second. */
  readonly rate?: number;
  /** Milliseconds left; computed from `rate` when left out. */
  readonly timeLeft?: number;
  readonly tone?: 'accent' | 'good' | 'danger';
  /** Instead of the numbers: "Waiting for the disk". */
  readonly note?: ReactNode;
  /** Shows the cross. */
  readonly onCancel?: () => void;
}

/** Long work: how far, how fast, how long still, and the way to stop it. */
export function ProgressBar({ label, value, total, unit = 'bytes', rate, timeLeft, tone = 'accent', note, onCancel }: ProgressBarProps) {
  const id = useId();
  const amount = unit === 'bytes' ? formatBytes : formatCount;
  const fraction = total === undefined || total <= 0 ? undefined : Math.min(1, Math.max(0, value / total));
  const left = timeLeft ?? (rate !== undefined && rate > 0 && total !== undefined ? ((total - value) / rate) * 1_000 : undefined);
  const done = total === undefined ? amount(value) : `${amount(value)} of ${amount(total)}`;
  const speed = rate === undefined || rate <= 0 ? undefined : unit === 'bytes' ? formatRate(rate) : `${formatCount(rate)}/s`;
  const remaining = left === undefined || fraction === 1 ? undefined : `${formatDuration(left)} left`;
  return (
    <div className={styles.progress}>
      <span id={id} className={styles.progressHead}>
        {label}
      </span>
      {onCancel !== undefined ? <IconButton icon={X} size="small" label={`Cancel: ${label}`} onClick={onCancel} /> : <span />}
      <div
        className={styles.track}
        role="progressbar"
        aria-labelledby={id}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(fraction === undefined ? {} : { 'aria-valuenow': Math.floor(fraction * 100) })}
        aria-valuetext={[done, speed, remaining].filter(Boolean).join(', ')}
      >
        <div
          className={classNames(styles.bar, tone === 'good' && styles.barGood, tone === 'danger' && styles.barDanger, fraction === undefined && styles.unknown)}
          style={fraction === undefined ? {} : { scale: `${fraction} 1` }}
        />
      </div>
      <div className={styles.progressNumbers}>
        {note ?? (
          <>
            <span>{done}</span>
            <span>{[speed, remaining].filter(Boolean).join(' · ')}</span>
          </>
        )}
      </div>
    </div>
  );
}
