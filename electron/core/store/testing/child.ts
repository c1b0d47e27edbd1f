/**
 * Store work that needs a process of its own: to be killed, to have its memory measured, to run as somebody else or on a
 * small disk. Started as `node child.ts <scenario> <JSON argument>`; writes one JSON value per line.
 */
import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isVitrineError } from '#shared/contract/errors.ts';
import { openStore } from '../index.ts';
import { bytesOf } from './workspace.ts';

type Argument = { readonly directory: string; readonly source: string; readonly round: number };

const say = (value: unknown) => writeSync(1, `${JSON.stringify(value)}\n`);

async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
	try {
		return { succeeded: await work() };
	} catch (error) {
		return isVitrineError(error) ? { code: error.code, details: error.details } : { broken: String(error) };
	}
}

const scenarios: Readonly<Record<string, (argument: Argument) => Promise<void>>> = {
	/** Ingests the source and says what came of it. */
	ingest: async ({ directory, source }) => {
		say(
			await failureOf(async () => {
				const store = await openStore({ directory, workers: 2 });
				try {
					return (await store.ingest((await store.scanFolder(source)).files)).length;
				} finally {
					await store.close();
				}
			}),
		);
	},

	/** Ingests the source and tries to write it to a folder, which is the directory's neighbour `target`. */
	export: async ({ directory, source }) => {
		const store = await openStore({ directory, workers: 2 });
		const files = await store.ingest((await store.scanFolder(source)).files);
		say(await failureOf(async () => await store.exportTree(files, join(directory, '..', '..', 'target'))));
		await store.close();
	},

	/** Ingests single files of given sizes until one doesn't fit any more, then what still fits. */
	fill: async ({ directory }) => {
		const store = await openStore({ directory, workers: 2 });
		async function* content(seed: string, size: number) {
			const bytes = bytesOf(seed, size);
			for (let at = 0; at < size; at += 65_536) yield bytes.subarray(at, at + 65_536);
		}
		say(await failureOf(async () => await store.ingest([{ path: 'small', content: content('small', 100_000) }])));
		say(await failureOf(async () => await store.ingest([{ path: 'upload', content: content('upload', 20_000_000), size: 20_000_000 }])));
		say(await failureOf(async () => await store.ingest(Array.from({ length: 200 }, (_, index) => ({ path: `f${index}`, content: content(`f${index}`, 100_000) })))));
		say(await failureOf(async () => await store.ingestBodies(Array.from({ length: 200 }, (_, index) => bytesOf(`b${index}`, 100_000)))));
		say(await failureOf(async () => await store.ingest([{ path: 'last', content: content('last', 100_000) }])));
		say({ damaged: (await store.verify()).damaged, usage: await store.usage() });
		await store.close();
	},

	/** Opens a store that can't be written to, reads everything in it, and tries what must fail. */
	readOnly: async ({ directory, source }) => {
		const store = await openStore({ directory, workers: 2 });
		say({ readOnly: store.readOnly, verified: await store.verify() });
		const scanned = await store.scanFolder(source);
		say(await failureOf(async () => await store.ingest(scanned.files)));
		say(await failureOf(async () => await store.collectGarbage({ isReferenced: async (digests) => digests.map(() => false) })));
		say(await failureOf(async () => await store.rebuildIndex()));
		await store.close();
	},

	/** Ingests without end, saying each time what is acknowledged. To be killed. */
	killMe: async ({ directory, round }) => {
		const store = await openStore({ directory, workers: 2 });
		say({ opened: true });
		for (let turn = 0; ; turn++) {
			const name = `${round}/${turn}`;
			async function* content(size: number, seed: string) {
				yield bytesOf(seed, size);
			}
			const files = await store.ingest([
				{ path: 'small', content: content(1000 + turn, `${name} small`) },
				{ path: 'large', content: content(300_000 + turn, `${name} large`) },
				...Array.from({ length: 20 }, (_, index) => ({ path: `${index}`, content: content(200, `${name} ${index}`) })),
			]);
			say({ acknowledged: files.map((file) => file.sha256) });
			if (turn % 5 === 4) await store.collectGarbage({ isReferenced: async (digests) => digests.map(() => true), rewriteFrom: 0 });
		}
	},

	/** Ingests the source, and says the most memory that this process ever had, in bytes. */
	memory: async ({ directory, source }) => {
		const store = await openStore({ directory, workers: 2 });
		const started = performance.now();
		const files = await store.ingest((await store.scanFolder(source)).files);
		const seconds = (performance.now() - started) / 1000;
		const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]) * 1024;
		const afterIngest = peak();
		const verified = await store.verify();
		for await (const piece of await store.openReader(files[0]!.sha256)) if (piece.length === 0) break;
		say({ files, seconds, afterIngest, peak: peak(), damaged: verified.damaged });
		await store.close();
	},
};

const scenario = scenarios[process.argv[2] ?? ''];
if (scenario === undefined) throw new Error(`No scenario ${process.argv[2]}`);
await scenario(JSON.parse(process.argv[3] ?? '{}') as Argument);
