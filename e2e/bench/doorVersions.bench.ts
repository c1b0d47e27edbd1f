import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { clientProgram, serveCatalog } from './fixtures/servedCatalog.ts';
import { startStub } from './fixtures/wandbStub.ts';
import { spread, type Benchmark } from './harness.ts';

const count = 1000;
const rounds = 3;

type Told = { readonly seconds: number; readonly each: readonly number[] };

/**
 * What logging and linking cost a training script: the real client against the door, and against a stub that answers every call at once. The
 * same stub where it has on the disk what it promised (the bytes and one row with the commit of a version, one row with its link) tells how much
 * of that a server can reach at all which forgets nothing.
 */
export const benchmark: Benchmark = {
  name: 'door-versions',
  workload: `the real wandb client logs ${count.toLocaleString('en')} versions of one small file, one after the other, and links each into a registry`,
  goal: '≥ 0.9 × the versions per second of the same client against a stub that answers at once and keeps nothing; beside it, against a stub that has on the disk what it promised',
  async run(context) {
    const ours: number[] = [];
    const stubbed: number[] = [];
    const kept: number[] = [];
    const each: number[] = [];
    const eachStubbed: number[] = [];
    const eachKept: number[] = [];
    const againstStub = async (keepIn?: string): Promise<Told> => {
      const stub = await startStub(keepIn);
      const program = clientProgram('manyVersions.py', { url: stub.url, apiKey: `local-${'1'.repeat(40)}`, team: 'team', organization: 'Stub' }, context.scratch, { project: 'many', count });
      const told = (await program.told('many_versions')) as Told;
      await program.ended;
      await stub.close();
      return told;
    };
    for (let round = 0; round < rounds; round++) {
      context.log(`round ${round + 1} of ${rounds}: the stub`);
      const told = await againstStub();
      stubbed.push(count / told.seconds);
      eachStubbed.push(...told.each.map((seconds) => seconds * 1000));

      context.log(`round ${round + 1} of ${rounds}: the stub that keeps what it promises`);
      const keepIn = mkdtempSync(join(context.scratch, 'kept-'));
      const keeping = await againstStub(keepIn);
      rmSync(keepIn, { recursive: true, force: true });
      kept.push(count / keeping.seconds);
      eachKept.push(...keeping.each.map((seconds) => seconds * 1000));

      context.log(`round ${round + 1} of ${rounds}: Vitrine`);
      const directory = join(context.scratch, 'catalog');
      const served = await serveCatalog(directory);
      const program = clientProgram('manyVersions.py', served, context.scratch, { project: 'many', count });
      const mine = (await program.told('many_versions')) as Told;
      await program.ended;
      const { items } = await served.ask<{ readonly items: readonly { readonly linkCount: number }[] }>('collections.list', { limit: 10 });
      if (!items.some((item) => item.linkCount >= count)) throw new Error('Not every version was linked.');
      await served.stop();
      rmSync(directory, { recursive: true, force: true });
      ours.push(count / mine.seconds);
      each.push(...mine.each.map((seconds) => seconds * 1000));
    }
    const [mine, theirs, keeping] = [spread(ours), spread(stubbed), spread(kept)];
    const row = (part: string, reference: number, referenceName: string, details: Readonly<Record<string, unknown>>) => {
      const ratio = mine.median / reference;
      return { part, ours: mine.median, reference, referenceName, unit: 'versions/s', ratio, goalMet: ratio >= 0.9, details };
    };
    return [
      row('keeps nothing', theirs.median, 'the same client against a stub', {
        perVersionMilliseconds: spread(each), perVersionStubMilliseconds: spread(eachStubbed), perVersionKeepingStubMilliseconds: spread(eachKept), rates: ours, stubRates: stubbed, keepingStubRates: kept,
        keepingStubAgainstStub: keeping.median / theirs.median,
      }),
      row('keeps what it promises', keeping.median, 'the same client against the stub, with the bytes and one row synced per version and one row per link', { keepingStubRates: kept, perVersionKeepingStubMilliseconds: spread(eachKept) }),
    ];
  },
};
