/** What became of what was sent, conflicts and refused changes; and what a person decides about them. */
import type { CheckedInputOf, JsonObject, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { checkAlias } from '#shared/domain/index.ts';
import { demand, notFound, registryObject } from '../access.ts';
import { collectionIdOf, keepSent, sentBy, sentHere, sentRows } from '../records/sent.ts';
import { metadataHashOf, nothingSeen, remoteRow, type RemoteRow, type SeenModel, type SeenVersion } from '../records/remotes.ts';
import { collectionRow, linkRow, registryRow, type CollectionRow } from '../records/rows.ts';
import { branded } from '../records/shared.ts';
import { collectionSubject, remoteSubject } from '../records/subjects.ts';
import { tellAsItStands, touchesWithin } from '../outbox.ts';
import { accepted } from '../refusals.ts';
import type { CommandScope } from '../scope.ts';
import { listOf, sql } from '../sql.ts';
import { applyAliasWishes, setAliases } from './aliases.ts';
import { editCollection } from './collections.ts';
import { seedOutbox } from './remotes.ts';
import { tagsOf } from './tags.ts';
import { applyStep } from './undo.ts';
import { editVersion, replaceManifest, type CommittedEntry } from './versions.ts';

/** What waited about this is told, and what conflicted about it is settled. */
export function settle(scope: CommandScope, remoteId: number, touch: string, through: number | null = null): void {
  scope.db.run(sql`UPDATE outbox SET state = 'sent' WHERE remote_id = ${remoteId} AND touch = ${touch} AND state <> 'sent' AND (${through} IS NULL OR seq <= ${through})`);
  const { changes } = scope.db.run(sql`UPDATE sync_conflicts SET resolved_at = ${scope.at}, choice = 'agreed' WHERE remote_id = ${remoteId} AND touch = ${touch} AND resolved_at IS NULL`);
  if (changes > 0) scope.changed('remote', remoteId);
}

export type Side = { readonly value: string | null; readonly shown: string; readonly linkId: number | null };
export type NewConflict = {
  readonly remote: RemoteRow; readonly collection: CollectionRow; readonly touch: string; readonly what: 'alias' | 'description' | 'tag'; readonly field: string; readonly base: Side; readonly mine: Side; readonly theirs: Side;
};

/** Keeps both sides for a person to decide. False where it was known already. */
export function noteConflict(scope: CommandScope, conflict: NewConflict): boolean {
  const { db, at } = scope;
  const { remote, collection, touch, what, field, base, mine, theirs } = conflict;
  db.run(sql`UPDATE outbox SET state = 'conflict' WHERE remote_id = ${remote.id} AND touch = ${touch} AND state = 'waiting'`);
  const open = db.get<{ id: number; mine: string; theirs: string }>(sql`SELECT id, mine, theirs FROM sync_conflicts WHERE remote_id = ${remote.id} AND touch = ${touch} AND resolved_at IS NULL`);
  if (open !== undefined) {
    if (open.mine !== JSON.stringify(mine) || open.theirs !== JSON.stringify(theirs)) {
      db.run(sql`UPDATE sync_conflicts SET mine = ${JSON.stringify(mine)}, theirs = ${JSON.stringify(theirs)} WHERE id = ${open.id}`);
      scope.changed('remote', remote.id);
    }
    return false;
  }
  db.run(sql`
    INSERT INTO sync_conflicts (remote_id, collection_id, touch, what, field, base, mine, theirs, at)
    VALUES (${remote.id}, ${collection.id}, ${touch}, ${what}, ${field}, ${JSON.stringify(base)}, ${JSON.stringify(mine)}, ${JSON.stringify(theirs)}, ${at})`);
  scope.record({ kind: 'sync.conflicted', subject: collectionSubject(collection), before: { [what]: field, here: mine.shown }, after: { [what]: field, [remote.name]: theirs.shown }, about: [{ kind: 'registry', id: collection.registryId }] });
  scope.changed('remote', remote.id);
  return true;
}

// What became of a push ------------------------------------------------------------------------------------------------

/** What is known of the remote after a push: remembered with the push itself, so that neither is there without the other. */
export type Learned = {
  readonly model?: { readonly name: string; readonly collectionId: number; readonly createdAt: number; readonly updatedAt: number; /** Made by this very push: it was not there before. */ readonly made?: boolean };
  readonly renamed?: { readonly from: string; readonly to: string };
  readonly alias?: { readonly model: string; readonly alias: string; readonly value: string | null };
  readonly description?: { readonly model: string; readonly value: string };
  readonly tag?: { readonly model: string; readonly tag: string; readonly stands: boolean };
  readonly version?: { readonly model: string; readonly version: string; readonly linkId: number; readonly seen: SeenVersion; /** As it went there. */ readonly metadata?: JsonObject };
  /** A run that went there, by its id here; null: one that was made there for a version that no run here logged. */
  readonly run?: { readonly run: string; readonly runId: number | null };
  /** All that a collection says of itself, where it was made with this. */
  readonly card?: { readonly model: string; readonly description: string; readonly tags: readonly string[] };
  /** A model that was taken off there. */
  readonly dropped?: { readonly model: string };
  /** A link that was taken off there. */
  readonly gone?: { readonly model: string; readonly version: string };
  readonly text?: { readonly model: string; readonly version: string; readonly value: string };
  readonly mark?: { readonly model: string; readonly version: string; readonly tag: string; readonly stands: boolean };
  readonly metadata?: { readonly model: string; readonly version: string; readonly value: JsonObject };
  readonly ttl?: { readonly model: string; readonly version: string; readonly days: number | null };
  /** An artifact that was deleted there, by the remote's own id: it stands nowhere there any more. */
  readonly erased?: { readonly artifact: string };
  readonly stage?: { readonly model: string; readonly version: string; readonly value: string };
  /** A registry here that is in the organization there by now, under that name: what stands in it is to be told. */
  readonly registry?: { readonly registryId: number; readonly there: string };
};

export type PushOutcome =
  | { readonly kind: 'sent'; readonly learned: Learned }
  /** The link or collection that it was about is gone, or the remote has no room for such a thing. */
  | { readonly kind: 'moot'; readonly why: string }
  | { readonly kind: 'dead'; readonly error: string }
  | { readonly kind: 'later'; readonly error: string }
  | { readonly kind: 'conflict'; readonly model: string; readonly collectionId: number; readonly alias: string; readonly base: Side; readonly mine: Side; readonly theirs: Side };

export function notePush(scope: CommandScope, input: { readonly remoteId: number; readonly touch: string; /** Changes after this one wait on. */ readonly through: number; readonly outcome: PushOutcome }): void {
  const { db } = scope;
  const remote = remoteRow(db, input.remoteId);
  const rows = sql`remote_id = ${remote.id} AND touch = ${input.touch} AND state = 'waiting' AND seq <= ${input.through}`;
  const { outcome } = input;
  scope.changed('remote', remote.id);
  switch (outcome.kind) {
    case 'sent':
      keepSent(db, remote.id, input.touch, outboxLabel(scope, remote.id, input.touch), scope.at, sentBy(db, remote.id, outcome.learned));
      learn(scope, remote, outcome.learned);
      settle(scope, remote.id, input.touch, input.through);
      return;
    case 'moot':
      db.run(sql`UPDATE outbox SET state = 'sent', last_error = ${outcome.why} WHERE ${rows}`);
      return;
    case 'dead':
      noteFailure(scope, remote, { what: 'change', about: outboxLabel(scope, remote.id, input.touch), error: outcome.error });
      db.run(sql`UPDATE outbox SET state = 'dead', attempts = attempts + 1, last_error = ${outcome.error} WHERE ${rows}`);
      return;
    case 'later':
      db.run(sql`UPDATE outbox SET attempts = attempts + 1, last_error = ${outcome.error} WHERE ${rows}`);
      return;
    case 'conflict':
      noteConflict(scope, { remote, collection: collectionRow(db, outcome.collectionId), touch: input.touch, what: 'alias', field: outcome.alias, base: outcome.base, mine: outcome.mine, theirs: outcome.theirs });
      return;
  }
}

/** Into the history, where whoever waits for it hears of it. */
function noteFailure(scope: CommandScope, remote: RemoteRow, after: Readonly<Record<string, string>>): void {
  scope.record({ kind: 'sync.failed', subject: remoteSubject(remote), before: null, after, about: [{ kind: 'registry', id: remote.registryId }], message: after['error'] ?? null });
}

function outboxLabel(scope: CommandScope, remoteId: number, touch: string): string {
  const payload = scope.db.value<string>(sql`SELECT payload FROM outbox WHERE remote_id = ${remoteId} AND touch = ${touch} ORDER BY seq DESC LIMIT 1`);
  return payload === undefined ? touch : (JSON.parse(payload) as { readonly subject: { readonly label: string } }).subject.label;
}

/** A hash that is no model's, so that it is compared again at the next reading; what a connector says of its versions in the second part stays. */
export const lookAgain = sql`CASE instr(hash, '.') WHEN 0 THEN '' ELSE substr(hash, instr(hash, '.')) END`;

function learn(scope: CommandScope, remote: RemoteRow, learned: Learned): void {
  const { db, at } = scope;
  if (learned.model !== undefined) {
    const { name, collectionId, createdAt, updatedAt } = learned.model;
    // Made there again for a collection whose model was deleted there: what was known to stand in that one does not stand in this one, and all of the collection is told.
    const stood = db.column<string>(sql`SELECT name FROM remote_models WHERE remote_id = ${remote.id} AND collection_id = ${collectionId} AND gone_at IS NOT NULL`);
    if (stood.length > 0) {
      db.run(sql`UPDATE remote_versions SET gone_at = ${at} WHERE remote_id = ${remote.id} AND model IN ${listOf(stood)} AND gone_at IS NULL`);
      const collection = collectionRow(db, collectionId);
      const touches = [...(collection.description === '' ? [] : [`description ${collectionId}`]), ...tagsOf(db, { kind: 'collection', id: collectionId }).map((tag) => `tag ${collectionId} ${tag}`), ...touchesWithin(db, remote.id, collectionId)];
      tellAsItStands(db, remote.id, 'sync.run', at, touches.map((touch) => ({ touch, label: `${collection.registry}/${collection.name}` })));
    }
    // Of one that was gone nothing is known that the new one has.
    db.run(sql`
      INSERT INTO remote_models (remote_id, name, collection_id, created_at, updated_at, hash, seen, seen_at) VALUES (${remote.id}, ${name}, ${collectionId}, ${createdAt}, ${updatedAt}, '', ${JSON.stringify(nothingSeen)}, ${at})
      ON CONFLICT (remote_id, name) DO UPDATE SET collection_id = excluded.collection_id, created_at = excluded.created_at, seen = CASE WHEN gone_at IS NULL THEN seen ELSE excluded.seen END, gone_at = NULL, skipped = NULL`);
  }
  if (learned.renamed !== undefined) renameModel(scope, remote.id, learned.renamed.from, learned.renamed.to);
  const see = (model: string, change: (seen: SeenModel) => SeenModel): void => {
    const text = db.value<string>(sql`SELECT seen FROM remote_models WHERE remote_id = ${remote.id} AND name = ${model}`);
    if (text !== undefined) db.run(sql`UPDATE remote_models SET seen = ${JSON.stringify(change(JSON.parse(text) as SeenModel))}, hash = ${lookAgain} WHERE remote_id = ${remote.id} AND name = ${model}`);
  };
  const { alias, description, tag, version, text, mark, stage, run, card, gone } = learned;
  if (card !== undefined) see(card.model, (seen) => ({ ...seen, description: card.description, tags: Object.fromEntries(card.tags.map((one) => [one, ''])) }));
  if (alias !== undefined) see(alias.model, (seen) => ({ ...seen, aliases: withEntry(seen.aliases, alias.alias, alias.value) }));
  if (description !== undefined) see(description.model, (seen) => ({ ...seen, description: description.value }));
  if (tag !== undefined) see(tag.model, (seen) => ({ ...seen, tags: withEntry(seen.tags, tag.tag, tag.stands ? '' : null) }));
  if (version !== undefined) {
    const { versionId } = linkRow(db, version.linkId);
    const seen: SeenVersion = version.metadata === undefined ? version.seen : { ...version.seen, metadataHash: metadataHashOf(version.metadata) };
    // One that came from there and was linked elsewhere here may have its bytes there alone.
    const lacking = db.value(sql`SELECT 1 FROM remote_versions WHERE version_id = ${versionId} AND fetched_at IS NULL`) !== undefined;
    db.run(sql`
      INSERT INTO remote_versions (remote_id, model, version, link_id, version_id, run, seen, fetched_at, artifact)
      VALUES (${remote.id}, ${version.model}, ${version.version}, ${version.linkId}, ${versionId}, ${seen.runId}, ${JSON.stringify(seen)}, ${lacking ? null : at}, ${seen.artifact ?? null})
      ON CONFLICT (remote_id, model, version) DO UPDATE SET link_id = excluded.link_id, version_id = excluded.version_id, gone_at = NULL, seen = excluded.seen, artifact = excluded.artifact`);
  }
  if (run !== undefined) db.run(sql`INSERT INTO remote_runs (remote_id, run, run_id, ended) VALUES (${remote.id}, ${run.run}, ${run.runId}, 1) ON CONFLICT (remote_id, run) DO UPDATE SET run_id = excluded.run_id`);
  if (learned.dropped !== undefined) {
    db.run(sql`UPDATE remote_models SET gone_at = ${at} WHERE remote_id = ${remote.id} AND name = ${learned.dropped.model}`);
    db.run(sql`UPDATE remote_versions SET gone_at = ${at} WHERE remote_id = ${remote.id} AND model = ${learned.dropped.model} AND gone_at IS NULL`);
  }
  if (gone !== undefined) db.run(sql`UPDATE remote_versions SET gone_at = ${at} WHERE remote_id = ${remote.id} AND model = ${gone.model} AND version = ${gone.version}`);
  const seeVersion = (model: string, number: string, change: (seen: SeenVersion) => SeenVersion): void => {
    const kept = db.value<string>(sql`SELECT seen FROM remote_versions WHERE remote_id = ${remote.id} AND model = ${model} AND version = ${number}`);
    if (kept !== undefined) db.run(sql`UPDATE remote_versions SET seen = ${JSON.stringify(change(JSON.parse(kept) as SeenVersion))} WHERE remote_id = ${remote.id} AND model = ${model} AND version = ${number}`);
  };
  if (text !== undefined) seeVersion(text.model, text.version, (seen) => ({ ...seen, description: text.value }));
  if (stage !== undefined) seeVersion(stage.model, stage.version, (seen) => ({ ...seen, stage: stage.value, state: stage.value }));
  if (learned.metadata !== undefined) {
    const metadataHash = metadataHashOf(learned.metadata.value);
    seeVersion(learned.metadata.model, learned.metadata.version, (seen) => ({ ...seen, metadataHash }));
  }
  if (learned.ttl !== undefined) {
    const { days } = learned.ttl;
    seeVersion(learned.ttl.model, learned.ttl.version, (seen) => ({ ...seen, ttlDays: days }));
  }
  // Restored here, it is another one there: nothing of the old one is known any more.
  if (learned.erased !== undefined) {
    db.run(sql`
      UPDATE remote_versions SET gone_at = coalesce(gone_at, ${at}), artifact = NULL
      WHERE artifact = ${learned.erased.artifact} AND remote_id IN (SELECT id FROM remotes WHERE kind = ${remote.kind} AND json_extract(settings, '$.url') = ${remote.settings.url})`);
  }
  if (mark !== undefined) seeVersion(mark.model, mark.version, (seen) => ({ ...seen, tags: withEntry(seen.tags, mark.tag, mark.stands ? '' : null) }));
}

export function renameModel(scope: CommandScope, remoteId: number, from: string, to: string): void {
  scope.db.run(sql`UPDATE remote_models SET name = ${to} WHERE remote_id = ${remoteId} AND name = ${from}`);
  scope.db.run(sql`UPDATE remote_versions SET model = ${to} WHERE remote_id = ${remoteId} AND model = ${from}`);
}

function withEntry(entries: Readonly<Record<string, string>>, key: string, value: string | null): Readonly<Record<string, string>> {
  const { [key]: _, ...rest } = entries;
  return value === null ? rest : { ...rest, [key]: value };
}

export type Round = { readonly remoteId: number; readonly startedAt: number; readonly milliseconds: number; readonly pulled: number; readonly pushed: number; readonly conflicts: number; readonly requests: number; readonly bytesIn: number; readonly bytesOut: number; readonly failure: string | null };

const keptRounds = 500;

/** Rounds in which nothing happened are not written down. Also keeps how far everything is known. */
export function noteRound(scope: CommandScope, input: { readonly round: Round | null; readonly remoteId: number; readonly cursors: Readonly<Record<string, string>> }): void {
  const { db, at } = scope;
  for (const [stream, value] of Object.entries(input.cursors)) {
    db.run(sql`INSERT INTO cursors (remote_id, stream, value, at) VALUES (${input.remoteId}, ${stream}, ${value}, ${at}) ON CONFLICT (remote_id, stream) DO UPDATE SET value = excluded.value, at = excluded.at`);
  }
  if (input.round === null) return;
  const { remoteId, startedAt, milliseconds, pulled, pushed, conflicts, requests, bytesIn, bytesOut, failure } = input.round;
  // A restart tries what failed before: the same failure again is nothing new.
  if (failure !== null && db.value(sql`SELECT failure FROM sync_rounds WHERE remote_id = ${remoteId} ORDER BY id DESC LIMIT 1`) !== failure) noteFailure(scope, remoteRow(db, remoteId), { what: 'round', error: failure });
  const { id } = db.run(sql`
    INSERT INTO sync_rounds (remote_id, started_at, milliseconds, pulled, pushed, conflicts, requests, bytes_in, bytes_out, failure)
    VALUES (${remoteId}, ${startedAt}, ${milliseconds}, ${pulled}, ${pushed}, ${conflicts}, ${requests}, ${bytesIn}, ${bytesOut}, ${failure})`);
  db.run(sql`UPDATE sync_sent SET round_id = ${id} WHERE remote_id = ${remoteId} AND round_id IS NULL`);
  db.run(sql`DELETE FROM sync_rounds WHERE remote_id = ${remoteId} AND id <= ${id - keptRounds}`);
  db.run(sql`DELETE FROM sync_sent WHERE remote_id = ${remoteId} AND round_id <= ${id - keptRounds}`);
  db.run(sql`DELETE FROM outbox WHERE remote_id = ${remoteId} AND state = 'sent' AND created_at < ${at - 30 * 86_400_000}`);
  scope.changed('remote', remoteId);
}

/** The bytes of a version came here: what stood for them gives way to the files themselves. */
export function noteFetched(scope: CommandScope, input: { readonly remoteId: number; readonly versionId: number; readonly entries: readonly CommittedEntry[]; readonly digest: string; readonly wandbDigest: string; readonly size: number }): void {
  replaceManifest(scope, input.versionId, input);
  scope.db.run(sql`UPDATE remote_versions SET fetched_at = ${scope.at}, unfetchable = NULL WHERE remote_id = ${input.remoteId} AND version_id = ${input.versionId}`);
  scope.db.run(sql`DELETE FROM fetched_files WHERE version_id = ${input.versionId}`);
  scope.changed('remote', input.remoteId);
}

/** Its bytes could not be had, for a reason that another try does not mend by itself. */
export function noteUnfetchable(scope: CommandScope, input: { readonly versionId: number; readonly why: string }): void {
  const { changes } = scope.db.run(sql`UPDATE remote_versions SET unfetchable = ${input.why} WHERE version_id = ${input.versionId} AND fetched_at IS NULL AND unfetchable IS NOT ${input.why}`);
  if (changes > 0) scope.changed('version', input.versionId);
}

// Taking back what was sent ---------------------------------------------------------------------------------------------

/**
 * Takes back here what a push sent there, item by item, in one act; each change goes there by the outbox like any other. That the server still
 * has what was sent was asked right before; that it stands here as it was sent is seen to here. Refused as a whole where one does not fit.
 */
export function undoPush(scope: CommandScope, input: { readonly remoteId: number; readonly ids: readonly number[] }): { readonly takenBack: number } {
  const { db, at } = scope;
  const remote = remoteRow(db, input.remoteId);
  const message = scope.message ?? `Taken back from ${remote.name}.`;
  const quiet: CommandScope = { ...scope, message, record: (event) => scope.record({ ...event, message: event.message ?? message }), inverse: () => undefined, offerUndo: () => undefined };
  const rows = sentRows(db, remote.id, { ids: input.ids });
  const missing = input.ids.find((id) => !rows.some((row) => row.id === id));
  if (missing !== undefined) throw notFound('sent change', String(missing));
  for (const row of rows) {
    // Looked up one after the other: what went before may have changed it.
    const here = sentHere(db, remote, row);
    if (here.blocked !== null || here.step === null) throw new VitrineError('undo_stale', { details: { explanation: `${row.label}: ${here.blocked ?? 'There is nothing to take back.'}` } });
    applyStep(quiet, here.step);
    db.run(sql`UPDATE sync_sent SET undone_at = ${at} WHERE id = ${row.id}`);
  }
  scope.changed('remote', remote.id);
  return { takenBack: rows.length };
}

// What a person decides ------------------------------------------------------------------------------------------------

type ConflictRow = { readonly remoteId: number; readonly collectionId: number; readonly touch: string; readonly what: 'alias' | 'description' | 'tag'; readonly field: string; readonly mine: string; readonly theirs: string };

export function resolveConflict(scope: CommandScope, input: CheckedInputOf<'sync.resolve'>): OutputOf<'sync.resolve'> {
  const { db, at } = scope;
  const row = db.get<ConflictRow>(sql`SELECT remote_id AS remoteId, collection_id AS collectionId, touch, what, field, mine, theirs FROM sync_conflicts WHERE id = ${input.id} AND resolved_at IS NULL`);
  if (row === undefined) throw notFound('conflict', String(input.id));
  const collection = collectionRow(db, row.collectionId);
  demand(scope.asker, row.what === 'alias' ? 'alias.change' : 'card.edit', registryObject(db, registryRow(db, collection.registryId)));
  const remote = remoteRow(db, row.remoteId);
  const mine = JSON.parse(row.mine) as Side;
  const theirs = JSON.parse(row.theirs) as Side;
  // Whatever was decided was decided on what stands there now.
  see(scope, remote, collection, row, theirs.value);
  switch (input.choice) {
    case 'mine': {
      const { changes } = db.run(sql`UPDATE outbox SET state = 'waiting' WHERE remote_id = ${remote.id} AND touch = ${row.touch} AND state = 'conflict'`);
      if (changes === 0) {
        db.run(sql`
          INSERT INTO outbox (mutation_id, remote_id, operation, payload, base, created_at, touch)
          VALUES (${`resolve-${input.id}`}, ${remote.id}, 'sync.resolve', ${JSON.stringify({ subject: { kind: 'collection', id: collection.id, label: `${collection.registry}/${collection.name}` } })}, '{}', ${at}, ${row.touch})`);
      }
      // A version that is not there goes there with what stands on it.
      const alone = mine.linkId === null ? undefined : db.get<{ index: number }>(sql`
        SELECT l.idx AS "index" FROM links l WHERE l.id = ${mine.linkId} AND l.removed_at IS NULL AND NOT EXISTS (SELECT 1 FROM remote_versions v WHERE v.remote_id = ${remote.id} AND v.link_id = l.id AND v.gone_at IS NULL)`);
      if (alone !== undefined) tellAsItStands(db, remote.id, 'sync.resolve', at, [{ touch: `link ${String(mine.linkId)}`, label: `${collection.registry}/${collection.name}:v${alone.index}` }]);
      break;
    }
    case 'theirs':
    case 'both':
      db.run(sql`UPDATE outbox SET state = 'sent' WHERE remote_id = ${remote.id} AND touch = ${row.touch} AND state = 'conflict'`);
      takeTheirs(scope, collection, row, theirs);
      if (input.choice === 'both') keepMineUnder(scope, row, mine, input.alias);
      break;
  }
  db.run(sql`UPDATE sync_conflicts SET resolved_at = ${at}, choice = ${input.choice} WHERE id = ${input.id}`);
  scope.record({ kind: 'sync.resolved', subject: collectionSubject(collection), before: { [row.what]: row.field, here: mine.shown, [remote.name]: theirs.shown }, after: { choice: input.choice, ...(input.alias === undefined ? {} : { alias: input.alias }) }, about: [{ kind: 'registry', id: collection.registryId }] });
  scope.changed('remote', remote.id);
  return {};
}

function see(scope: CommandScope, remote: RemoteRow, collection: CollectionRow, row: ConflictRow, value: string | null): void {
  const model = scope.db.get<{ name: string; seen: string }>(sql`SELECT name, seen FROM remote_models WHERE remote_id = ${remote.id} AND collection_id = ${collection.id} AND gone_at IS NULL`);
  if (model === undefined) return;
  const seen = JSON.parse(model.seen) as SeenModel;
  const next: SeenModel = row.what === 'alias' ? { ...seen, aliases: withEntry(seen.aliases, row.field, value) } : { ...seen, description: value ?? '' };
  scope.db.run(sql`UPDATE remote_models SET seen = ${JSON.stringify(next)}, hash = ${lookAgain} WHERE remote_id = ${remote.id} AND name = ${model.name}`);
}

function takeTheirs(scope: CommandScope, collection: CollectionRow, row: ConflictRow, theirs: Side): void {
  if (row.what === 'description') {
    editCollection(scope, collection, { name: collection.name, description: theirs.value ?? '' });
    return;
  }
  const link = theirs.linkId === null ? null : linkRow(scope.db, theirs.linkId);
  if (theirs.value !== null && (link === null || link.removed)) throw new VitrineError('blocked', { details: { explanation: `The version that “${row.field}” stands on there is not linked here any more.` } });
  applyAliasWishes(scope, { kind: 'collection', id: branded(collection.id) }, [{ alias: row.field, to: link?.index ?? null }]);
}

function keepMineUnder(scope: CommandScope, row: ConflictRow, mine: Side, alias: string | undefined): void {
  if (row.what !== 'alias' || mine.linkId === null) throw new VitrineError('bad_input', { details: { explanation: 'Only an alias that stands on a version here can be kept under another one.' } });
  if (alias === undefined || alias === row.field) throw new VitrineError('bad_input', { details: { explanation: 'Say under which other alias yours is to stand.' } });
  setAliases(scope, { target: { kind: 'link', id: branded(mine.linkId) }, aliases: [accepted(checkAlias(alias))] });
}

type OpenRow = { readonly seq: number; readonly remoteId: number; readonly touch: string };

function deadRows(scope: CommandScope, ids: readonly number[]): readonly OpenRow[] {
  const rows = scope.db.all<OpenRow>(sql`SELECT seq, remote_id AS remoteId, touch FROM outbox WHERE seq IN ${listOf(ids)} AND state = 'dead'`);
  for (const row of rows) remoteRow(scope.db, row.remoteId);
  const [first] = ids;
  if (rows.length === 0) throw notFound('refused change', String(first ?? 0));
  const registries = new Set(rows.map((row) => {
    const collectionId = collectionIdOf(scope.db, row.touch);
    return collectionId === null ? remoteRow(scope.db, row.remoteId).registryId : collectionRow(scope.db, collectionId).registryId;
  }));
  for (const id of registries) demand(scope.asker, 'link.create', registryObject(scope.db, registryRow(scope.db, id)));
  return rows;
}

export function retryDead(scope: CommandScope, input: CheckedInputOf<'sync.retry'>): OutputOf<'sync.retry'> {
  const rows = deadRows(scope, input.ids);
  for (const row of rows) {
    scope.db.run(sql`UPDATE outbox SET state = 'waiting', attempts = 0 WHERE remote_id = ${row.remoteId} AND touch = ${row.touch} AND state = 'dead'`);
    scope.changed('remote', row.remoteId);
  }
  return { waiting: rows.length };
}

export function discardDead(scope: CommandScope, input: CheckedInputOf<'sync.discard'>): OutputOf<'sync.discard'> {
  const rows = deadRows(scope, input.ids);
  for (const row of rows) {
    scope.db.run(sql`DELETE FROM outbox WHERE remote_id = ${row.remoteId} AND touch = ${row.touch} AND state = 'dead'`);
    scope.changed('remote', row.remoteId);
  }
  return { dropped: rows.length };
}

/** Writes the value anew here, which is told as every change is; the refused one is dropped. */
export function editDead(scope: CommandScope, input: CheckedInputOf<'sync.edit'>): OutputOf<'sync.edit'> {
  const { db } = scope;
  const [row] = deadRows(scope, [input.id]);
  if (row === undefined) throw notFound('refused change', String(input.id));
  const [kind, id, ...rest] = row.touch.split(' ');
  db.run(sql`DELETE FROM outbox WHERE remote_id = ${row.remoteId} AND touch = ${row.touch} AND state = 'dead'`);
  switch (kind) {
    case 'description': {
      const collection = collectionRow(db, Number(id));
      editCollection(scope, collection, { name: collection.name, description: input.value });
      break;
    }
    case 'text':
      editVersion(scope, Number(id), { description: input.value });
      break;
    case 'alias': {
      const alias = rest.join(' ');
      const linkId = db.value<number>(sql`SELECT target_id FROM aliases WHERE holder_kind = 'collection' AND holder_id = ${Number(id)} AND alias = ${alias}`);
      if (linkId === undefined) throw new VitrineError('blocked', { details: { explanation: `“${alias}” stands nowhere any more.` } });
      applyAliasWishes(scope, { kind: 'collection', id: branded(Number(id)) }, [{ alias, to: null }]);
      setAliases(scope, { target: { kind: 'link', id: branded(linkId) }, aliases: [accepted(checkAlias(input.value))] });
      break;
    }
    default:
      throw new VitrineError('bad_input', { details: { explanation: 'This change has no text to edit: retry it, or discard it.' } });
  }
  scope.changed('remote', row.remoteId);
  return {};
}

/** A registry that was made here is in the organization there by now: it follows, and what stands in it is told. */
export function noteRegistry(scope: CommandScope, input: { readonly remoteId: number; readonly touch: string; readonly through: number; readonly registryId: number; readonly there: string }): void {
  const remote = remoteRow(scope.db, input.remoteId);
  scope.db.run(sql`INSERT INTO remote_registries (remote_id, registry_id, there) VALUES (${remote.id}, ${input.registryId}, ${input.there}) ON CONFLICT DO NOTHING`);
  seedOutbox(scope, remoteRow(scope.db, remote.id), [input.registryId]);
  settle(scope, remote.id, input.touch, input.through);
  scope.changed('remote', remote.id);
}
