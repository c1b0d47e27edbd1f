import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { InputOf } from '#shared/contract/index.ts';
import { codeOf, openWorld, type World } from './testing/world.ts';

let world: World;
let registryId: number;
let ben: number;
let cat: number;
let dan: number;
beforeEach(async () => {
  world = await openWorld();
  registryId = (await world.registry('Models')).id;
  ben = await world.person('ben', 'member');
  cat = await world.person('cat', 'admin');
  dan = await world.person('dan', 'admin');
});
afterEach(() => world.close());

type Gate = InputOf<'gates.set'>['gates'][number];
const gates = (...some: Gate[]) => world.do('gates.set', { registryId: registryId as never, gates: some });

/** A version linked by ben, who may not put protected aliases. */
async function linked(text: string, more: Readonly<Record<string, unknown>> = {}): Promise<{ readonly linkId: never; readonly collectionId: never; readonly versionId: never }> {
  const { versionId } = await world.log('gemma', text, more);
  const existing = (await world.ask('collections.list', { registryId: registryId as never })).items.find((one) => one.name === 'gemma');
  const { links, collectionId } = await world.do('links.create', { versionIds: [versionId], target: existing === undefined ? { kind: 'new_collection', registryId: registryId as never, name: 'gemma' } : { kind: 'collection', id: existing.id } }, { actorId: ben });
  return { linkId: links[0]?.linkId as never, collectionId: collectionId as never, versionId: versionId as never };
}
const put = (linkId: never, alias = 'production', actorId = cat) => world.do('aliases.set', { target: { kind: 'link', id: linkId }, aliases: [alias] }, { actorId });
const request = (linkId: never, actorId = ben, more: object = {}) => world.do('approvals.request', { linkId, alias: 'production', ...more }, { actorId });
const decide = (id: never, actorId: number, vote: 'grant' | 'refuse' | 'comment' = 'grant', comment = '') => world.do('approvals.decide', { id, vote, comment }, { actorId });
const aliasesOf = async (linkId: never): Promise<string[]> => (await world.ask('links.get', { id: linkId })).aliases.map((alias) => alias.name);

describe('a gate', () => {
  it('keeps an alias from every way in, and puts it with the last approval', async () => {
    const { linkId, versionId, collectionId } = await linked('one');
    await gates({ alias: 'prod*', approvals: 2 });
    expect(await codeOf(put(linkId))).toBe('approval_required');
    expect(await codeOf(put(linkId, 'prod-eu'))).toBe('approval_required');
    expect(await codeOf(put(linkId, 'staging'))).toBe('none');
    // Linking again with the alias, from any entrance, sync and automations included.
    for (const entrance of ['sdk', 'cli', 'http', 'sync', 'automation', 'system'] as const) {
      expect(await codeOf(world.do('links.create', { versionIds: [versionId], target: { kind: 'collection', id: collectionId }, aliases: ['production'] }, { actorId: cat, entrance }))).toBe('approval_required');
    }
    const asked = await request(linkId, ben, { message: 'better' });
    expect(asked).toMatchObject({ state: 'open', missing: 2, from: null, mayDecide: false });
    expect((await request(linkId)).id).toBe(asked.id);
    expect(await codeOf(decide(asked.id as never, ben))).toBe('permission_denied');
    expect(await decide(asked.id as never, cat)).toMatchObject({ state: 'open', missing: 1 });
    // The same person twice is one approval.
    expect(await decide(asked.id as never, cat)).toMatchObject({ state: 'open', missing: 1 });
    expect(await decide(asked.id as never, dan)).toMatchObject({ state: 'done' });
    expect(await aliasesOf(linkId)).toContain('production');
    const kinds = (await world.ask('history.list', { object: { kind: 'link', id: linkId } })).items.map((event) => event.kind);
    expect(kinds).toEqual(['alias.added', 'approval.granted', 'approval.requested', 'alias.added', 'link.created']);
  });

  it('is told by every preview before the act', async () => {
    const { linkId, collectionId, versionId } = await linked('one');
    await gates({ alias: 'prod*', approvals: 1, checks: [{ kind: 'card' }] });
    const lacking = { alias: 'production', label: 'Models/gemma:v0', explanation: '“production” may stand on Models/gemma:v0 only once that is approved: 1 approval is still needed; card filled: the card is empty.' };
    const alias = await world.ask('aliases.preview', { target: { kind: 'link', id: linkId }, aliases: ['production', 'staging'] });
    expect(alias).toEqual({ moves: [{ alias: 'production', from: null, to: 0 }, { alias: 'staging', from: null, to: 0 }], refused: [], needsReason: false, needsApproval: [lacking] });
    expect((await world.ask('links.preview', { versionIds: [versionId], target: { kind: 'collection', id: collectionId }, aliases: ['production'] })).needsApproval).toEqual([lacking]);
    const another = (await world.log('gemma', 'two')).versionId;
    expect((await world.ask('links.preview', { versionIds: [another], target: { kind: 'collection', id: collectionId }, aliases: ['production', 'x'] })).needsApproval).toMatchObject([{ alias: 'production', label: 'Models/gemma:v1' }]);
    expect((await world.ask('links.preview', { versionIds: [another], target: { kind: 'new_collection', registryId: registryId as never, name: 'fresh' }, aliases: ['prod-eu'] })).needsApproval).toMatchObject([{ alias: 'prod-eu', label: 'Models/fresh:v0' }]);
    const shelf = await world.do('registries.create', { name: 'Shelf' });
    const { links } = await world.do('links.create', { versionIds: [another], target: { kind: 'new_collection', registryId: shelf.id, name: 'gemma' } });
    expect((await world.ask('links.promotePreview', { linkIds: [links[0]!.linkId], target: { kind: 'collection', id: collectionId }, aliases: ['production'] })).needsApproval).toMatchObject([{ alias: 'production' }]);
    // Who may not move aliases is told that, too.
    const vic = await world.person('vic', 'viewer');
    expect(await world.ask('aliases.preview', { target: { kind: 'link', id: linkId }, aliases: ['staging'] }, { actorId: vic })).toMatchObject({ refused: [{ rule: 'permission-denied' }] });
    await gates({ alias: 'prod*', approvals: 1 });
    const { id } = await request(linkId);
    await decide(id as never, cat);
    expect((await world.ask('aliases.preview', { target: { kind: 'link', id: linkId }, aliases: ['production'] })).needsApproval).toEqual([]);
  });

  it('names no link to ask for where the link goes with the refusal; a promotion without the alias goes', async () => {
    const { linkId, collectionId } = await linked('one');
    await gates({ alias: 'production', approvals: 1 });
    await expect(put(linkId)).rejects.toMatchObject({ code: 'approval_required', details: { linkId } });
    const another = (await world.log('gemma', 'two')).versionId;
    const target = { kind: 'collection' as const, id: collectionId };
    await expect(world.do('links.create', { versionIds: [another], target, aliases: ['production'] })).rejects.toMatchObject({ code: 'approval_required', details: { alias: 'production', linkId: null } });
    const shelf = await world.do('registries.create', { name: 'Shelf' });
    const { links } = await world.do('links.create', { versionIds: [another], target: { kind: 'new_collection', registryId: shelf.id, name: 'gemma' }, aliases: ['production', 'staging'] });
    const promotion = { linkIds: [links[0]!.linkId], target, aliases: ['fresh'], carryAliases: true };
    await expect(world.do('links.promote', promotion)).rejects.toMatchObject({ code: 'approval_required', details: { linkId: null } });
    expect(await world.ask('links.promotePreview', { ...promotion, leaveOut: ['production'] })).toMatchObject({ needsApproval: [] });
    const done = await world.do('links.promote', { ...promotion, leaveOut: ['production'] });
    expect((await aliasesOf(done.links[0]!.linkId as never)).toSorted()).toEqual(['fresh', 'latest', 'staging']);
    expect(await request(done.links[0]!.linkId as never)).toMatchObject({ state: 'open', link: { label: 'Models/gemma:v1' } });
  });

  it('lets an alias go back to what was approved once, and not to what was not', async () => {
    const one = await linked('one');
    await gates({ alias: 'production', approvals: 1 });
    await decide((await request(one.linkId)).id as never, cat);
    const two = await linked('two');
    await decide((await request(two.linkId)).id as never, cat);
    expect(await aliasesOf(two.linkId)).toContain('production');
    await put(one.linkId);
    expect(await aliasesOf(one.linkId)).toContain('production');
    const three = await linked('three');
    expect(await codeOf(put(three.linkId))).toBe('approval_required');
  });

  it('refuses with a reason, and one refusal is enough', async () => {
    const { linkId } = await linked('one');
    await gates({ alias: 'production', approvals: 2 });
    const { id } = await request(linkId);
    expect(await codeOf(decide(id as never, cat, 'refuse'))).toBe('reason_required');
    expect(await decide(id as never, ben, 'comment', 'please')).toMatchObject({ state: 'open', votes: [{ vote: 'comment' }] });
    expect(await decide(id as never, cat, 'refuse', 'too slow')).toMatchObject({ state: 'refused' });
    expect(await codeOf(decide(id as never, dan))).toBe('blocked');
    expect(await codeOf(put(linkId))).toBe('approval_required');
    expect((await request(linkId)).id).not.toBe(id);
  });

  it('does not overwrite a move that was made meanwhile', async () => {
    const one = await linked('one');
    const two = await linked('two');
    await put(one.linkId);
    await gates({ alias: 'production', approvals: 1 });
    const { id } = await request(two.linkId);
    await world.do('aliases.remove', { target: { kind: 'link', id: one.linkId }, aliases: ['production'] }, { actorId: cat });
    expect(await decide(id as never, cat)).toMatchObject({ state: 'granted' });
    expect(await aliasesOf(two.linkId)).not.toContain('production');
    await put(two.linkId);
    expect(await aliasesOf(two.linkId)).toContain('production');
  });

  it('checks card, licence and metrics', async () => {
    const { linkId, collectionId } = await linked('one', { metadata: { accuracy: 0.8 } });
    await gates({ alias: 'production', approvals: 0, checks: [{ kind: 'card' }, { kind: 'licence' }, { kind: 'metric', path: 'accuracy', comparison: '>=', value: 0.9 }] });
    expect((await request(linkId)).checks.map((check) => check.passed)).toEqual([false, false, false]);
    await world.do('collections.update', { id: collectionId, description: 'License: Apache-2.0' });
    const better = await linked('two', { metadata: { accuracy: 0.95 } });
    await put(better.linkId);
    expect(await codeOf(put(linkId))).toBe('approval_required');
  });

  it('is passed on, reminded of, withdrawn; and told to those whom it waits for', async () => {
    const { linkId } = await linked('one');
    await gates({ alias: 'production', approvals: 1, deciders: 'admin' });
    const { id } = await request(linkId, ben, { reviewers: [cat] });
    const waiting = async (actorId: number): Promise<number> => (await world.ask('approvals.list', { forMe: true }, { actorId })).total;
    expect([await waiting(ben), await waiting(cat), await waiting(dan)]).toEqual([0, 1, 0]);
    expect(await codeOf(decide(id as never, dan))).toBe('permission_denied');
    expect(await codeOf(world.do('approvals.delegate', { id, to: ben as never }, { actorId: cat }))).toBe('blocked');
    await world.do('approvals.delegate', { id, to: dan as never }, { actorId: cat });
    expect([await waiting(cat), await waiting(dan)]).toEqual([0, 1]);
    expect((await world.do('approvals.remind', { id }, { actorId: ben })).remindedAt).not.toBeNull();
    expect(await world.do('approvals.withdraw', { id }, { actorId: ben })).toMatchObject({ state: 'withdrawn' });
    expect(await codeOf(decide(id as never, dan))).toBe('blocked');
  });

  it('is set by admins of the registry, and must ask for something', async () => {
    expect(await codeOf(world.do('gates.set', { registryId: registryId as never, gates: [] }, { actorId: ben }))).toBe('permission_denied');
    expect(await codeOf(gates({ alias: 'latest', approvals: 1 }))).toBe('bad_input');
    expect(await codeOf(gates({ alias: 'production', approvals: 0 }))).toBe('bad_input');
    const { linkId } = await linked('one');
    expect(await codeOf(request(linkId))).toBe('blocked');
  });
});
