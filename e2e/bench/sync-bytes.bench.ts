import { execFile, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startCore } from '../drivers/core.ts';
import { timed, type Benchmark } from './harness.ts';

const run = promisify(execFile);
const mebibyte = 1024 * 1024;
/** `VITRINE_SYNC_BYTES=1` for one GiB. */
const gibibytes = Number(process.env['VITRINE_SYNC_BYTES'] ?? 5);
const files = Math.max(1, Math.ceil(gibibytes));
const size = Math.floor((gibibytes * 1024 * mebibyte) / files);

/** Bytes from a remote until they are durable, verified and in the catalog. */
export const benchmark: Benchmark = {
  name: 'sync-bytes',
  workload: `${gibibytes} GiB in ${files} files of a model version, fetched from a server on this machine until they are stored, hashed (SHA-256 and MD5) and the version has its manifest`,
  goal: '≥ 0.9 × a bare HTTP download of the same files to disk with SHA-256 and a sync',
  async run(context) {
    const server = fork(join(import.meta.dirname, 'fixtures/modelServer.ts'), [String(files), String(size)], { execPath: context.nodePath, execArgv: [] });
    const [{ port }] = (await once(server, 'message')) as [{ readonly port: number }];
    const url = `http://127.0.0.1:${port}`;
    const core = await startCore({ nodePath: context.nodePath, root: context.root, directory: join(context.scratch, 'catalog') });
    try {
      const { output: remote } = await core.client.execute('remotes.add', { kind: 'mlflow', name: 'there', url, registry: 'MLflow' });
      await core.client.execute('sync.run', { remoteId: remote.id });
      const { id } = await core.client.query('collections.get', { registry: 'MLflow', name: 'large' });
      const [link] = (await core.client.query('links.list', { collectionId: id })).items;
      if (link === undefined) throw new Error('The version did not come.');
      const digests: string[] = [];
      let bare = 0;
      for (let file = 0; file < files; file++) {
        context.log(`bare download ${file + 1} of ${files}`);
        const target = join(context.scratch, 'bare.bin');
        await run('sync');
        bare += await timed(async () => void digests.push(await download(`${url}/whole/${file}.bin`, target)));
        rmSync(target);
      }
      await run('sync');
      context.log('fetch');
      const ours = await timed(() => core.client.execute('sync.fetch', { versionIds: [link.version.id] }));
      const { items } = await core.client.query('versions.manifest', { id: link.version.id });
      if (items.map((entry) => entry.sha256).join() !== digests.join()) throw new Error('The fetched files are others than the downloaded ones.');
      const speed = (milliseconds: number): number => (files * size) / mebibyte / (milliseconds / 1000);
      const ratio = bare / ours;
      return { ours: speed(ours), reference: speed(bare), referenceName: 'bare download: disk, SHA-256, sync', unit: 'MiB/s', ratio, goalMet: ratio >= 0.9, details: { gibibytes, files, milliseconds: ours, referenceMilliseconds: bare } };
    } finally {
      await core.stop();
      server.disconnect();
    }
  },
};

/** One file after the other, each piece hashed and written as it comes, and synced at the end. */
async function download(url: string, target: string): Promise<string> {
  const answer = await fetch(url);
  if (answer.body === null) throw new Error('There is no body.');
  const hash = createHash('sha256');
  const file = await open(target, 'w');
  try {
    for await (const piece of answer.body as unknown as AsyncIterable<Uint8Array>) {
      hash.update(piece);
      for (let done = 0; done < piece.length; ) done += (await file.write(piece, done, piece.length - done)).bytesWritten;
    }
    await file.datasync();
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}
