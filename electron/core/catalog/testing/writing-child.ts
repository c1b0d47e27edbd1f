/**
 * A process that writes to a catalog until it is killed. Each line on its output is one acknowledged act, written only after the commit:
 * the number of the version, or where an alias was put.
 */
import { writeSync } from 'node:fs';
import { openCatalog } from '../index.ts';
import { committed } from './world.ts';

const directory = process.argv[2] ?? '';
const round = process.argv[3] ?? '';
const catalog = await openCatalog({ directory, founding: { username: 'ada', displayName: 'Ada', organization: 'lab', team: 'lab' } });
const context = { actorId: catalog.status().defaultUserId, entrance: 'window', message: null } as const;
/** Waits where the reader is behind and the pipe is full: what is said must stand in it when the next act begins. */
function say(line: object): void {
  for (;;) {
    try {
      writeSync(1, `${JSON.stringify(line)}\n`);
      return;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EAGAIN') throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
const models = ((await catalog.read('registries.get', { name: 'Models' }, context)) as { readonly id: number }).id;

async function client(name: string): Promise<never> {
  let collection: number | null = null;
  for (let step = 0; ; step += 1) {
    const text = `${round} ${name} ${step}`;
    const { output } = await catalog.write('internal.commitVersion', committed(`artifact-${name}`, text, { tags: ['tag'], description: `words of ${text}`, metadata: { step } }), context);
    const { versionId } = output as { readonly versionId: number };
    say({ versionId, text });
    const target: object = collection === null ? { kind: 'new_collection', registryId: models, name: `${round} ${name}` } : { kind: 'collection', id: collection };
    const link = (await catalog.write('links.create', { versionIds: [versionId], target, aliases: ['production'], note: '' }, context)).output as { readonly collectionId: number; readonly links: readonly { readonly linkId: number; readonly index: number }[] };
    collection = link.collectionId;
    say({ linkId: link.links[0]?.linkId, collection, index: link.links[0]?.index });
    if (step % 3 === 2) await catalog.write('links.remove', { linkIds: [link.links[0]?.linkId] }, context).then(() => say({ removed: link.links[0]?.linkId }));
  }
}

say({ ready: process.pid });
await Promise.all(['a', 'b', 'c', 'd'].map(client));
