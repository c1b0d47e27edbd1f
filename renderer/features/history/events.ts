/** Events in words: what history, a version's own history and their details say. */
import type { Entrance, EventKind, HistoryEvent } from '#shared/contract/index.ts';
import { assertNever } from '#shared/domain/assert.ts';
import type { JsonValue } from '#shared/domain/metadata.ts';
import { formatSize } from '#shared/domain/sizes.ts';
import { formatVersion } from '#shared/domain/versions.ts';

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
    case 'run.failed':
      return 'saw the failure of';
    case 'run.crashed':
      return 'lost touch with';
    case 'run.resumed':
      return 'went on with';
    case 'run.stop_requested':
      return 'asked to stop';
    case 'run.alerted':
      return 'got an alert from';
    case 'artifact.moved':
      return 'changed the type of';
    case 'user.created':
      return 'took in';
    case 'user.updated':
      return 'changed';
    case 'user.removed':
      return 'removed';
    case 'team.created':
      return 'made the team';
    case 'team.removed':
      return 'removed the team';
    case 'run.finished':
      return 'ended';
    case 'artifact.deleted':
    case 'run.deleted':
    case 'version.deleted':
    case 'registry.deleted':
    case 'collection.deleted':
      return 'moved to the trash:';
    case 'artifact.restored':
    case 'run.restored':
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
    case 'link.promoted':
      return 'promoted';
    case 'lifecycle.state_changed':
      return 'changed the state of';
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
    case 'lineage.linked':
      return 'drew a lineage edge to';
    case 'lineage.unlinked':
      return 'took a lineage edge away from';
    case 'lineage.imported':
      return 'imported lineage into';
    case 'project.updated':
      return 'edited';
    case 'hold.placed':
      return 'put under hold:';
    case 'hold.released':
      return 'released the hold on';
    case 'trash.purged':
      return 'purged';
    case 'search.saved':
      return 'shared the search';
    case 'search.removed':
      return 'removed the shared search';
    case 'import.finished':
      return 'imported into';
    case 'remote.added':
      return 'connected';
    case 'remote.updated':
      return 'changed the remote';
    case 'remote.removed':
      return 'disconnected';
    case 'sync.conflicted':
      return 'met a conflict on';
    case 'sync.resolved':
      return 'decided a conflict on';
    case 'sync.superseded':
      return 'took the later text of';
    case 'sync.failed':
      return 'failed to sync with';
    case 'version.fetched':
      return 'fetched the files of';
    case 'version.stored':
      return 'put into a bucket the files of';
    case 'version.freed':
      return 'freed the copy here of';
    case 'bucket.added':
      return 'added the bucket';
    case 'bucket.updated':
      return 'changed the bucket';
    case 'bucket.removed':
      return 'removed the bucket';
    case 'integrity.failed':
      return 'found damaged bytes in';
    case 'approval.requested':
      return 'asked for approval of';
    case 'approval.granted':
      return 'approved';
    case 'approval.refused':
      return 'refused';
    case 'approval.withdrawn':
      return 'took back the request for';
    case 'approval.delegated':
      return 'passed on the request for';
    case 'approval.reminded':
      return 'reminded of the request for';
    case 'approval.commented':
      return 'commented on the request for';
    case 'automation.created':
      return 'made the automation';
    case 'automation.updated':
      return 'changed the automation';
    case 'automation.removed':
      return 'removed the automation';
    case 'run.metric_reached':
      return 'saw a threshold passed by';
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

/** The window is where one is; what the system does for somebody needs no word. */
export const entranceWords: Readonly<Record<Entrance, string | null>> = {
  window: null, cli: 'on the command line', sdk: 'from Python', http: 'over HTTP', automation: 'by an automation', sync: 'by sync', system: null,
};

/** The same for a field: what an event came in through. */
export const entranceNames: Readonly<Record<Entrance, string>> = {
  window: 'Window', cli: 'Command line', sdk: 'Python', http: 'HTTP', automation: 'Automation', sync: 'Sync', system: 'Vitrine itself',
};

export const entrances = Object.keys(entranceNames) as readonly Entrance[];

/** The alias or tag that an event is about, if it is about one. */
export function wordOf({ kind, before, after }: Pick<HistoryEvent, 'kind' | 'before' | 'after'>): { readonly kind: 'alias' | 'tag'; readonly word: string } | null {
  const key = kind.startsWith('alias.') ? 'alias' : kind.startsWith('tag.') ? 'tag' : null;
  if (key === null) return null;
  for (const side of [after, before]) if (isObject(side) && typeof side[key] === 'string') return { kind: key, word: side[key] };
  return null;
}

/** What changed, key by key, as far as before and after tell: `alias: staging`, `index: 2 → 3`. At most so many. */
export function changesOf({ before, after }: Pick<HistoryEvent, 'before' | 'after'>, most = 6): readonly string[] {
  const old = isObject(before) ? before : {};
  const fresh = isObject(after) ? after : {};
  const lines: string[] = [];
  for (const key of new Set([...Object.keys(old), ...Object.keys(fresh)])) {
    // Nothing said and said to be nothing are the same to a reader.
    const was = old[key] ?? undefined;
    const is = fresh[key] ?? undefined;
    // Aliases and tags stand in the sentence.
    if (key === 'alias' || key === 'tag' || JSON.stringify(was) === JSON.stringify(is)) continue;
    const left = valueText(key, was);
    const right = valueText(key, is);
    const label = key === 'index' ? '' : `${keyWords(key)}: `;
    lines.push(label + (was === undefined ? right : is === undefined ? left : `${left} → ${right}`));
  }
  return lines.length > most ? [...lines.slice(0, most), `and ${lines.length - most} more`] : lines;
}

/** `runId` as people say it. */
export function keyWords(key: string): string {
  return key.replace(/[A-Z]/gu, (capital) => ` ${capital.toLowerCase()}`).replace(/\bid(s?)\b/gu, 'ID$1');
}

/** Numbers of versions as they are written everywhere, sizes in units. */
function valueText(key: string, value: JsonValue | undefined): string {
  if (typeof value === 'number' && key === 'index') return formatVersion(value);
  if (typeof value === 'number' && key === 'size') return formatSize(value);
  return short(value);
}

/** One key of before and after, in words. */
export type ChangedValue = { readonly key: string; readonly was: string | null; readonly is: string | null };

/** All that an event's before and after tell, key by key, each value whole. `null` where that side has no such key. */
export function allChanges({ before, after }: Pick<HistoryEvent, 'before' | 'after'>): readonly ChangedValue[] {
  const left = isObject(before) ? before : before === null ? {} : { value: before };
  const right = isObject(after) ? after : after === null ? {} : { value: after };
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].map((key) => ({ key, was: whole(left[key]), is: whole(right[key]) }));
}

function whole(value: JsonValue | undefined): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
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
