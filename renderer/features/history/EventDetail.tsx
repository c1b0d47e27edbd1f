import type { HistoryEvent } from '#shared/contract/index.ts';
import { formatPlace, PlaceLink, placeOfRef } from '../../app/routes/index.ts';
import { AliasChip, Avatar, CopyButton, EmptyState, formatExactTime, IconButton, PlainText, RelativeTime, TagChip } from '../../ui/index.ts';
import { MousePointer2, X } from '../../ui/icons.ts';
import { allChanges, entranceNames, keyWords, verbOf, wordOf } from './events.ts';
import { RevertPart } from './RevertPart.tsx';
import styles from './History.module.css';

export type EventDetailProps = {
  readonly event: HistoryEvent | null;
  readonly onHistoryOf: ((event: HistoryEvent) => void) | null;
  readonly onClose: () => void;
};

/** One event unfolded: the whole of what was before and what is after. */
export function EventDetail({ event, onHistoryOf, onClose }: EventDetailProps) {
  if (event === null) return <EmptyState icon={MousePointer2} title="No event chosen" text="Choose one to see what was before, what is after, who did it and why." />;
  const place = placeOfRef(event.subject);
  const word = wordOf(event);
  const changes = allChanges(event);
  return (
    <section className={styles.detail} aria-label={`Event ${event.id}`}>
      <header className={styles.detailHead}>
        <h2>Event {event.id.toLocaleString('en')}</h2>
        <CopyButton text={JSON.stringify(event, null, 2)} label="Copy the event as JSON" />
        <IconButton icon={X} size="small" label="Hide the details" onClick={onClose} />
      </header>
      <p className={styles.sentence}>
        <EventWords event={event} />
      </p>
      {event.message !== null && (
        <blockquote className={styles.message}>
          <PlainText source={event.message} />
        </blockquote>
      )}
      <dl className={styles.facts}>
        <dt>When</dt>
        <dd>
          <RelativeTime time={event.at} /> <span className={styles.dim}>{formatExactTime(Date.parse(event.at))}</span>
        </dd>
        <dt>Who</dt>
        <dd>
          <Avatar name={event.actor.displayName} named />
          <span className={styles.dim}>{event.actor.kind === 'service' ? `${event.actor.username}, service account` : event.actor.username}</span>
        </dd>
        <dt>Through</dt>
        <dd>{entranceNames[event.entrance]}</dd>
        <dt>Kind</dt>
        <dd>
          <code>{event.kind}</code>
        </dd>
        {word !== null && (
          <>
            <dt>{word.kind === 'alias' ? 'Alias' : 'Tag'}</dt>
            <dd>{word.kind === 'alias' ? <AliasChip alias={word.word} /> : <TagChip tag={word.word} />}</dd>
          </>
        )}
        <dt>On</dt>
        <dd>
          {place === null ? event.subject.label : <PlaceLink to={place}>{event.subject.label}</PlaceLink>}
          {place !== null && <CopyButton text={formatPlace(place)} label="Copy its link" />}
        </dd>
      </dl>
      {onHistoryOf !== null && (
        <button type="button" className={styles.textButton} onClick={() => onHistoryOf(event)}>
          All events of {event.subject.label}
        </button>
      )}
      <RevertPart event={event} />
      <h3>Before and after</h3>
      {changes.length === 0 ? (
        <p className={styles.dim}>This event changed no value; that it happened is all there is to it.</p>
      ) : (
        <ul className={styles.changes}>
          {changes.map(({ key, was, is }) => (
            <li key={key}>
              <span className={styles.changeKey}>{keyWords(key)}</span>
              {was !== null && was === is ? (
                <pre className={styles.value}>{is === '' ? 'empty' : is}</pre>
              ) : (
                <>
                  {was !== null && (
                    <pre className={styles.value} data-side="before">
                      <span className={styles.side}>before</span>
                      {was === '' ? 'empty' : was}
                    </pre>
                  )}
                  {is !== null && (
                    <pre className={styles.value} data-side="after">
                      <span className={styles.side}>after</span>
                      {is === '' ? 'empty' : is}
                    </pre>
                  )}
                </>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** “moved the alias | production | to | gemma:v3”. */
export function EventWords({ event }: { readonly event: HistoryEvent }) {
  const place = placeOfRef(event.subject);
  const word = wordOf(event);
  const whole = verbOf(event.kind);
  const cut = word === null ? -1 : whole.lastIndexOf(' ');
  return (
    <>
      <span>{cut < 0 ? whole : whole.slice(0, cut)}</span>
      {word !== null && (word.kind === 'alias' ? <AliasChip alias={word.word} /> : <TagChip tag={word.word} />)}
      {cut >= 0 && <span>{whole.slice(cut + 1)}</span>}
      {event.subject.kind !== 'catalog' && (place === null ? <span className={styles.subject}>{event.subject.label}</span> : <PlaceLink to={place} className={styles.subject} tabIndex={-1}>{event.subject.label}</PlaceLink>)}
    </>
  );
}
