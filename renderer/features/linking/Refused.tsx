import { explainError, type VitrineError } from '#shared/contract/index.ts';
import styles from './Linking.module.css';

/** Why it was refused, in the form that sent it. */
export function Refused({ error }: { readonly error: VitrineError | null }) {
  if (error === null) return null;
  const { title, sentence, advice } = explainError(error);
  return (
    <p className={styles.failure} role="alert">
      <strong>{title}.</strong> {sentence} {advice}
    </p>
  );
}
