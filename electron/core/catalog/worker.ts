/** The entry of a catalog thread: the writer or a reader, by what it was started with. */
import { parentPort, workerData } from 'node:worker_threads';
import type { WorkerData } from './protocol.ts';
import { runReader } from './reader.ts';
import { runWriter } from './writer.ts';

if (parentPort === null) throw new Error('The catalog worker runs in a thread');
const data = workerData as WorkerData;
if (data.role === 'writer') runWriter(parentPort, data);
else runReader(parentPort, data);
