/** The entry of a catalog thread: the writer or a reader, by what it was started with; loads only that one. */
import { parentPort, workerData } from 'node:worker_threads';
import { keepCompiledCodeInThread } from './compiledCode.ts';
import type { WorkerData } from './protocol.ts';

if (parentPort === null) throw new Error('The catalog worker runs in a thread');
const data = workerData as WorkerData;
keepCompiledCodeInThread();
if (data.role === 'writer') (await import('./writer.ts')).runWriter(parentPort, data);
else (await import('./reader.ts')).runReader(parentPort, data);
