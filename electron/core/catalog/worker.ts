/** The entry of a catalog thread: the writer or a reader, by what it was started with; loads only that one. */
import { parentPort, workerData } from 'node:worker_threads';
import { keepCompiledCodeInThread } from './compiledCode.ts';
import type { WorkerData } from './protocol.ts';

// As a constant, so that it is known to be there in what runs later.
const port = parentPort;
if (port === null) throw new Error('The catalog worker runs in a thread');
const data = workerData as WorkerData;
keepCompiledCodeInThread(data.role);
if (data.role === 'writer') void import('./writer.ts').then(({ runWriter }) => runWriter(port, data));
else void import('./reader.ts').then(({ runReader }) => runReader(port, data));
