/** What pushes changed at a remote, item by item, and what of it can be taken back as far as it is known here. */
import { stageOfState, stateOfStage, type Lifecycle, type MlflowStage } from '#shared/domain/index.ts';
import type { ReadableDb, WritableDb } from '../connection.ts';
import { numbersAbout } from '../eventObjects.ts';
import { listOf, sql } from '../sql.ts';
import type { UndoStep } from '../undo.ts';
import { modelNameOf, placeOfModel, type RemoteRow, type SeenModel, type SeenVersion } from './remotes.ts';
import { collectionRow, linkRow, registryRow } from './rows.ts';
import { branded } from './shared.ts';

export const sentKinds = ['alias', 'description', 'tag', 'text', 'mark', 'name', 'version', 'gone', 'model', 'state'] as const;
export type SentKind = (typeof sentKinds)[number];
/** `before` and `after` in the remote's words: the number of a version, a stage, a text, an empty text for a tag that stands, a name; null is nothing. */
export type SentRow = {
  readonly id: number; readonly remoteId: number; readonly roundId: number | null; readonly touch: string; readonly kind: SentKind; readonly label: string; readonly model: string; readonly version: string | null; readonly before: string | null; readonly after: string | null; readonly at: number;
  readonly undoneAt: number | null;
};
export type Sent = Pick<SentRow, 'kind' | 'model' | 'version' | 'before' | 'after'> & { /** Of the collection, for one that was made with something else. */ readonly touch?: string };

const columns = sql`id, remote_id AS remoteId, round_id AS roundId, touch, kind, label, model, version, before, after, at, undone_at AS undoneAt`;

export function sentRows(db: ReadableDb, remoteId: number, which: { readonly roundId: number } | { readonly ids: readonly number[] }): readonly SentRow[] {
  // The last first: what was built on something goes before it.
  return 'roundId' in which
    ? db.all<SentRow>(sql`SELECT ${columns} FROM sync_sent WHERE remote_id = ${remoteId} AND round_id = ${which.roundId} ORDER BY id DESC`)
    : db.all<SentRow>(sql`SELECT ${columns} FROM sync_sent WHERE remote_id = ${remoteId} AND id IN ${listOf(which.ids)} ORDER BY id DESC`);
}

export function keepSent(db: WritableDb, remoteId: number, touch: string, label: string, at: number, sent: readonly Sent[]): void {
  for (const one of sent) {
    if (one.before === one.after) continue;
    db.run(sql`
      INSERT INTO sync_sent (remote_id, touch, kind, label, model, version, before, after, at)
      VALUES (${remoteId}, ${one.touch ?? touch}, ${one.kind}, ${label}, ${one.model}, ${one.version}, ${one.before}, ${one.after}, ${at})`);
  }
}

/** What it is about, here: where it stands now in the remote's words, how it is called there by now, and the step that takes it back. */
export type SentHere = SentRow & {
  readonly collectionId: number | null;
  /** The name there by now; renames since are followed. */
  readonly now: string;
  readonly mine: string | null;
  /** In words, for people. */
  readonly shown: { readonly before: string | null; readonly after: string | null };
  /** Why it can't be taken back here, whatever the server says; null where it can. */
  readonly blocked: string | null;
  readonly step: UndoStep | null;
};

export function sentHere(db: ReadableDb, remote: RemoteRow, row: SentRow): SentHere {
  const [, idText = '', ...rest] = row.touch.split(' ');
  const id = Number(idText);
  const word = rest.join(' ');
  const there = (version: string | null): { readonly linkId: number; readonly index: number; readonly removed: number | null } | undefined =>
    version === null ? undefined : db.get(sql`SELECT l.id AS linkId, l.idx AS "index", l.removed_at AS removed FROM remote_versions v JOIN links l ON l.id = v.link_id WHERE v.remote_id = ${remote.id} AND v.model = ${nameNow(db, remote, row)} AND v.version = ${version}`);
  const onVersion = (version: string | null): string | null => {
    if (version === null) return null;
    const link = there(version);
    return link === undefined ? `version ${version} there` : `v${link.index}`;
  };
  const made = (facts: Partial<SentHere>): SentHere => ({
    ...row, collectionId: null, now: nameNow(db, remote, row), mine: null, shown: { before: row.before, after: row.after }, step: null, ...facts,
    blocked: row.undoneAt !== null ? 'It was taken back already.' : row.roundId === null ? 'Its round is not over yet.' : (facts.blocked ?? null),
  });
  const goneHere = made({ blocked: 'What it is about is not here any more.' });
  const collectionId = collectionIdOf(db, row.touch);
  if (collectionId === null) return goneHere;
  const collection = collectionRow(db, collectionId);
  if (collection.deleted && row.kind !== 'gone') return goneHere;
  const of = (facts: Partial<SentHere>): SentHere => made({ collectionId, ...facts });
  switch (row.kind) {
    case 'alias': {
      const linkId = db.value<number>(sql`SELECT target_id FROM aliases WHERE holder_kind = 'collection' AND holder_id = ${collectionId} AND alias = ${word}`);
      const mine = linkId === undefined ? null : (db.value<string>(sql`SELECT version FROM remote_versions WHERE remote_id = ${remote.id} AND link_id = ${linkId} AND gone_at IS NULL`) ?? `here ${linkId}`);
      const back = there(row.before);
      const shown = { before: onVersion(row.before), after: onVersion(row.after) };
      if (row.before !== null && (back === undefined || back.removed !== null)) return of({ mine, shown, blocked: 'The version that it stood on before is not linked here any more.' });
      return of({ mine, shown, step: { step: 'aliases', holder: { kind: 'collection', id: branded(collectionId) }, wishes: [{ alias: word, to: back?.index ?? null, expected: there(row.after)?.index ?? null }] } });
    }
    case 'description':
      return of({ mine: collection.description, step: { step: 'edit', kind: 'collection', id: collectionId, set: { description: row.before ?? '' }, expected: { description: row.after } } });
    case 'name': {
      const bare = (name: string | null): string | null => (name === null ? null : (placeOfModel(remote, name)?.name ?? name));
      const place = remote.places.find((one) => one.registryId === collection.registryId);
      const shown = { before: bare(row.before), after: bare(row.after) };
      return of({ mine: place === undefined ? collection.name : modelNameOf(place, collection.name), shown, step: { step: 'edit', kind: 'collection', id: collectionId, set: { name: shown.before }, expected: { name: shown.after } } });
    }
    case 'text': {
      const mine = db.value<string>(sql`SELECT description FROM versions WHERE id = ${id} AND state = 'committed'`);
      return mine === undefined ? goneHere : of({ mine, step: { step: 'edit', kind: 'version', id, set: { description: row.before ?? '' }, expected: { description: row.after } } });
    }
    case 'tag':
    case 'mark': {
      const target = row.kind === 'tag' ? { kind: 'collection' as const, id: collectionId } : { kind: 'version' as const, id };
      const stands = target.kind === 'collection'
        ? db.value(sql`SELECT 1 FROM collection_tags x JOIN tags t ON t.id = x.tag_id WHERE x.collection_id = ${target.id} AND t.tag = ${word}`) !== undefined
        : db.value(sql`SELECT 1 FROM version_tags x JOIN tags t ON t.id = x.tag_id WHERE x.version_id = ${target.id} AND t.tag = ${word}`) !== undefined;
      const shown = { before: row.before === null ? null : word, after: row.after === null ? null : word };
      return of({ mine: stands ? '' : null, shown, step: { step: 'tags', target, add: row.before === null ? [] : [word], remove: row.after === null ? [] : [word] } });
    }
    case 'version': {
      const link = linkRow(db, id);
      const shown = { before: null, after: onVersion(row.after) };
      return of({ mine: link.removed ? null : row.after, shown, step: { step: 'unlink', linkIds: [id] } });
    }
    case 'gone': {
      const trashId = db.value<number>(sql`SELECT max(t.id) FROM trash t JOIN links l ON l.trash_id = t.id WHERE t.kind = 'link' AND l.id = ${id} AND l.removed_at IS NOT NULL`);
      const shown = { before: onVersion(row.before), after: null };
      if (trashId === undefined) return of({ shown, mine: row.before, blocked: 'It is linked here again, or not in the trash any more.' });
      return of({ shown, mine: null, step: { step: 'restore', trashIds: [trashId] } });
    }
    case 'state': {
      const link = linkRow(db, id);
      const { lifecycle } = registryRow(db, collection.registryId);
      if (link.removed || lifecycle === null) return goneHere;
      const mine = stageOfState(lifecycle, link.state);
      const back = stateBefore(db, lifecycle, id, row.before);
      if (back === null) return of({ mine, blocked: `No state here stands for “${row.before ?? ''}” any more.` });
      return of({ mine, step: { step: 'state', linkId: id, to: back, expected: link.state } });
    }
    case 'model':
      return of({ mine: row.after, step: { step: 'delete', kind: 'collection', id: collectionId } });
  }
}

/** Of the states that stand for a stage, the one that the link was in last. */
function stateBefore(db: ReadableDb, lifecycle: Lifecycle, linkId: number, stage: string | null): string | null {
  const states = db.column<string>(sql`
    SELECT json_extract(e.before, '$.state') FROM ${numbersAbout(db, { kind: 'link', id: linkId })} n CROSS JOIN events e ON e.id = n.id WHERE e.kind = 'lifecycle.state_changed' ORDER BY e.id DESC LIMIT 100`);
  return states.find((state) => lifecycle.states.some((known) => known.name === state) && stageOfState(lifecycle, state) === stage) ?? stateOfStage(lifecycle, (stage ?? 'None') as MlflowStage);
}

/** The collection that a touch is about; null where it is gone for good. */
export function collectionIdOf(db: ReadableDb, touch: string): number | null {
  const [kind = '', id = ''] = touch.split(' ');
  switch (kind) {
    case 'link':
    case 'state':
      return db.value<number>(sql`SELECT collection_id FROM links WHERE id = ${Number(id)}`) ?? null;
    case 'text':
    case 'ttl':
    case 'metadata':
    case 'mark':
      return db.value<number>(sql`SELECT l.collection_id FROM links l WHERE l.version_id = ${Number(id)} AND l.removed_at IS NULL LIMIT 1`) ?? null;
    case 'artifact':
      return db.value<number>(sql`SELECT l.collection_id FROM links l WHERE l.version_id = ${Number(id)} ORDER BY l.removed_at DESC LIMIT 1`) ?? null;
    case 'registry':
    case 'run':
      return null;
    default:
      return db.value<number>(sql`SELECT id FROM collections WHERE id = ${Number(id)}`) ?? null;
  }
}

function nameNow(db: ReadableDb, remote: RemoteRow, row: SentRow): string {
  const collectionId = collectionIdOf(db, row.touch);
  return (collectionId === null ? undefined : db.value<string>(sql`SELECT name FROM remote_models WHERE remote_id = ${remote.id} AND collection_id = ${collectionId} AND gone_at IS NULL`)) ?? row.model;
}


/** What a push changed there, by what was seen before it. Asked before what was learned is remembered. */
export function sentBy(db: ReadableDb, remoteId: number, learned: {
  readonly model?: { readonly name: string; readonly collectionId: number; readonly made?: boolean }; readonly renamed?: { readonly from: string; readonly to: string }; readonly alias?: { readonly model: string; readonly alias: string; readonly value: string | null };
  readonly description?: { readonly model: string; readonly value: string }; readonly tag?: { readonly model: string; readonly tag: string; readonly stands: boolean }; readonly version?: { readonly model: string; readonly version: string }; readonly gone?: { readonly model: string; readonly version: string };
  readonly text?: { readonly model: string; readonly version: string; readonly value: string }; readonly mark?: { readonly model: string; readonly version: string; readonly tag: string; readonly stands: boolean };
  readonly stage?: { readonly model: string; readonly version: string; readonly value: string };
}): readonly Sent[] {
  const seenOf = (model: string): SeenModel | null => {
    const text = db.value<string>(sql`SELECT seen FROM remote_models WHERE remote_id = ${remoteId} AND name = ${model} AND gone_at IS NULL`);
    return text === undefined ? null : (JSON.parse(text) as SeenModel);
  };
  const seenVersion = (model: string, version: string): SeenVersion | null => {
    const text = db.value<string>(sql`SELECT seen FROM remote_versions WHERE remote_id = ${remoteId} AND model = ${model} AND version = ${version}`);
    return text === undefined ? null : (JSON.parse(text) as SeenVersion);
  };
  const stageOf = (model: string, version: string): string => {
    const stage = seenVersion(model, version)?.stage ?? '';
    return stage === '' ? 'None' : stage;
  };
  const { model, renamed, alias, description, tag, version, gone, text, mark, stage } = learned;
  const made = (kind: SentKind, at: string, number: string | null, before: string | null, after: string | null): Sent => ({ kind, model: at, version: number, before, after });
  const standing = (stands: boolean): string | null => (stands ? '' : null);
  return [
    ...(model?.made === true ? [{ ...made('model', model.name, null, null, model.name), touch: `collection ${model.collectionId}` }] : []),
    ...(renamed === undefined ? [] : [made('name', renamed.to, null, renamed.from, renamed.to)]),
    ...(alias === undefined ? [] : [made('alias', alias.model, null, seenOf(alias.model)?.aliases[alias.alias] ?? null, alias.value)]),
    ...(description === undefined ? [] : [made('description', description.model, null, seenOf(description.model)?.description ?? '', description.value)]),
    ...(tag === undefined ? [] : [made('tag', tag.model, null, standing(seenOf(tag.model)?.tags[tag.tag] === ''), standing(tag.stands))]),
    ...(version === undefined ? [] : [made('version', version.model, version.version, null, version.version)]),
    ...(gone === undefined ? [] : [made('gone', gone.model, gone.version, gone.version, null)]),
    ...(text === undefined ? [] : [made('text', text.model, text.version, seenVersion(text.model, text.version)?.description ?? '', text.value)]),
    ...(stage === undefined ? [] : [made('state', stage.model, stage.version, stageOf(stage.model, stage.version), stage.value)]),
    ...(mark === undefined ? [] : [made('mark', mark.model, mark.version, standing(seenVersion(mark.model, mark.version)?.tags[mark.tag] === ''), standing(mark.stands))]),
  ];
}
