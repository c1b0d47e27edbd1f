import styles from './Sync.module.css';
import { wandbCovers, wandbLimits } from './words.ts';

/** Which W&B a remote is for, and what does not go over, folded away. */
export function WandbCovers() {
  return (
    <details className={styles.covers}>
      <summary>What this covers</summary>
      <p>{wandbCovers}</p>
      <ul>
        {wandbLimits.map((limit) => (
          <li key={limit}>{limit}</li>
        ))}
      </ul>
    </details>
  );
}
