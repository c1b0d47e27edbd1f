import type { ReactNode } from 'react';
import type { Icon } from '../../ui/icons.ts';
import styles from './PlaceHeader.module.css';

export type PlaceHeaderProps = {
  /** What the thing is, at a glance. */
  readonly icon?: Icon;
  /** Instead of an icon: a registry's glyph, a state's dot. */
  readonly mark?: ReactNode;
  readonly title: ReactNode;
  /** Quiet facts beside the title: type, counts, times. */
  readonly facts?: ReactNode;
  /** Beside the title: a star, an alias or two. */
  readonly beside?: ReactNode;
  /** At the right: at most three buttons and a menu. */
  readonly actions?: ReactNode;
  /** Below: tabs, or a line of filters. */
  readonly children?: ReactNode;
};

/** The title line of a place. The breadcrumb stands above it, by itself. */
export function PlaceHeader({ icon: HeaderIcon, mark, title, facts, beside, actions, children }: PlaceHeaderProps) {
  return (
    <header className={styles.header}>
      <div className={styles.line}>
        {mark ?? (HeaderIcon !== undefined && <HeaderIcon className={styles.icon} aria-hidden />)}
        <h1 className={styles.title}>{title}</h1>
        {beside}
        {facts !== undefined && <div className={styles.facts}>{facts}</div>}
        <div className={styles.actions}>{actions}</div>
      </div>
      {children}
    </header>
  );
}
