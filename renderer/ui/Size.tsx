import { formatBytes, formatExactBytes } from './format.ts';
import styles from './marks.module.css';

/** Bytes in binary units; the exact number on hover. */
export function Size({ bytes }: { readonly bytes: number }) {
  return (
    <span className={styles.number} title={formatExactBytes(bytes)}>
      {formatBytes(bytes)}
    </span>
  );
}
