import { explainError, type VitrineError } from '#shared/contract/index.ts';
import styles from './Linking.module.css';

/** Why it was refused, in the form that sent it. */
export function Refused({ error }: { readonly error: VitrineError | null }) {
  if (error === null) return null;
  const { title, sentence, advice } = explainError(error);
  // What waits for an approval stands above, among what would happen.
  const words = error.code === 'approval_required' ? advice : `${sentence} ${advice ?? ''}`;
  return (
    <p className={styles.failure} role="alert">
      <strong>{title}.</strong> {words}
    </p>
  );
}
