import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import Database from 'better-sqlite3';
import type { UserId, VersionId } from '#shared/contract/index.ts';
import { openNearWriter, type NearWriter } from './nearWriter.ts';
import { isProvisional, isShortNote } from './provisional.ts';
import type { CommandContext } from './protocol.ts';
import { codeOf, openWorld, type World } from './testing/world.ts';

const md5 = '0123456789abcdef0123456789abcdef';
const draftOf = (artifact: string, more: Readonly<Record<string, unknown>> = {}) => ({
  project: { name: 'vision' }, artifact, type: 'model', wandbDigest: md5, aliases: [], tags: [], deduplicate: false, reservedNames: true, ...more,
});

let world: World;
let near: NearWriter;
let context: CommandContext;
beforeAll(async () => {
  world = await openWorld();
  await world.log('standing', 'bytes');
  context = { actorId: world.catalog.status().defaultUserId, entrance: 'sdk', message: null };
});
beforeEach(() => {
  near = openNearWriter(world.catalog.status().file);
  return () => near.close();
});
afterAll(() => world.close());

type Created = { readonly answer: { readonly id: VersionId; readonly state: string }; readonly binding: boolean };

test('a draft told of nearby is the same as one told of in the writing thread, through to its commit', async () => {
  const note = <Output>(name: string, input: unknown): Output => {
    const noted = near.note(name, input, context);
    if (noted === null) throw new Error(`${name} was left to the writing thread`);
    return noted.output as Output;
  };
  const there = async <Output>(name: string, input: unknown): Promise<Output> => (await world.internal(name, input)) as Output;
  const tell = async (artifact: string, ask: <Output>(name: string, input: unknown) => Output | Promise<Output>) => {
    const { answer } = await ask<Created>('internal.createDraft', draftOf(artifact));
    const manifest = await ask<{ readonly manifestId: number }>('drafts.addManifest', { draftId: answer.id, name: 'wandb_manifest.json', kind: 'full' });
    const { files } = await ask<{ readonly files: readonly { readonly uploadId: number }[] }>('internal.planFiles', { files: [{ draftId: answer.id, path: 'weights.bin', md5, size: 4 }] });
    const announced = await ask<{ readonly uploadId: number }>('drafts.updateManifest', { manifestId: manifest.manifestId, md5 });
    await ask('internal.noteUploads', { uploads: [{ uploadId: files[0]?.uploadId, md5, sha256: 'a'.repeat(64), size: 4 }] });
    await ask('internal.noteUpload', { uploadId: announced.uploadId, sha256: 'b'.repeat(64), size: 9 });
    return { state: answer.state, toCommit: (await world.catalog.read('internal.draftToCommit', { id: answer.id }, context)) as { readonly manifests: readonly object[] }, id: answer.id };
  };
  const [here, away] = [await tell('near', note), await tell('far', there)];
  const plain = ({ state, toCommit }: typeof here) => ({ state, toCommit: { ...toCommit, manifests: toCommit.manifests.map((manifest) => ({ ...manifest, id: 0 })) } });
  expect(plain(here)).toEqual(plain(away));
  const commit = async (id: VersionId) => await there<{ readonly index: number; readonly created: boolean }>('internal.commitDraft', {
    id, entries: [{ path: 'weights.bin', size: 4, sha256: 'a'.repeat(64), md5, reference: null }], digest: 'c'.repeat(64), wandbDigest: md5, size: 4, clientManifest: 'b'.repeat(64),
  });
  expect(await commit(here.id)).toMatchObject({ index: 0, created: true, versionId: here.id });
  expect(await commit(away.id)).toMatchObject({ index: 0, created: true, versionId: away.id });
  expect(await world.ask('history.verify', {})).toMatchObject({ intact: true });
});

test('what is refused is refused nearby in the same words, and leaves nothing', async () => {
  const refused = (name: string, input: unknown, by = context) => {
    try {
      near.note(name, input, by);
      return null;
    } catch (thrown) {
      const { code, details } = thrown as { readonly code: string; readonly details: unknown };
      return { code, details };
    }
  };
  const there = async (name: string, input: unknown, actorId = context.actorId) => await world.catalog.write(name, input, { ...context, actorId }).then(() => null, ({ code, details }: { readonly code: string; readonly details: unknown }) => ({ code, details }));
  const mona = (await world.person('mona', 'viewer')) as UserId;
  for (const [name, input, actorId] of [
    ['internal.createDraft', draftOf('not/fine')], ['internal.createDraft', draftOf('near', { metadataText: '{' })], ['internal.createDraft', draftOf('far'), mona], ['drafts.addManifest', { draftId: 999_999, name: 'x', kind: 'full' }],
    ['internal.planFiles', { files: [{ draftId: 999_999, path: 'x', md5 }] }],
  ] as const) {
    const here = refused(name, input, { ...context, actorId: actorId ?? context.actorId });
    expect(here).toEqual(await there(name, input, actorId));
    expect(here).not.toBeNull();
  }
});

test('what is more than a note, and whatever comes while another writes, is left to the writing thread', async () => {
  const wandbDigest = 'fedcba9876543210fedcba9876543210';
  await world.log('equal', 'bytes of it', { wandbDigest });
  const events = async () => (await world.ask('history.list', { limit: 100 })).items.length;
  const before = await events();
  // Equal to the newest version: its tags go to that one, which is an event.
  expect(near.note('internal.createDraft', draftOf('equal', { wandbDigest, deduplicate: true, tags: ['fine'] }), context)).toBeNull();
  expect(await events()).toBe(before);
  expect(await world.internal('internal.createDraft', draftOf('equal', { wandbDigest, deduplicate: true, tags: ['fine'] }))).toMatchObject({ answer: { state: 'committed' }, binding: true });
  expect(await events()).toBe(before + 1);
  expect(near.note('runs.create', { project: { name: 'vision' } }, context), 'no note at all').toBeNull();

  const other = new Database(world.catalog.status().file);
  other.exec('BEGIN IMMEDIATE');
  expect(near.note('internal.createDraft', draftOf('later'), context)).toBeNull();
  other.exec('ROLLBACK');
  other.close();
  expect(near.note('internal.createDraft', draftOf('later'), context)).not.toBeNull();
});

test('the next one after many in a row goes to the writing thread, which looks after the log', () => {
  const kinds = Array.from({ length: 600 }, (_, index) => near.note('internal.createDraft', draftOf(`row-${index}`), context) === null);
  expect(kinds.filter(Boolean)).toHaveLength(2);
});

test('what was noted, and what the writing thread acknowledged, is answered by the same connection at once', async () => {
  const { answer } = near.note('internal.createDraft', draftOf('asked'), context)!.output as Created;
  near.note('drafts.addManifest', { draftId: answer.id, name: 'wandb_manifest.json', kind: 'full', md5 }, context);
  const asked = near.ask('internal.draftToCommit', { id: answer.id }, context);
  expect(asked).toMatchObject({ state: 'open', manifests: [{ announced: true }] });
  expect(asked).toEqual(await world.catalog.read('internal.draftToCommit', { id: answer.id }, context));
  const { versionId } = await world.log('asked', 'bytes that were asked for');
  expect(near.ask('versions.details', { ids: [versionId] }, context)).toEqual(await world.ask('versions.details', { ids: [versionId] }));
  expect(() => near.ask('internal.uploadFacts', { uploadId: 999_999 }, context)).toThrow(expect.objectContaining({ code: 'not_found' }));
  // A question leaves nothing that the next note would wait for.
  expect(near.note('internal.createDraft', draftOf('asked-again'), context)).not.toBeNull();
});

test('every short note is provisional, and nothing that names many things is short', () => {
  for (const name of ['drafts.addManifest', 'drafts.updateManifest', 'internal.createDraft', 'internal.noteUpload']) expect([isProvisional(name), isShortNote(name, {})]).toEqual([true, true]);
  expect(isShortNote('internal.planFiles', { files: Array.from({ length: 65 }) })).toBe(false);
  expect(isShortNote('internal.noteUploads', { uploads: Array.from({ length: 65 }) })).toBe(false);
  for (const name of ['internal.commitDraft', 'links.create', 'aliases.set', 'internal.authenticateKey']) expect(isShortNote(name, {})).toBe(false);
});

test('a pool that answers nearby notes nearby, follows what somebody may, and keeps on doing so in the file of a backup', async () => {
  await world.catalog.readNearby();
  const ids: number[] = [];
  for (let index = 0; index < 40; index++) ids.push((await world.draft(draftOf(`pool-${index % 4}`) as never)).id);
  expect(new Set(ids).size).toBe(40);
  const nora = (await world.person('nora', 'member')) as UserId;
  const asNora = async (artifact: string) => await codeOf(world.draft(draftOf(artifact) as never, { actorId: nora }));
  expect(await asNora('of-nora')).toBe('none');
  await world.do('users.remove', { id: nora });
  expect(await asNora('of-nora-again')).not.toBe('none');
  await world.catalog.backup();
  const lost = await world.draft(draftOf('lost') as never);
  await world.catalog.restoreBackup();
  expect(await codeOf(world.internal('drafts.addManifest', { draftId: lost.id, name: 'wandb_manifest.json', kind: 'full' }))).toBe('not_found');
  const again = await world.draft(draftOf('again') as never);
  expect(await codeOf(world.internal('drafts.addManifest', { draftId: again.id, name: 'wandb_manifest.json', kind: 'full' }))).toBe('none');
  expect(await world.ask('history.verify', {})).toMatchObject({ intact: true });
});
