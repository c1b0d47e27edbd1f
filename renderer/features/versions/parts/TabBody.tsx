import { useRef, type ReactNode } from 'react';
import { useScrollMemory } from '../../../app/routes/index.ts';
import { classNames } from '../../../ui/index.ts';
import styles from './parts.module.css';

/** What lies below a row of tabs and scrolls: each tab remembers its own scroll. */
export function TabBody({ name, label, children }: { readonly name: string; readonly label: string; readonly children: ReactNode }) {
  const scroller = useRef<HTMLDivElement>(null);
  useScrollMemory(scroller, `scroll ${name}`);
  return (
    // A region that scrolls must be reachable by keyboard, also when nothing in it can be focused.
    <div ref={scroller} className={classNames(styles.fill, styles.scroll)} tabIndex={0} role="region" aria-label={label}>
      <div className={styles.page}>{children}</div>
    </div>
  );
}

/** The same for what scrolls by itself: tables, trees, graphs. */
export function TabFill({ children }: { readonly children: ReactNode }) {
  return <div className={styles.fill}>{children}</div>;
}
