import { useState } from 'react';
import { explainError } from '#shared/contract/index.ts';
import { runCommand, useOperation } from '../../app/api/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { PlaceFailure } from '../../app/shell/index.ts';
import { Button, CodeBlock, Dialog, Digest, Field, formatCount, formatQuantity, RelativeTime, SkeletonLines, TextArea } from '../../ui/index.ts';
import { CircleAlert, CircleCheck, FingerprintPattern, ShieldCheck } from '../../ui/icons.ts';
import { notedHeads, useChain, verifyChain } from './chain.ts';
import { faultTitle, headsSaid } from './chainWords.ts';
import styles from './History.module.css';

/** Kept heads that are listed. */
const mostListed = 5;

const keyPlaces = { keychain: 'in the system’s keychain', file: 'in a file that only you can read: there is no keychain here, so whoever gets at your account can sign as well' } as const;

/** The head of the chain: noted outside it finds out a file that was rewritten as a whole, which the chain alone can't. */
export function ChainDialog({ onClose }: { readonly onClose: () => void }) {
  const maySign = useWhyNot()('history.signHead', 'organization');
  const head = useOperation('history.head', {});
  const kept = useOperation('history.heads', {});
  const [text, setText] = useState('');
  const [signing, setSigning] = useState(false);
  const { running, answer, failure } = useChain();
  // What was found before this dialog was opened stands in the strip of the place.
  const [asked, setAsked] = useState(false);
  const noted = notedHeads(text);
  const sign = async (): Promise<void> => {
    setSigning(true);
    await runCommand('history.signHead', {}, { done: ({ events }) => `Signed the head after event ${formatCount(events)}` });
    setSigning(false);
  };
  const verify = (): void => {
    if (running) return;
    setAsked(true);
    void verifyChain(noted);
  };
  const error = head.error ?? kept.error;
  const whyNotSign = maySign !== null ? maySign : kept.data?.canSign === false ? 'No keychain can be had here.' : head.data?.events === 0 ? 'Nothing happened yet.' : null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Head of the history"
      description="Every event carries the hash of the one before. Whoever notes the last hash in another place, such as a mail or a ticket, can show later that nothing before it was changed, not even by writing the whole file anew."
      width="wide"
      keepOnOutsidePress
      onSubmit={verify}
      actions={
        <>
          <Button onClick={onClose}>Close</Button>
          <Button type="submit" variant="primary" icon={ShieldCheck} busy={running}>
            {noted.length === 0 ? 'Verify' : `Verify against ${formatQuantity(noted.length, 'head')}`}
          </Button>
        </>
      }
    >
      {error !== null ? (
        <PlaceFailure error={error} compact />
      ) : head.data === undefined || kept.data === undefined ? (
        <SkeletonLines lines={5} />
      ) : (
        <div className={styles.heads}>
          {asked && !running && failure !== null && (
            <p role="alert" className={styles.verdict} data-tone="danger">
              <CircleAlert aria-hidden />
              <span>
                <strong>{explainError(failure).title}.</strong> {explainError(failure).sentence}
              </span>
            </p>
          )}
          {asked && !running && answer !== null && (
            <p role="status" className={styles.verdict} data-tone={answer.intact ? 'good' : 'danger'}>
              {answer.intact ? <CircleCheck aria-hidden /> : <CircleAlert aria-hidden />}
              <span>
                {answer.intact ? (
                  <>
                    <strong>The history is whole.</strong> {formatQuantity(answer.events, 'event')}, each with the hash of the one before. {headsSaid(answer) ?? 'No head was noted to hold it against.'}
                  </>
                ) : (
                  <>
                    <strong>{faultTitle(answer)}</strong> {answer.fault?.explanation} {headsSaid(answer)}
                  </>
                )}
              </span>
            </p>
          )}
          <section aria-label="The head now" className={styles.headPart}>
            <CodeBlock code={head.data.line} title={`After event ${formatCount(head.data.events)}`} wrap />
            <div className={styles.headRow}>
              <Button icon={FingerprintPattern} busy={signing} onClick={() => void sign()} {...barred(whyNotSign)}>
                Sign and keep
              </Button>
              <span className={styles.dim}>
                {kept.data.publicKey === null ? `A key is made for it ${keyPlaces[kept.data.keyIn]}, the first time.` : `With your key ${keyPlaces[kept.data.keyIn]}; what is signed is kept in a file beside the catalog.`}
              </span>
            </div>
          </section>
          {kept.data.items.length > 0 && (
            <section aria-label="Signed heads" className={styles.headPart}>
              <h3 className={styles.headTitle}>Signed before</h3>
              <ul className={styles.headList}>
                {kept.data.items.slice(0, mostListed).map((item) => (
                  <li key={`${item.events} ${item.at}`}>
                    <span>after event {formatCount(item.events)}</span>
                    <Digest digest={item.head} />
                    <span className={styles.dim}>
                      <RelativeTime time={item.at} />
                    </span>
                  </li>
                ))}
                {kept.data.items.length > mostListed && <li className={styles.dim}>and {formatCount(kept.data.items.length - mostListed)} older ones</li>}
              </ul>
            </section>
          )}
          <Field label="Heads noted elsewhere" optional hint="One line each, as copied above, or the JSON of signed ones. Signed heads kept here are held against the history in any case.">
            <TextArea mono rows={3} value={text} onValueChange={setText} placeholder={head.data.line} spellCheck={false} />
          </Field>
        </div>
      )}
    </Dialog>
  );
}
