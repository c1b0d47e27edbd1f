/** Remotes and their sync: what needs the keychain, the network or the store besides the catalog. */
import { VitrineError, type CheckedInputOf, type OutputOf, type Remote, type RemoteCredential, type RemoteId, type SyncState } from '#shared/contract/index.ts';
import { credentialOf, forgetCredential, keepCredential, shownCredential, typedCredential } from '../sync/credentials.ts';
import { baseOf, sentenceOf } from '../sync/http.ts';
import { acting, asking, type OperationContext } from './context.ts';
import type { Handlers, Rooms } from './index.ts';

const remoteOf = async (rooms: Rooms, id: RemoteId, context: OperationContext): Promise<Remote> => (await rooms.catalog.read('remotes.get', { id }, asking(context))) as Remote;

/** Without what a browser's address bar leaves at its end. */
const tidied = (url: string): string => baseOf(url).href.replace(/\/+$/u, '');

async function add(rooms: Rooms, input: CheckedInputOf<'remotes.add'>, context: OperationContext) {
  const { kind, name, registry, credential, workspace, destination, follow, fields, bytes, rate } = input;
  if (kind === 'wandb' && !isRegistryThere(workspace)) throw new VitrineError('bad_input', { details: { explanation: 'Say which registry of W&B it is: organization/registry.' } });
  const settings = { url: tidied(input.url), workspace, credential: shownCredential(credential, rooms.vault), project: input.project ?? projectNameOf(name), destination, follow, fields, bytes, rate };
  const result = await rooms.catalog.write('internal.addRemote', { kind, name, registry, settings }, acting(context));
  const remote = result.output as Remote;
  await keepCredential(rooms.vault, remote.id, credential);
  rooms.sync.changed(remote.id);
  return result;
}

const isRegistryThere = (workspace: string | null): boolean => /^[^/]+\/[^/]+$/u.test(workspace ?? '');

/** A project's name that reads like the remote's. */
function projectNameOf(name: string): string {
  const plain = name.trim().replaceAll(/[/\\#?%:\s]+/gu, '-').replaceAll(/^-+|-+$/gu, '').slice(0, 100);
  return plain === '' ? 'remote' : plain;
}

async function update(rooms: Rooms, input: CheckedInputOf<'remotes.update'>, context: OperationContext) {
  const { id, name, pushes, credential, destination, follow, fields, bytes, rate } = input;
  const settings = { ...(destination === undefined ? {} : { destination }), ...(credential === undefined ? {} : { credential: shownCredential(credential, rooms.vault) }), ...(follow === undefined ? {} : { follow }), ...(fields === undefined ? {} : { fields }), ...(bytes === undefined ? {} : { bytes }), ...(rate === undefined ? {} : { rate }) };
  const result = await rooms.catalog.write('internal.updateRemote', { id, settings, ...(name === undefined ? {} : { name }), ...(pushes === undefined ? {} : { pushes }) }, acting(context));
  if (credential !== undefined) await keepCredential(rooms.vault, id, credential);
  rooms.sync.changed(id, { bytes: bytes !== undefined || rate !== undefined });
  return result;
}

async function remove(rooms: Rooms, input: CheckedInputOf<'remotes.remove'>, context: OperationContext) {
  const result = await rooms.catalog.write('internal.removeRemote', { id: input.id }, acting(context));
  await rooms.sync.halt(input.id);
  await forgetCredential(rooms.vault, input.id);
  rooms.sync.changed(input.id);
  return result;
}

async function setPaused(rooms: Rooms, remoteId: RemoteId, paused: boolean, context: OperationContext) {
  const result = await rooms.catalog.write('internal.updateRemote', { id: remoteId, paused }, acting(context));
  // Whoever paused it may rely on nothing being read or sent from here on.
  if (paused) await rooms.sync.halt(remoteId);
  rooms.sync.changed(remoteId);
  return result;
}

async function test(rooms: Rooms, input: CheckedInputOf<'remotes.test'>, context: OperationContext) {
  const place = await (async () => {
    if (!('id' in input)) {
      return { kind: input.kind, url: tested(input.url), workspace: input.workspace, credential: input.credential };
    }
    return (await rooms.catalog.read('internal.manageRemote', { id: input.id }, asking(context))) as Remote;
  })();
  const failed = (step: 'address' | 'sign_in', detail: string, advice: string): OutputOf<'remotes.test'> => ({
    steps: (['address', 'server', 'sign_in', 'workspace', 'read'] as const).map((one) => (one === step ? { step: one, verdict: 'failed', detail, advice } : { step: one, verdict: 'skipped', detail: 'Not tried, since another step failed.', advice: null })), version: null, user: null, workspaces: [],
  });
  if (place.url === null) return { output: failed('address', 'That is no web address.', 'It begins with https:// or http://, and holds no password.'), undo: null };
  try {
    const credential = 'id' in place ? await credentialOf(rooms.vault, place) : typedCredential(place.credential as RemoteCredential, place.url);
    return { output: (await rooms.sync.test({ kind: place.kind, url: place.url, workspace: place.workspace, credential }, context.signal)) satisfies OutputOf<'remotes.test'>, undo: null };
  } catch (thrown) {
    if (thrown instanceof VitrineError && thrown.code === 'remote_sign_in') return { output: failed('sign_in', sentenceOf(thrown), 'Enter the credential anew.'), undo: null };
    throw thrown;
  }
}

function tested(url: string): string | null {
  try {
    return tidied(url);
  } catch {
    return null;
  }
}

async function plan(rooms: Rooms, input: CheckedInputOf<'sync.plan'>, context: OperationContext) {
  await remoteOf(rooms, input.remoteId, context);
  return { output: (await rooms.sync.plan(input.remoteId, context.signal)) satisfies OutputOf<'sync.plan'>, undo: null };
}

async function members(rooms: Rooms, input: CheckedInputOf<'sync.members'>, context: OperationContext) {
  await remoteOf(rooms, input.remoteId, context);
  return { output: { registries: [...(await rooms.sync.members(input.remoteId, context.signal))] } satisfies OutputOf<'sync.members'>, undo: null };
}

async function undoPlan(rooms: Rooms, input: CheckedInputOf<'sync.undoPlan'>, context: OperationContext) {
  await remoteOf(rooms, input.remoteId, context);
  return { output: { items: [...(await rooms.sync.sent(input.remoteId, { roundId: input.roundId }, context.signal))] } satisfies OutputOf<'sync.undoPlan'>, undo: null };
}

async function undoPush(rooms: Rooms, input: CheckedInputOf<'sync.undo'>, context: OperationContext) {
  const remote = await remoteOf(rooms, input.remoteId, context);
  if (rooms.catalog.status().readOnly) throw new VitrineError('catalog_read_only', { details: { directory: rooms.directory } });
  const refused = (await rooms.sync.sent(remote.id, { ids: input.ids }, context.signal)).filter((item) => item.verdict === 'refused');
  if (refused.length > 0) throw new VitrineError('undo_stale', { details: { explanation: refused.slice(0, 5).map((item) => `${item.label}${item.field === null ? '' : ` ${item.field}`}: ${item.why}`).join(' ') } });
  return rooms.catalog.write('internal.undoPush', { remoteId: remote.id, ids: input.ids }, acting(context));
}

async function run(rooms: Rooms, input: CheckedInputOf<'sync.run'>, context: OperationContext) {
  await remoteOf(rooms, input.remoteId, context);
  if (rooms.catalog.status().readOnly) throw new VitrineError('catalog_read_only', { details: { directory: rooms.directory } });
  return { output: (await rooms.sync.round(input.remoteId, { everything: input.everything, signal: context.signal, report: context.report })) satisfies OutputOf<'sync.run'>, undo: null };
}

type Counted = {
  readonly remoteId: RemoteId; readonly remote: Remote; readonly waiting: number; readonly conflicts: number; readonly dead: number; readonly models: number; readonly versions: number; readonly skipped: SyncState['skipped']; readonly skippedCount: number; readonly cursors: Readonly<Record<string, { readonly value: string; readonly at: number }>>;
};

async function state(rooms: Rooms, _input: unknown, context: OperationContext) {
  const counted = (await rooms.catalog.read('internal.remoteCounts', {}, asking(context))) as readonly Counted[];
  const fetching = new Map<number, NonNullable<SyncState['fetching']>>();
  for (const { remote } of counted) {
    const standing = rooms.sync.standing(remote.id).fetching;
    if (standing === null) continue;
    const { versionId, ...shown } = standing;
    // A remote that several registries follow is seen by who sees one of them; what it brings for another is none of theirs.
    const seen = versionId === null || (await rooms.catalog.read('versions.get', { id: versionId }, asking(context)).then(() => true, () => false));
    fetching.set(remote.id, seen ? shown : { ...shown, label: 'a version that you may not see' });
  }
  const at = (time: number | null | undefined): string | null => (time == null ? null : new Date(time).toISOString());
  const items = counted.map(({ remote, cursors, ...counts }): OutputOf<'sync.state'>['items'][number] => {
    const standing = rooms.sync.standing(remote.id);
    const phase = remote.paused ? 'paused' : standing.phase === 'idle' && counts.conflicts > 0 ? 'conflict' : standing.phase === 'conflict' && counts.conflicts === 0 ? 'idle' : standing.phase;
    return {
      ...counts, name: remote.name, kind: remote.kind, phase, pushes: remote.pushes, failure: standing.failure, attempts: standing.attempts, nextTryAt: remote.paused ? null : at(standing.nextTryAt), lastSuccessAt: at(standing.lastSuccessAt ?? cursors['changes']?.at), fetching: fetching.get(remote.id) ?? null,
      asOf: { changes: at(standing.lastSuccessAt ?? cursors['changes']?.at), aliases: at(standing.lastCompleteAt ?? cursors['aliases']?.at), versionTags: at(cursors['versionTags']?.at) },
    };
  });
  return { output: { items } satisfies OutputOf<'sync.state'>, undo: null };
}

async function fetchBytes(rooms: Rooms, input: CheckedInputOf<'sync.fetch'>, context: OperationContext) {
  for (const id of input.versionIds) await rooms.catalog.read('versions.get', { id }, asking(context));
  return { output: (await rooms.sync.bytes.fetch(input.versionIds, { signal: context.signal, report: context.report })) satisfies OutputOf<'sync.fetch'>, undo: null };
}

export const syncHandlers: Handlers = {
  'remotes.add': add, 'remotes.update': update, 'remotes.remove': remove, 'remotes.test': test, 'sync.plan': plan, 'sync.members': members, 'sync.undoPlan': undoPlan, 'sync.undo': undoPush, 'sync.run': run, 'sync.state': state, 'sync.fetch': fetchBytes,
  'sync.pause': (rooms, input: CheckedInputOf<'sync.pause'>, context) => setPaused(rooms, input.remoteId, true, context),
  'sync.resume': (rooms, input: CheckedInputOf<'sync.resume'>, context) => setPaused(rooms, input.remoteId, false, context),
};
