/** A worker thread of the store: does the jobs that the owner posts, each on its own, and answers with their results. */
import { parentPort, workerData, type Transferable } from 'node:worker_threads';
import { isVitrineError } from '#shared/contract/errors.ts';
import { assertNever } from '#shared/domain/index.ts';
import { columnBuffers } from './columns.ts';
import { exportFiles, placeExport } from './exportFiles.ts';
import { commitPack, ingestBodies, ingestBytes, ingestSmall, smallResultBuffers } from './ingestSmall.ts';
import { digest } from './digestJob.ts';
import { follow, ingestLoose, placeJob } from './ingestLoose.ts';
import type { FromWorker, Job, ToWorker, WorkerStart } from './messages.ts';
import { ObjectTable } from './objectTable.ts';
import { packEntries, recoverPackJob, removeFiles, rewritePack, syncDirectories } from './packUpkeep.ts';
import { scan, scanBuffers } from './scan.ts';
import { splitPaths } from './columns.ts';
import { StatCache } from './statCache.ts';
import { verifyLoose, verifyPack } from './verify.ts';
import { WorkerContext } from './workerContext.ts';

const port = parentPort!;
const start = workerData as WorkerStart;
const context = new WorkerContext(start.directory, start.table);

type Answer = { readonly result: unknown; readonly transfer?: readonly Transferable[] };

async function perform(job: Job): Promise<Answer> {
	switch (job.kind) {
		case 'ingestSmall': {
			const result = ingestSmall(context, job);
			return { result, transfer: smallResultBuffers(result) };
		}
		case 'ingestBytes': {
			const result = ingestBytes(context, job);
			return { result, transfer: smallResultBuffers(result) };
		}
		case 'ingestBodies': {
			const result = await ingestBodies(context, job);
			return { result, transfer: [...columnBuffers(result.columns), ...(result.committed === null ? [] : [result.committed.entries.buffer])] };
		}
		case 'ingestLoose': {
			const result = await ingestLoose(context, job);
			return { result, transfer: columnBuffers(result.columns) };
		}
		case 'follow':
			return { result: await follow(job) };
		case 'digest':
			return { result: await digest(job) };
		case 'place':
			return { result: await placeJob(context, job) };
		case 'commitPack': {
			const result = await commitPack(context, job.session, job.pack);
			return { result, transfer: [result.entries.buffer] };
		}
		case 'endSession':
			await context.endSession(job.session);
			return { result: null };
		case 'syncDirectories':
			syncDirectories(context, job);
			return { result: null };
		case 'scan': {
			const result = scan(context, job);
			return { result, transfer: scanBuffers(result) };
		}
		case 'remember':
			StatCache.remember(context.layout, job.folder, splitPaths(job.paths), job.identities, job.digests);
			return { result: null };
		case 'export':
			await exportFiles(context, job);
			return { result: null };
		case 'placeExport':
			placeExport(job);
			return { result: null };
		case 'verifyPack':
			return { result: await verifyPack(context, job) };
		case 'verifyLoose':
			return { result: await verifyLoose(context, job) };
		case 'rewritePack': {
			const result = await rewritePack(context, job);
			return { result, transfer: [result.entries.buffer] };
		}
		case 'removeFiles':
			return { result: removeFiles(context, job) };
		case 'packEntries': {
			const result = packEntries(context, job);
			return { result, transfer: [result.buffer] };
		}
		case 'recoverPack': {
			const result = recoverPackJob(context, job);
			return { result, transfer: [result.entries.buffer] };
		}
		default:
			return assertNever(job, 'job');
	}
}

async function answer(id: number, job: Job): Promise<void> {
	try {
		const { result, transfer } = await perform(job);
		const message: FromWorker = { type: 'done', id, result };
		port.postMessage(message, transfer);
	} catch (error) {
		const message: FromWorker = isVitrineError(error) ? { type: 'failed', id, error: error.toJSON() } : { type: 'broken', id, error: error instanceof Error ? error : new Error(String(error)) };
		port.postMessage(message);
	}
}

port.on('message', (message: ToWorker) => {
	switch (message.type) {
		case 'job':
			void answer(message.id, message.job);
			return;
		case 'table':
			context.table = new ObjectTable(message.table);
			return;
		case 'forgetPack':
			context.packs.forget(message.pack);
			return;
		case 'end':
			port.close();
			return;
		default:
			assertNever(message, 'message');
	}
});
