/** Remotes: connected, changed, paused, disconnected. Their secrets come by no way through here. */
import type { OutputOf, RemoteKind } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { checkProjectName, checkRegistryName, nameKey } from '#shared/domain/index.ts';
import { demand, notFound, organizationObject } from '../access.ts';
import { tellAsItStands } from '../outbox.ts';
import { remoteOf, remoteRow, type RemoteRow, type RemoteSettings } from '../records/remotes.ts';
import { registryRow } from '../records/rows.ts';
import { remoteSubject } from '../records/subjects.ts';
import { accepted } from '../refusals.ts';
import type { CommandScope } from '../scope.ts';
import { listOf, sql } from '../sql.ts';
import { seedTouches } from '../queries/remoteSeeds.ts';
import { createRegistry } from './registries.ts';

export type NewRemote = { readonly kind: RemoteKind; readonly name: string; readonly registry: string; readonly settings: RemoteSettings };

function mayManage(scope: CommandScope): void {
  demand(scope.asker, 'organization.manage', organizationObject(scope.db));
}

/** The types of what a kind of remote has. */
const typesOf: Readonly<Record<RemoteKind, string[] | null>> = { mlflow: ['model'], wandb: null };

export function addRemote(scope: CommandScope, input: NewRemote): OutputOf<'remotes.add'> {
  const { db, at } = scope;
  mayManage(scope);
  const name = input.name.trim();
  refuseTakenName(scope, name, 0);
  const wanted = accepted(checkRegistryName(input.registry));
  accepted(checkProjectName(input.settings.project));
  const standing = db.value<number>(sql`SELECT id FROM registries WHERE name_key = ${nameKey(wanted)} AND deleted_at IS NULL`);
  // Taking the registry back would leave the remote without one: that is done by disconnecting it.
  const quiet: CommandScope = { ...scope, inverse: () => undefined, offerUndo: () => undefined };
  const registryId = standing ?? createRegistry(quiet, { name: wanted, description: '', visibility: 'organization', acceptedTypes: typesOf[input.kind] }).id;
  const registry = registryRow(db, registryId);
  if (input.kind === 'mlflow' && registry.acceptedTypes !== 'all' && !registry.acceptedTypes.includes('model')) {
    throw new VitrineError('type_mismatch', { details: { type: 'model', accepted: registry.acceptedTypes, explanation: `The registry “${registry.name}” takes ${registry.acceptedTypes.join(', ')}; the models of a remote have the type “model”.` } });
  }
  const { id } = db.run(sql`
    INSERT INTO remotes (kind, name, settings, follows, created_at, registry_id) VALUES (${input.kind}, ${name}, ${JSON.stringify(input.settings)}, 1, ${at}, ${registryId})`);
  placeRegistries(scope, { remoteId: id, there: null });
  scope.record({ kind: 'remote.added', subject: remoteSubject({ id, name }), before: null, after: { kind: input.kind, url: input.settings.url, registry: registry.name }, about: [{ kind: 'registry', id: registryId }] });
  scope.changed('remote', id);
  return remoteOf(remoteRow(db, id));
}

function refuseTakenName(scope: CommandScope, name: string, id: number): void {
  if (name === '') throw new VitrineError('bad_input', { details: { explanation: 'A remote needs a name.' } });
  if (scope.db.value(sql`SELECT 1 FROM remotes WHERE name = ${name} AND removed_at IS NULL AND id <> ${id}`) !== undefined) throw new VitrineError('already_exists', { details: { kind: 'remote', label: name } });
}

export type RemoteChange = { readonly id: number; readonly name?: string | undefined; readonly settings?: Partial<RemoteSettings>; readonly pushes?: boolean | undefined; readonly paused?: boolean | undefined };

export function updateRemote(scope: CommandScope, input: RemoteChange): OutputOf<'remotes.update'> {
  const { db } = scope;
  mayManage(scope);
  const remote = remoteRow(db, input.id);
  const before: Record<string, unknown> = {};
  const after: Record<string, unknown> = {};
  const note = (key: string, was: unknown, is: unknown) => {
    if (is === undefined || JSON.stringify(was) === JSON.stringify(is)) return;
    before[key] = was ?? null;
    after[key] = is;
  };
  const name = input.name?.trim();
  if (name !== undefined) refuseTakenName(scope, name, remote.id);
  note('name', remote.name, name);
  note('pushes', remote.pushes, input.pushes);
  note('paused', remote.paused, input.paused);
  for (const [key, value] of Object.entries(input.settings ?? {})) note(key, remote.settings[key as keyof RemoteSettings], value);
  if (Object.keys(after).length === 0) return remoteOf(remote);
  const pushes = input.pushes ?? remote.pushes;
  db.run(sql`
    UPDATE remotes SET name = ${name ?? remote.name}, settings = ${JSON.stringify({ ...remote.settings, ...input.settings })}, pushes = ${pushes ? 1 : 0}, paused = ${(input.paused ?? remote.paused) ? 1 : 0} WHERE id = ${remote.id}`);
  if (after['follow'] !== undefined) placeRegistries(scope, { remoteId: remote.id, there: null });
  const changed = remoteRow(db, remote.id);
  if (changed.settings.fields.states && !remote.settings.fields.states) {
    // What moved on either side while nobody looked is compared as if the two met for the first time.
    db.run(sql`UPDATE remote_versions SET seen = json_remove(seen, '$.state') WHERE remote_id = ${remote.id}`);
    db.run(sql`UPDATE remote_models SET hash = '' WHERE remote_id = ${remote.id}`);
  }
  // What moved there unseen is compared with the next reading.
  if (changed.settings.fields.lifetimes && !remote.settings.fields.lifetimes) db.run(sql`UPDATE remote_models SET hash = '' WHERE remote_id = ${remote.id}`);
  if (pushes && (!remote.pushes || after['follow'] !== undefined || (changed.settings.fields.registries && !remote.settings.fields.registries))) seedOutbox(scope, changed);
  scope.record({ kind: 'remote.updated', subject: remoteSubject({ id: changed.id, name: changed.name }), before, after });
  scope.changed('remote', remote.id);
  // Pausing and going on are each other's way back; what a credential was is known no more.
  if (after['paused'] === undefined && after['credential'] === undefined) {
    scope.inverse({ step: 'edit', kind: 'remote', id: remote.id, set: before, expected: after });
    scope.offerUndo(`Change ${remote.name}`);
  }
  return remoteOf(changed);
}

/** For an undo: what can be changed of a remote, as it is now. */
export function remoteNow(scope: CommandScope, id: number): Readonly<Record<string, unknown>> {
  const { name, pushes, settings } = remoteRow(scope.db, id);
  return { ...settings, name, pushes };
}

/** For an undo. What was sent meanwhile stays there; “taking back” of a round is for that. */
export function setRemoteBack(scope: CommandScope, id: number, { name, pushes, ...settings }: Pick<RemoteChange, 'name' | 'pushes'> & Partial<RemoteSettings>): void {
  updateRemote(scope, { id, settings, ...(name === undefined ? {} : { name }), ...(pushes === undefined ? {} : { pushes }) });
}

/**
 * Notes which registries follow beside the first one, each under its name there, and makes those that are not here yet. `there` is what the
 * remote has, once it was asked; null: what was chosen. Returns the names there of all that follow.
 */
export function placeRegistries(scope: CommandScope, input: { readonly remoteId: number; readonly there: readonly string[] | null }): readonly string[] {
  const { db } = scope;
  const remote = remoteRow(db, input.remoteId);
  const { follow } = remote.settings;
  const quiet: CommandScope = { ...scope, inverse: () => undefined, offerUndo: () => undefined };
  const first = remote.settings.workspace?.split('/').at(-1)?.replace(/^wandb-registry-/u, '') ?? null;
  const standing = (name: string): number | undefined => db.value<number>(sql`SELECT id FROM registries WHERE name_key = ${nameKey(name)} AND deleted_at IS NULL`);
  const place = (registryId: number, there: string | null): void => {
    if (registryId !== remote.registryId) db.run(sql`INSERT INTO remote_registries (remote_id, registry_id, there) VALUES (${remote.id}, ${registryId}, ${there}) ON CONFLICT DO NOTHING`);
  };
  if (input.there === null) db.run(sql`DELETE FROM remote_registries WHERE remote_id = ${remote.id}${follow.kind === 'organization' ? sql` AND 0` : sql``}`);
  const names = follow.kind === 'registries' ? follow.names : follow.kind === 'organization' ? (input.there ?? []) : [];
  for (const name of new Set(names)) {
    if (remote.kind === 'mlflow') {
      const registryId = standing(name);
      if (registryId === undefined) throw notFound('registry', name);
      place(registryId, null);
    } else if (name !== first && db.value(sql`SELECT 1 FROM remote_registries WHERE remote_id = ${remote.id} AND there = ${name}`) === undefined) {
      const wanted = accepted(checkRegistryName(name));
      place(standing(wanted) ?? createRegistry(quiet, { name: wanted, description: '', visibility: 'organization', acceptedTypes: null }).id, name);
    }
  }
  // Chosen collections stand in registries that are called alike on both sides.
  if (follow.kind === 'collections') {
    for (const row of db.all<{ id: number; name: string }>(sql`SELECT DISTINCT r.id, r.name FROM collections c JOIN registries r ON r.id = c.registry_id WHERE c.id IN ${listOf(follow.ids)} AND c.deleted_at IS NULL`)) place(row.id, remote.kind === 'mlflow' ? null : row.name);
  }
  scope.changed('remote', remote.id);
  return remoteRow(db, remote.id).places.flatMap((one) => one.there ?? []);
}

/** What stood here before the remote was connected is told too. */
export function seedOutbox(scope: CommandScope, remote: RemoteRow, registryIds?: readonly number[]): void {
  tellAsItStands(scope.db, remote.id, 'remotes.update', scope.at, seedTouches(scope.db, remote, registryIds));
}

export function removeRemote(scope: CommandScope, input: { readonly id: number }): OutputOf<'remotes.remove'> {
  const { db, at } = scope;
  mayManage(scope);
  const remote = remoteRow(db, input.id);
  const dropped = db.value<number>(sql`SELECT count(DISTINCT touch) FROM outbox WHERE remote_id = ${remote.id} AND state <> 'sent'`) ?? 0;
  for (const table of [sql`outbox`, sql`cursors`, sql`remote_models`, sql`remote_versions`, sql`remote_runs`, sql`sync_conflicts`, sql`sync_rounds`, sql`sync_sent`, sql`remote_registries`]) db.run(sql`DELETE FROM ${table} WHERE remote_id = ${remote.id}`);
  // The row stays, so that its id is not given again; its name is free.
  db.run(sql`UPDATE remotes SET removed_at = ${at}, follows = 0, name = ${`${remote.name} #${remote.id} removed`} WHERE id = ${remote.id}`);
  scope.record({ kind: 'remote.removed', subject: { ...remoteSubject({ id: remote.id, name: remote.name }), address: null }, before: { url: remote.settings.url, waiting: dropped }, after: null });
  scope.changed('remote', remote.id);
  return { dropped };
}
