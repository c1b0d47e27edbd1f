import { explainError, type VitrineError } from '#shared/contract/index.ts';
import { Button } from '../../ui/Button.tsx';
import { CircleAlert, RefreshCw } from '../../ui/icons.ts';
import styles from './PlaceFailure.module.css';

export type PlaceFailureProps = { readonly error: VitrineError; readonly retry?: () => void };

/** What is said where an answer should be: what happened, the next step, and the details for a report. */
export function PlaceFailure({ error, retry }: PlaceFailureProps) {
  const { title, sentence, advice } = explainError(error);
  return (
    <div className={styles.failure} role="alert">
      <CircleAlert className={styles.icon} aria-hidden />
      <h2 className={styles.title}>{title}</h2>
      <p className={styles.words}>{sentence}</p>
      {advice !== null && <p className={styles.words}>{advice}</p>}
      {retry !== undefined && (
        <Button icon={RefreshCw} onClick={retry}>
          Try again
        </Button>
      )}
      <details className={styles.details}>
        <summary>Details</summary>
        <pre>{`${error.code} ${JSON.stringify(error.details, null, 2)}`}</pre>
      </details>
    </div>
  );
}
