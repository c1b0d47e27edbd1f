/** Pieces that several answers are made of. */
import type { ReactNode } from 'react';
import type { VitrineError } from '#shared/contract/index.ts';
import { PlaceFailure } from '../../../app/shell/index.ts';
import { formatCount } from '../../../ui/format.ts';
import { SkeletonLines } from '../../../ui/Skeleton.tsx';
import styles from './Questions.module.css';

/** What stands where an answer will be. */
export function Asking({ error, retry }: { readonly error: VitrineError | null; readonly retry: () => void }) {
  return <div className={styles.body}>{error === null ? <SkeletonLines lines={5} label="Looking for the answer" /> : <PlaceFailure error={error} retry={retry} compact />}</div>;
}

export function Part({ title, count, children }: { readonly title: string; readonly count?: number; readonly children: ReactNode }) {
  return (
    <section className={styles.section} aria-label={title}>
      <h2>
        {title} {count !== undefined && <span className={styles.dim}>{formatCount(count)}</span>}
      </h2>
      {children}
    </section>
  );
}

const shownBars = 8;

/** Counts by name, the most first, with bars beside them. */
export function CountBars({ rows }: { readonly rows: readonly { readonly name: string; readonly count: number }[] }) {
  const most = rows[0]?.count ?? 1;
  const rest = rows.slice(shownBars).reduce((sum, row) => sum + row.count, 0);
  return (
    <div className={styles.bars} role="list">
      {[...rows.slice(0, shownBars), ...(rest > 0 ? [{ name: `${rows.length - shownBars} others`, count: rest }] : [])].map((row) => (
        <div key={row.name} role="listitem" style={{ display: 'contents' }}>
          <span className={styles.barName} title={row.name}>
            {row.name}
          </span>
          <span className={styles.bar} aria-hidden>
            <span style={{ width: `${Math.min(100, (row.count / most) * 100)}%` }} />
          </span>
          <span className={styles.count}>{formatCount(row.count)}</span>
        </div>
      ))}
    </div>
  );
}
