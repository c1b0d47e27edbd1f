import { useEffect, useRef, useState } from 'react';
import { explainError, type CollectionDetail, type VitrineError } from '#shared/contract/index.ts';
import { cardCompleteness, standardCardRule } from '#shared/domain/cards.ts';
import { asVitrineError, runCommand, useOperation } from '../../app/api/index.ts';
import { openAddress, usePlaceState } from '../../app/routes/index.ts';
import { bridge } from '../../app/bridge.ts';
import { Button, EmptyState, Markdown, PlainText } from '../../ui/index.ts';
import { FileText, Pencil } from '../../ui/icons.ts';
import { barred } from '../../app/rights.ts';
import styles from './Registries.module.css';

/** A card longer than this is refused by the contract. */
const longestCard = 1_000_000;
/** Above this the preview is not drawn at every key. */
const livePreview = 60_000;

/** The card of a collection: read, or edited beside what it will look like. What is not saved waits here. */
export function CardTab({ collection, reason }: { readonly collection: CollectionDetail; readonly reason: string | null }) {
  const [draft, setDraft] = usePlaceState<string | null>('card draft', null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<VitrineError | null>(null);
  const shown = draft ?? collection.description;
  const card = useOperation('collections.card', { id: collection.id }).data;
  const rule = card ?? standardCardRule(collection.type);
  const { template } = rule;
  const score = cardCompleteness(shown, rule);
  const empty = score.fields.filter((field) => !field.filled);
  const tooLong = draft !== null && draft.length > longestCard;
  /** Characters of a text that was pasted or dropped and can't become a card. */
  const [refused, setRefused] = useState<number | null>(null);
  const source = useRef<HTMLTextAreaElement>(null);
  const editing = draft !== null;
  useEffect(() => {
    const field = source.current;
    if (field === null) return undefined;
    // React's own event comes only after a text of any size has been laid out, which holds up the window for as long as it takes.
    const hold = (event: InputEvent): void => {
      const length = event.data?.length ?? 0;
      if (length > longestCard) event.preventDefault();
      setRefused(length > longestCard ? length : null);
    };
    field.addEventListener('beforeinput', hold);
    return () => field.removeEventListener('beforeinput', hold);
  }, [editing]);

  const save = async (): Promise<void> => {
    if (draft === null || busy || tooLong) return;
    setBusy(true);
    setFailure(null);
    try {
      if (draft !== collection.description) await runCommand('collections.update', { id: collection.id, description: draft }, { toast: false });
      setDraft(null);
    } catch (thrown) {
      setFailure(asVitrineError(thrown));
    } finally {
      setBusy(false);
    }
  };

  const openLink = (href: string): void => {
    if (href.toLowerCase().startsWith('vitrine:')) openAddress(href);
    else void bridge().openExternal(href);
  };

  const words = failure === null ? null : explainError(failure);
  return (
    <div className={styles.cardTab}>
      <div className={styles.cardBar}>
        <span className={styles.score} title={empty.length === 0 ? 'Every section is filled.' : `Still empty: ${empty.map((field) => field.name).join(', ')}`}>
          <span className={styles.scoreBar} aria-hidden>
            {score.fields.map((field) => (
              <span key={field.name} className={styles.scoreStep} data-filled={field.filled ? 'yes' : 'no'} data-required={field.required || undefined} />
            ))}
          </span>
          <span>
            {Math.round(score.score * 100)} % filled
            {empty.length > 0 && '; missing: '}
            {empty.map((field, at) => (
              <span key={field.name}>
                {at > 0 && ', '}
                {field.name}
                {field.required && <em className={styles.required}> required</em>}
              </span>
            ))}
          </span>
        </span>
        <span className={styles.spacer} />
        {draft === null ? (
          <Button icon={Pencil} onClick={() => setDraft(collection.description === '' ? template : collection.description)} {...barred(reason)}>
            Edit card
          </Button>
        ) : (
          <>
            {(words !== null || tooLong || refused !== null) && (
              <span role="alert" className={styles.failure}>
                {refused !== null
                  ? `A card holds at most ${longestCard.toLocaleString('en')} characters; the text has ${refused.toLocaleString('en')} and was left out.`
                  : tooLong ? `At most ${longestCard.toLocaleString('en')} characters; there are ${draft.length.toLocaleString('en')}.` : `${words?.title}. ${words?.sentence}`}
              </span>
            )}
            <Button
              onClick={() => {
                setDraft(null);
                setFailure(null);
                setRefused(null);
              }}
            >
              {draft === collection.description ? 'Cancel' : 'Discard changes'}
            </Button>
            <Button variant="primary" busy={busy} keys="$mod+Enter" onClick={() => void save()} {...barred(tooLong ? 'It is too long.' : reason)}>
              Save card
            </Button>
          </>
        )}
      </div>
      {draft === null ? (
        <div className={styles.reading} tabIndex={0} role="region" aria-label="Card">
          {collection.description.trim() === '' ? (
            <EmptyState
              icon={FileText}
              title="No card yet"
              text="A card says what this is, what it was made from, and what one may do with it. A template has the sections that are expected."
              action={
                <Button onClick={() => setDraft(template)} {...barred(reason)}>
                  Write the card
                </Button>
              }
            />
          ) : (
            <Markdown source={collection.description} onOpenLink={openLink} />
          )}
        </div>
      ) : (
        <div className={styles.editing}>
          <textarea
            ref={source}
            className={styles.source}
            aria-label="Card, in Markdown"
            value={draft}
            spellCheck
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
                event.preventDefault();
                void save();
              }
            }}
          />
          <div className={styles.reading} tabIndex={0} role="region" aria-label="Preview of the card">
            {draft.length > livePreview ? <PlainText source={draft} /> : <Markdown source={draft} onOpenLink={openLink} />}
          </div>
        </div>
      )}
    </div>
  );
}
