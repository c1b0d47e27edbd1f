import { classNames } from './class-names.ts';
import styles from './states.module.css';

export interface SkeletonProps {
  /** CSS lengths; the place it keeps is the place of what comes. */
  readonly width?: string | number;
  readonly height?: string | number;
  readonly className?: string;
}

/** A quiet bar in place of what is on its way. It keeps its place at once and shows itself only after 200 ms. */
export function Skeleton({ width = '100%', height, className }: SkeletonProps) {
  return <span aria-hidden className={classNames(styles.skeleton, className)} style={{ width, ...(height === undefined ? {} : { height }) }} />;
}

const LINE_WIDTHS = ['92%', '76%', '84%', '58%', '88%', '70%'] as const;

/** Several lines of text on their way. */
export function SkeletonLines({ lines = 4, label = 'Loading' }: { readonly lines?: number; readonly label?: string }) {
  return (
    <div className={styles.skeletonLines} role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} width={LINE_WIDTHS[index % LINE_WIDTHS.length] ?? '80%'} />
      ))}
    </div>
  );
}
