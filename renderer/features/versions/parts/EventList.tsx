import { useMemo } from 'react';
import { useQueries, type UseQueryResult } from '@tanstack/react-query';
import type { HistoryEvent, ObjectKind, OutputOf, VitrineError } from '#shared/contract/index.ts';
import { cache, core, operationKey } from '../../../app/api/index.ts';
import { PlaceLink, placeOfRef } from '../../../app/routes/index.ts';
import { PlaceFailure } from '../../../app/shell/index.ts';
import { AliasChip, EmptyState, formatQuantity, RelativeTime, SkeletonLines, TagChip } from '../../../ui/index.ts';
import { History } from '../../../ui/icons.ts';
import { changesOf, entranceWords, toneOf, verbOf, wordOf } from '../../history/index.ts';
import { Section } from './Facts.tsx';
import styles from '../tabs/tabs.module.css';

export type HistoryObject = { readonly kind: ObjectKind; readonly id: number };

/** Per thing: enough for a version, whose history is short. */
const mostPerObject = 200;

type Page = OutputOf<'history.list'>;

/** Events of several things as one history, newest first. */
export function EventList({ title, objects, empty }: { readonly title: string; readonly objects: readonly HistoryObject[]; readonly empty: string }) {
  const pages: UseQueryResult<Page, VitrineError>[] = useQueries(
    {
      queries: objects.map((object) => {
        const input = { object, limit: mostPerObject };
        return { queryKey: operationKey('history.list', input), queryFn: ({ signal }: { readonly signal: AbortSignal }) => core().query('history.list', input, { signal }) };
      }),
    },
    cache,
  );
  const answers = pages.map((page) => page.data);
  const events = useMemo(() => merge(answers), [answers]);
  const failed = pages.find((page) => page.error !== null);
  const waiting = pages.some((page) => page.isPending);
  const left = answers.reduce((sum, page) => sum + Math.max(0, (page?.total ?? 0) - mostPerObject), 0);
  return (
    <Section title={title} facts={waiting ? undefined : `${formatQuantity(events.length, 'event')}${left > 0 ? `, ${left} older ones in the whole history` : ''}`}>
      {failed?.error != null ? (
        <PlaceFailure error={failed.error} retry={() => void failed.refetch()} compact />
      ) : waiting ? (
        <SkeletonLines lines={6} />
      ) : events.length === 0 ? (
        <EmptyState compact icon={History} title="Nothing happened yet" text={empty} />
      ) : (
        <ol className={styles.timeline}>
          {events.map((event) => (
            <EventRow key={event.id} event={event} />
          ))}
        </ol>
      )}
    </Section>
  );
}

function merge(pages: readonly (Page | undefined)[]): readonly HistoryEvent[] {
  const byId = new Map<number, HistoryEvent>();
  for (const page of pages) for (const event of page?.items ?? []) byId.set(event.id, event);
  return [...byId.values()].sort((left, right) => right.id - left.id);
}

function EventRow({ event }: { readonly event: HistoryEvent }) {
  const place = placeOfRef(event.subject);
  const changes = changesOf(event);
  const word = wordOf(event);
  // “moved the alias | production | to Weld Detector v6”.
  const whole = verbOf(event.kind);
  const cut = word === null ? -1 : whole.lastIndexOf(' ');
  const verb = cut < 0 ? whole : whole.slice(0, cut);
  const preposition = cut < 0 ? '' : whole.slice(cut + 1);
  return (
    <li className={styles.event}>
      <span className={styles.eventMark} data-tone={toneOf(event.kind)} aria-hidden />
      <span className={styles.eventWords}>
        <strong>{event.actor.displayName}</strong>
        <span>{verb}</span>
        {word !== null && (
          <>
            {word.kind === 'alias' ? <AliasChip alias={word.word} /> : <TagChip tag={word.word} />}
            <span>{preposition}</span>
          </>
        )}
        {place === null ? <span>{event.subject.label}</span> : <PlaceLink to={place}>{event.subject.label}</PlaceLink>}
        {entranceWords[event.entrance] !== null && <span className={styles.small}>{entranceWords[event.entrance]}</span>}
      </span>
      <span className={styles.eventTime}>
        <RelativeTime time={event.at} />
      </span>
      {event.message !== null && <span className={styles.eventMore}>“{event.message}”</span>}
      {changes.length > 0 && <span className={`${styles.eventMore} ${styles.mono}`}>{changes.join(', ')}</span>}
    </li>
  );
}
