/**
 * Random acts of several people around one gate, held against a plain model in memory that shares no code with the catalog: who may put what is
 * behind it, requests with their votes, what was approved and may come back, links that go and return.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codeOf, openWorld, type World } from './testing/world.ts';

let world: World;
/** An admin, two members who decide, and one who only looks. */
const actors: number[] = [];
let onlooker: number;
const versionIds: number[] = [];
beforeAll(async () => {
  world = await openWorld();
  actors.push(world.catalog.status().defaultUserId, await world.person('mona', 'member'), await world.person('ned', 'member'));
  onlooker = await world.person('vera', 'viewer');
  for (let index = 0; index < 3; index++) versionIds.push((await world.log('source', `bytes ${index}`)).versionId);
});
afterAll(() => world.close());

const which = fc.nat(20);
const alias = fc.constantFrom('gated', 'free');
const record = <Name extends string, Rest extends object>(name: Name, rest: { [Key in keyof Rest]: fc.Arbitrary<Rest[Key]> }) => fc.record({ act: fc.constant(name), ...rest }) as unknown as fc.Arbitrary<{ readonly act: Name } & Readonly<Rest>>;
const acts = fc.array(
  fc.record({
    by: fc.nat(2),
    step: fc.oneof(
      { weight: 4, arbitrary: record('put', { which, alias }) },
      { weight: 2, arbitrary: record('take', { which, alias }) },
      { weight: 5, arbitrary: record('request', { which, to: fc.constantFrom(null, 1, 2) }) },
      { weight: 7, arbitrary: record('decide', { which, vote: fc.constantFrom('grant', 'grant', 'grant', 'refuse', 'comment') }) },
      { weight: 1, arbitrary: record('withdraw', { which }) },
      { weight: 1, arbitrary: record('delegate', { which, to: fc.nat(2) }) },
      { weight: 2, arbitrary: record('gate', { approvals: fc.constantFrom(0, 1, 2) }) },
      { weight: 2, arbitrary: record('unlink', { which }) },
      { weight: 2, arbitrary: record('restore', { which }) },
      { weight: 1, arbitrary: record('relink', { which, alias }) },
      { weight: 1, arbitrary: record('forbidden', { which }) },
    ),
  }),
  { minLength: 8, maxLength: 30, size: 'max' },
);

type Request = { readonly id: number; readonly link: number; readonly by: number; readonly from: number | null; reviewers: number[]; readonly votes: Map<number, string>; state: 'open' | 'granted' | 'done' | 'refused' | 'withdrawn' };

test('whatever is asked, granted and put, the gate keeps what the model keeps', { timeout: 300_000 }, async () => {
  let series = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(1, 2, 0), acts, async (first, steps) => {
      series += 1;
      const { id: registryId } = await world.do('registries.create', { name: `gates ${series}` });
      const { collectionId, links } = await world.do('links.create', { versionIds: versionIds as never[], target: { kind: 'new_collection', registryId, name: 'c' } });
      const linkIds = links.map((link) => link.linkId);
      const aliases = new Map<string, number>();
      const standing = new Set([0, 1, 2]);
      const trash = new Map<number, readonly string[]>();
      const requests: Request[] = [];
      /** 0: there is no gate. */
      let needed = first;
      if (needed > 0) await world.do('gates.set', { registryId, gates: [{ alias: 'gat*', approvals: needed, deciders: 'member' }] });
      const passed = (link: number) => needed === 0 || requests.some((one) => one.link === link && (one.state === 'granted' || one.state === 'done'));
      const pick = (index: number) => [...standing].toSorted((left, right) => left - right)[index % Math.max(1, standing.size)];
      const requestAt = (index: number) => requests[index % Math.max(1, requests.length)];

      for (const [turn, { by, step }] of steps.entries()) {
        const acting = { actorId: actors[by]! };
        const run: World['do'] = (operation, input) => world.do(operation, input, acting);
        switch (step.act) {
          case 'put': {
            const link = pick(step.which);
            if (link === undefined) break;
            const stays = aliases.get(step.alias) === link;
            const code = await codeOf(run('aliases.set', { target: { kind: 'link', id: linkIds[link]! }, aliases: [step.alias] }));
            expect(code, `${turn}: put`).toBe(step.alias === 'gated' && !stays && !passed(link) ? 'approval_required' : 'none');
            if (code === 'none') aliases.set(step.alias, link);
            break;
          }
          case 'take': {
            const link = pick(step.which);
            if (link === undefined) break;
            await run('aliases.remove', { target: { kind: 'link', id: linkIds[link]! }, aliases: [step.alias] });
            if (aliases.get(step.alias) === link) aliases.delete(step.alias);
            break;
          }
          case 'request': {
            const link = pick(step.which);
            if (link === undefined) break;
            const work = run('approvals.request', { linkId: linkIds[link]!, alias: 'gated', reviewers: step.to === null ? [] : [actors[step.to] as never] });
            expect(await codeOf(work), `${turn}: request`).toBe(needed === 0 ? 'blocked' : 'none');
            if (needed === 0) break;
            const { id } = await work;
            const open = requests.find((one) => one.link === link && (one.state === 'open' || one.state === 'granted'));
            if (open === undefined) requests.push({ id, link, by, from: aliases.get('gated') ?? null, reviewers: step.to === null ? [] : [step.to], votes: new Map(), state: 'open' });
            else expect(id).toBe(open.id);
            break;
          }
          case 'decide': {
            const request = requestAt(step.which);
            if (request === undefined) break;
            // Where the gate is gone, deciding is for admins.
            const may = by !== request.by && (needed > 0 || by === 0) && (request.reviewers.length === 0 || request.reviewers.includes(by));
            const code = await codeOf(run('approvals.decide', { id: request.id as never, vote: step.vote as 'grant', comment: 'because' }));
            expect(code, `${turn}: decide`).toBe(step.vote !== 'comment' && !may ? 'permission_denied' : request.state === 'open' ? 'none' : 'blocked');
            if (code !== 'none' || step.vote === 'comment') break;
            request.votes.set(by, step.vote);
            const granted = [...request.votes].filter(([who, vote]) => who !== request.by && vote === 'grant').length;
            if (step.vote === 'refuse') request.state = 'refused';
            else if (granted >= needed) {
              const now = aliases.get('gated') ?? null;
              request.state = standing.has(request.link) && now === request.from ? 'done' : 'granted';
              if (request.state === 'done') aliases.set('gated', request.link);
            }
            break;
          }
          case 'withdraw': {
            const request = requestAt(step.which);
            if (request === undefined) break;
            const code = await codeOf(run('approvals.withdraw', { id: request.id as never }));
            expect(code, `${turn}: withdraw`).toBe(by !== request.by && by !== 0 ? 'permission_denied' : request.state === 'open' || request.state === 'granted' ? 'none' : 'blocked');
            if (code === 'none') request.state = 'withdrawn';
            break;
          }
          case 'delegate': {
            const request = requestAt(step.which);
            if (request === undefined || needed === 0) break;
            const may = by !== request.by && (request.reviewers.length === 0 || request.reviewers.includes(by));
            const code = await codeOf(run('approvals.delegate', { id: request.id as never, to: actors[step.to] as never }));
            expect(code, `${turn}: delegate`).toBe(!may ? 'permission_denied' : request.state !== 'open' || step.to === request.by ? 'blocked' : 'none');
            if (code === 'none') request.reviewers = [...new Set([...request.reviewers.filter((one) => one !== by), step.to])];
            break;
          }
          case 'gate': {
            const code = await codeOf(run('gates.set', { registryId, gates: step.approvals === 0 ? [] : [{ alias: 'gat*', approvals: step.approvals, deciders: 'member' }] }));
            expect(code).toBe(by === 0 ? 'none' : 'permission_denied');
            if (by === 0) needed = step.approvals;
            break;
          }
          case 'unlink': {
            const link = pick(step.which);
            if (link === undefined) break;
            await run('links.remove', { linkIds: [linkIds[link]!] });
            const carried = [...aliases].filter(([, on]) => on === link).map(([name]) => name);
            for (const name of carried) aliases.delete(name);
            standing.delete(link);
            trash.set(link, carried);
            break;
          }
          case 'restore': {
            const link = [...trash.keys()][step.which % Math.max(1, trash.size)];
            if (link === undefined) break;
            const returning = trash.get(link)!.filter((name) => !aliases.has(name));
            const item = (await world.ask('trash.list', { limit: 1000 })).items.find((one) => one.object.kind === 'link' && one.object.id === linkIds[link]);
            const code = await codeOf(run('trash.restore', { id: item!.id }));
            // What a gate keeps out can't come in by the trash, either.
            expect(code, `${turn}: restore`).toBe(returning.includes('gated') && !passed(link) ? 'approval_required' : 'none');
            if (code !== 'none') break;
            for (const name of returning) aliases.set(name, link);
            standing.add(link);
            trash.delete(link);
            break;
          }
          case 'relink': {
            const link = pick(step.which);
            if (link === undefined) break;
            const stays = aliases.get(step.alias) === link;
            const code = await codeOf(run('links.create', { versionIds: [versionIds[link] as never], target: { kind: 'collection', id: collectionId }, aliases: [step.alias] }));
            expect(code, `${turn}: relink`).toBe(step.alias === 'gated' && !stays && !passed(link) ? 'approval_required' : 'none');
            if (code === 'none') aliases.set(step.alias, link);
            break;
          }
          case 'forbidden': {
            const request = requestAt(step.which);
            const looking = { actorId: onlooker };
            const tried = [
              world.do('gates.set', { registryId, gates: [] }, looking), world.do('approvals.request', { linkId: linkIds[0]!, alias: 'gated' }, looking),
              ...(request === undefined ? [] : [world.do('approvals.decide', { id: request.id as never, vote: 'comment', comment: 'x' }, looking), world.do('approvals.withdraw', { id: request.id as never }, looking), world.do('approvals.remind', { id: request.id as never }, looking)]),
            ];
            for (const one of tried) expect(await codeOf(one)).toBe('permission_denied');
            break;
          }
        }
        const { items } = await world.ask('links.list', { collectionId, limit: 1000 });
        const seen = items.flatMap((link) => link.aliases.filter((chip) => chip.name !== 'latest').map((chip) => [chip.name, link.index] as const));
        expect(new Map(seen), `${turn}: ${step.act} by ${by}`).toEqual(aliases);
        const asked = await world.ask('approvals.list', { limit: 200 });
        const states = new Map(asked.items.map((one) => [one.id as number, one.state]));
        expect(requests.map((one) => states.get(one.id)), `${turn}: ${step.act} by ${by}, requests`).toEqual(requests.map((one) => one.state));
        for (const link of standing) {
          const preview = await world.ask('aliases.preview', { target: { kind: 'link', id: linkIds[link]! }, aliases: ['gated'] });
          expect(preview.needsApproval.length, `${turn}: ${step.act}, what the preview of v${link} says`).toBe(aliases.get('gated') === link || passed(link) ? 0 : 1);
        }
      }
      await world.do('registries.delete', { id: registryId });
    }),
    { seed: 20_261_126, numRuns: 80 },
  );
  expect(await world.ask('history.verify', {})).toMatchObject({ intact: true });
});
