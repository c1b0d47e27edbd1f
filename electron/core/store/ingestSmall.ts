import { hash } from 'node:crypto';
import { closeSync } from 'node:fs';
import { VitrineError } from '#shared/contract/errors.ts';
import { columnBuffers, digestPairBytes, emptyColumns, identityWords, outcomes, splitPaths, type IngestedColumns } from './columns.ts';
import { Control } from './control.ts';
import { onceDescriptorsAreFree } from './descriptors.ts';
import { sourceError, targetError, writingTo } from './fileErrors.ts';
import { largestPackedObject } from './layout.ts';
import type { CommitPackResult, IngestBodiesJob, IngestBodiesResult, IngestBytesJob, IngestSmallJob, IngestSmallResult } from './messages.ts';
import { DigestKey, ObjectTable } from './objectTable.ts';
import { PackAppender } from './packAppender.ts';
import { nowSeconds, readInto } from './packFile.ts';
import { assertUnchanged, isRecent, openSource } from './sourceReading.ts';
import type { WorkerContext } from './workerContext.ts';

/** What one ingest holds open in one worker. */
export class IngestSession {
	/** Appenders by pack number. */
	readonly appenders = new Map<number, PackAppender>();
	/** What this session appended, not yet known to others. */
	pending = ObjectTable.withRoomFor(1024);
	/** Ends when the session is committed pack by pack, or rolled back. */
	async rollback(): Promise<void> {
		for (const appender of this.appenders.values()) await appender.rollback();
		this.appenders.clear();
	}
}

const key = new DigestKey();

/** Reads, hashes and packs small files. Every file ends up in the pack's buffer or is known already; nothing counts before the commit. */
export function ingestSmall(context: WorkerContext, job: IngestSmallJob): IngestSmallResult {
	const control = new Control(job.control);
	const paths = splitPaths(job.paths);
	const session = context.session(job.session);
	return packing(context, session, job.pack, paths.length, (appender, columns) => {
		const startedAt = Date.now();
		const buffer = PackAppender.buffer;
		for (let index = 0; index < paths.length; index++) {
			if (index % 16 === 0) control.throwIfCancelled();
			const path = paths[index]!;
			const source = onceDescriptorsAreFree(() => openSource(path, job.expected[index * 2]!, job.expected[index * 2 + 1]!));
			try {
				if (source.before.size > largestPackedObject) {
					columns.outcomes[index] = outcomes.large;
					continue;
				}
				const size = Number(source.before.size);
				const at = appender.prepare();
				// One byte more than there should be shows a file that has grown.
				const read = readInto(source.descriptor, buffer, at, size + 1, 0);
				const after = assertUnchanged(source, path, read);
				takeIn(context, session, appender, columns, index, buffer.subarray(at, at + size));
				if (!isRecent(after, startedAt)) columns.identities.set([after.dev, after.ino, after.size, after.mtimeNs, after.ctimeNs], index * identityWords);
				control.addBytes(size);
				control.addFiles(1);
			} catch (error) {
				throw sourceError(error, path);
			} finally {
				closeSync(source.descriptor);
			}
		}
	});
}

export function ingestBytes(context: WorkerContext, job: IngestBytesJob | IngestBodiesJob): IngestSmallResult {
	const control = new Control(job.control);
	const session = context.session(job.session);
	return packing(context, session, job.pack, job.contents.length, (appender, columns) => {
		for (const [index, content] of job.contents.entries()) {
			control.throwIfCancelled();
			const at = appender.prepare();
			PackAppender.buffer.set(content, at);
			takeIn(context, session, appender, columns, index, PackAppender.buffer.subarray(at, at + content.length));
			control.addBytes(content.length);
			control.addFiles(1);
		}
	});
}

/** Takes in bytes that are in memory and makes them durable; nothing of it counts when it fails. */
export async function ingestBodies(context: WorkerContext, job: IngestBodiesJob): Promise<IngestBodiesResult> {
	try {
		const { columns } = ingestBytes(context, job);
		if (columns.outcomes.every((outcome) => outcome === outcomes.known)) return { columns, committed: null };
		return { columns, committed: await commitPack(context, job.session, job.pack.number) };
	} catch (error) {
		throw targetError(error, context.layout.root);
	} finally {
		await context.endSession(job.session);
	}
}

export function smallResultBuffers(result: IngestSmallResult): ArrayBuffer[] {
	return columnBuffers(result.columns);
}

function packing(context: WorkerContext, session: IngestSession, pack: IngestSmallJob['pack'], count: number, work: (appender: PackAppender, columns: IngestedColumns) => void): IngestSmallResult {
	const where = context.layout.root;
	let appender = session.appenders.get(pack.number);
	if (appender === undefined) {
		appender = writingTo(where, () => onceDescriptorsAreFree(() => new PackAppender(context.layout, pack)));
		session.appenders.set(pack.number, appender);
	}
	const columns = emptyColumns(count);
	writingTo(where, () => {
		work(appender, columns);
		appender.flush();
	});
	return { columns, packLength: appender.length, packEntries: appender.entryCount };
}

function takeIn(context: WorkerContext, session: IngestSession, appender: PackAppender, columns: IngestedColumns, index: number, content: Buffer): void {
	const sha256 = hash('sha256', content, 'buffer');
	const md5 = hash('md5', content, 'buffer');
	columns.digests.set(sha256, index * digestPairBytes);
	columns.digests.set(md5, index * digestPairBytes + 32);
	columns.sizes[index] = content.length;
	const words = key.set(sha256);
	if (session.pending.find(words, 0) !== -1 || context.holdsPacked(sha256, words, content.length)) {
		columns.outcomes[index] = outcomes.known;
		return;
	}
	const offset = appender.append(sha256, md5, content.length);
	if (!session.pending.hasRoomFor(1)) session.pending = session.pending.grown(session.pending.count);
	session.pending.insert(words, 0, 1, offset, nowSeconds());
}

/** Ends a session's work in one pack: everything in it is durable afterwards. */
export async function commitPack(context: WorkerContext, sessionNumber: number, pack: number): Promise<CommitPackResult> {
	const session = context.session(sessionNumber);
	const appender = session.appenders.get(pack);
	if (appender === undefined) throw new VitrineError('unexpected', { details: { reason: 'no such pack in this ingest' } });
	const committed = await appender.commit();
	session.appenders.delete(pack);
	return { state: committed.state, entries: new Uint8Array(committed.entries) };
}
