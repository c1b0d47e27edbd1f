import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import type { Icon } from './icons.ts';
import styles from './chips.module.css';

export type Tone = 'neutral' | 'accent' | 'good' | 'caution' | 'danger';

export interface BadgeProps {
  readonly tone?: Tone;
  readonly icon?: Icon;
  readonly title?: string;
  readonly children: ReactNode;
}

/** A word or a number about a thing: a count, a state, a role. */
export function Badge({ tone = 'neutral', icon: ShownIcon, title, children }: BadgeProps) {
  return (
    <span className={classNames(styles.badge, tone !== 'neutral' && styles[tone])} title={title}>
      {ShownIcon !== undefined && <ShownIcon aria-hidden />}
      {children}
    </span>
  );
}
