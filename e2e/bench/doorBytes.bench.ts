import { execFile } from 'node:child_process';
import { createHash, randomFillSync } from 'node:crypto';
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { serveCatalog } from './fixtures/servedCatalog.ts';
import { startPlainServer } from './fixtures/plainServer.ts';
import { beginRun, get, logVersion, openWire, put } from './fixtures/wandbWire.ts';
import { spread, timed, type Benchmark } from './harness.ts';

const run = promisify(execFile);
const mebibyte = 1024 * 1024;
const size = 1024 * mebibyte;
const rounds = 1;

/** Large files through the door, as the client sends and gets them. */
export const benchmark: Benchmark = {
  name: 'door-bytes',
  workload: '1 GiB sent to an upload URL of the door until it is durable and answered for, and got back from a download URL, without the client',
  goal: '≥ 0.8 × a bare loopback server that writes to disk with MD5 and SHA-256 and syncs; download ≥ 0.8 × a bare loopback server that reads the file out',
  async run(context) {
    const source = join(context.scratch, 'source.bin');
    const block = Buffer.alloc(64 * mebibyte);
    const plain = await startPlainServer(join(context.scratch, 'plain.bin'));
    const [up, down, plainUp, plainDown, whole]: readonly number[][] = [[], [], [], [], []];
    const served = await serveCatalog(join(context.scratch, 'catalog'));
    const wire = openWire(served.url, served.apiKey);
    await beginRun(wire, served.team, 'bytes', 'benchrun');
    for (let round = 0; round < rounds; round++) {
      context.log(`round ${round + 1} of ${rounds}`);
      writeFileSync(source, '');
      const md5 = createHash('md5');
      for (let part = 0; part < size / block.length; part++) {
        randomFillSync(block);
        md5.update(block);
        writeFileSync(source, block, { flag: 'a' });
      }
      await run('sync');
      plainUp!.push(await timed(() => put(plain.url, createReadStream(source, { highWaterMark: mebibyte }), size)));
      await run('sync');
      const logged = await logVersion(wire, { entity: served.team, project: 'bytes', run: 'benchrun', artifact: 'large' }, { path: 'large.bin', bytes: source, size, md5: md5.digest('base64') });
      up!.push(logged.uploading);
      whole!.push(logged.whole);
      const { artifact } = await wire.ask<{ readonly artifact: { readonly files: { readonly edges: readonly { readonly node: { readonly directUrl: string } }[] } } }>(`query ArtifactFileUrls($id: ID!) { artifact(id: $id) { files(first: 10) { edges { node { name directUrl } } } } }`, { id: logged.artifactId });
      const address = artifact.files.edges[0]?.node.directUrl ?? '';
      plainDown!.push(await timed(() => get(plain.url)));
      down!.push(await timed(async () => {
        if ((await get(address)) !== size) throw new Error('Not all of it came back.');
      }));
    }
    wire.close();
    await served.stop();
    await plain.close();
    const speed = (milliseconds: number): number => size / mebibyte / (milliseconds / 1000);
    const row = (part: string, ours: readonly number[], reference: readonly number[], referenceName: string, more: Readonly<Record<string, unknown>> = {}) => {
      const [mine, theirs] = [spread(ours), spread(reference)];
      const ratio = theirs.median / mine.median;
      return { part, ours: speed(mine.median), reference: speed(theirs.median), referenceName, unit: 'MiB/s', ratio, goalMet: ratio >= 0.8, details: { milliseconds: mine, referenceMilliseconds: theirs, ...more } };
    };
    return [row('up', up!, plainUp!, 'bare server: disk, MD5, SHA-256, sync', { wholeVersionMilliseconds: spread(whole!) }), row('down', down!, plainDown!, 'bare server: a file read out')];
  },
};
