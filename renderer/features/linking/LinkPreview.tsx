import { explainError, type OutputOf, type VitrineError } from '#shared/contract/index.ts';
import { Button, formatQuantity } from '../../ui/index.ts';
import { CircleAlert, CircleCheck, Link2 } from '../../ui/icons.ts';
import { MoveLines } from '../aliases/index.ts';
import styles from './Linking.module.css';

export type LinkPreviewProps = {
  readonly preview: OutputOf<'links.preview'> | undefined;
  readonly error: VitrineError | null;
  readonly collection: string;
  /** Takes what is refused out of the choice; null where nothing or everything is. */
  readonly onLeaveOut: (() => void) | null;
};

/** Versions that are listed one by one. */
const mostListed = 200;

/** What linking would do, version by version, as core sees it: numbers, aliases that move, what is refused and why. */
export function LinkPreview({ preview, error, collection, onLeaveOut }: LinkPreviewProps) {
  if (error !== null) {
    return (
      <div className={styles.outcome} role="status" aria-label="What would happen">
        <span className={styles.refusal}>
          <CircleAlert aria-hidden /> {explainError(error).sentence}
        </span>
      </div>
    );
  }
  const links = preview?.links ?? [];
  const refused = preview?.refused ?? [];
  const [only] = links;
  return (
    <div className={styles.outcome} role="status" aria-label="What would happen">
      {preview === undefined ? (
        '\u00a0'
      ) : (
        <>
          {links.length + refused.length === 1 && only !== undefined ? (
            <span>{only.standing ? `It is linked here already as v${only.index}: that link stays, only the aliases you choose are put on it.` : `Becomes v${only.index} of ${collection}.`}</span>
          ) : (
            <ul className={styles.each}>
              {refused.slice(0, mostListed).map((refusal) => (
                <li key={`${refusal.id} ${refusal.rule}`} data-refused="">
                  <CircleAlert aria-hidden />
                  <span className={styles.eachName}>{refusal.label}</span>
                  <span className={styles.eachWhat}>{refusal.explanation}</span>
                </li>
              ))}
              {links.slice(0, mostListed).map((link) => (
                <li key={link.versionId}>
                  {link.standing ? <CircleCheck aria-hidden /> : <Link2 aria-hidden />}
                  <span className={styles.eachName}>{link.label}</span>
                  <span className={styles.eachWhat}>{link.standing ? `linked already, v${link.index}` : `becomes v${link.index}`}</span>
                </li>
              ))}
              {links.length > mostListed && <li className={styles.dim}>and {formatQuantity(links.length - mostListed, 'more version')}</li>}
            </ul>
          )}
          <MoveLines moves={preview.moves} needsApproval={preview.needsApproval} />
          {refused.length > 0 && onLeaveOut !== null && (
            <Button size="small" onClick={onLeaveOut}>
              Leave out the {refused.length === 1 ? 'one that can’t go' : `${refused.length} that can’t go`}
            </Button>
          )}
        </>
      )}
    </div>
  );
}
