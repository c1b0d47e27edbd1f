/** Events in words, for the history of one thing. */
import type { EventKind, HistoryEvent } from '#shared/contract/index.ts';
import { assertNever } from '#shared/domain/assert.ts';
import type { JsonValue } from '#shared/domain/metadata.ts';

export type EventTone = 'good' | 'danger' | 'accent' | undefined;

/** Whether something came, went, moved or merely changed. */
export function toneOf(kind: EventKind): EventTone {
  if (/\.(?:created|added|restored|sample_added)$/u.test(kind)) return 'good';
  if (/\.(?:deleted|removed|revoked)$/u.test(kind)) return 'danger';
  return kind === 'alias.moved' ? 'accent' : undefined;
}

/** What was done, as a verb in the past; the subject's name follows it. */
export function verbOf(kind: EventKind): string {
  switch (kind) {
    case 'catalog.created':
      return 'created the catalog';
    case 'catalog.migrated':
      return 'brought the catalog up to date';
    case 'catalog.sample_added':
      return 'added the sample';
    case 'project.created':
    case 'run.created':
    case 'artifact.created':
    case 'registry.created':
    case 'collection.created':
      return 'created';
    case 'run.updated':
    case 'artifact.updated':
    case 'version.updated':
    case 'registry.updated':
    case 'collection.updated':
      return 'edited';
    case 'run.finished':
      return 'ended';
    case 'artifact.deleted':
    case 'version.deleted':
    case 'registry.deleted':
    case 'collection.deleted':
      return 'moved to the trash:';
    case 'artifact.restored':
    case 'version.restored':
    case 'registry.restored':
    case 'collection.restored':
    case 'link.restored':
      return 'restored';
    case 'version.created':
      return 'logged';
    case 'version.used':
      return 'used';
    case 'link.created':
      return 'linked';
    case 'link.removed':
      return 'unlinked';
    case 'link.noted':
      return 'wrote a note on';
    case 'alias.added':
      return 'put the alias on';
    case 'alias.moved':
      return 'moved the alias to';
    case 'alias.removed':
      return 'took the alias off';
    case 'tag.added':
      return 'added the tag to';
    case 'tag.removed':
      return 'removed the tag from';
    case 'api_key.created':
      return 'made the key';
    case 'api_key.revoked':
      return 'revoked the key';
    case 'settings.changed':
      return 'changed settings of';
    case 'member.changed':
      return 'changed members of';
    default:
      return assertNever(kind, 'event kind');
  }
}

/** The alias or tag that an event is about, if it is about one. */
export function wordOf({ kind, before, after }: Pick<HistoryEvent, 'kind' | 'before' | 'after'>): { readonly kind: 'alias' | 'tag'; readonly word: string } | null {
  const key = kind.startsWith('alias.') ? 'alias' : kind.startsWith('tag.') ? 'tag' : null;
  if (key === null) return null;
  for (const side of [after, before]) if (isObject(side) && typeof side[key] === 'string') return { kind: key, word: side[key] };
  return null;
}

/** What changed, key by key, as far as before and after tell: `alias: staging`, `index: 2 → 3`. At most so many. */
export function changesOf({ before, after }: Pick<HistoryEvent, 'before' | 'after'>, most = 6): readonly string[] {
  const left = isObject(before) ? before : {};
  const right = isObject(after) ? after : {};
  const lines: string[] = [];
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    const was = left[key];
    const is = right[key];
    // Aliases and tags stand in the sentence.
    if (key === 'alias' || key === 'tag' || JSON.stringify(was) === JSON.stringify(is)) continue;
    lines.push(was === undefined ? `${key}: ${short(is)}` : is === undefined ? `${key}: ${short(was)} →` : `${key}: ${short(was)} → ${short(is)}`);
  }
  return lines.length > most ? [...lines.slice(0, most), `and ${lines.length - most} more`] : lines;
}

function isObject(value: unknown): value is Readonly<Record<string, JsonValue>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function short(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (/^[0-9a-f]{32,}$/u.test(text)) return text.slice(0, 8);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text === '' ? 'nothing' : text;
}
