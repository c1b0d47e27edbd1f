/** A program: opens a catalog and a store below the folder that is its argument, uses and closes them; every kind of thread that core has has run then. */
import { join } from 'node:path';
import { openStore } from '../../store/index.ts';
import { openCore } from '../core.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('Which folder?');
const core = await openCore({ dataDirectory: join(folder, 'catalog'), applicationVersion: '0', log: () => undefined, listen: false });
await core.run('history.list', {}, {});
await core.close();
const store = await openStore({ directory: join(folder, 'store'), workers: 1 });
await store.ingestBodies([Buffer.from('one')]);
await store.close();
