import { useRef, type ReactNode } from 'react';
import { classNames } from '../../ui/index.ts';
import { useScrollMemory } from '../routes/index.ts';
import styles from './PlaceBody.module.css';

export type PlaceBodyProps = {
  /** Text and cards keep a readable width and some air; tables and graphs fill the place. */
  readonly layout?: 'page' | 'fill';
  readonly children: ReactNode;
};

/** What lies below the title line. As a page it scrolls, and remembers where; what fills scrolls by itself (tables, graphs). */
export function PlaceBody({ layout = 'page', children }: PlaceBodyProps) {
  const scroller = useRef<HTMLDivElement>(null);
  return layout === 'fill' ? <div className={styles.fill}>{children}</div> : <ScrollingBody scroller={scroller}>{children}</ScrollingBody>;
}

function ScrollingBody({ scroller, children }: { readonly scroller: React.RefObject<HTMLDivElement | null>; readonly children: ReactNode }) {
  useScrollMemory(scroller);
  return (
    // A region that scrolls must be reachable by keyboard, also when nothing in it can be focused.
    <div ref={scroller} className={classNames(styles.fill, styles.scroll)} tabIndex={0} role="region" aria-label="Content">
      <div className={styles.page}>{children}</div>
    </div>
  );
}
