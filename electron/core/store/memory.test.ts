import { statfsSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { childCommand, runChild } from './testing/runChild.ts';
import { bytesOf, Workspace } from './testing/workspace.ts';

const GiB = 1024 ** 3;
const space = statfsSync(tmpdir());
const room = space.bavail * space.bsize;
const needed = 8 * GiB;

describe('memory', () => {
	it.skipIf(room < needed || process.platform !== 'linux')(
		'takes, verifies and reads a file of 5 GiB with less than 300 MB of memory in the whole process (needs 8 GiB of disk, Linux)',
		async () => {
			await using workspace = new Workspace();
			const source = workspace.folder('model', {});
			const path = join(source, 'model.safetensors');
			writeFileSync(path, bytesOf('head', 1_000_000));
			truncateSync(path, 5 * GiB);
			const [answer] = await runChild(childCommand('memory', { directory: workspace.storeDirectory, source }));
			expect(answer).toMatchObject({ files: [{ path: 'model.safetensors', size: 5 * GiB }], damaged: [] });
			expect(answer!['peak']).toBeLessThan(300_000_000);
		},
		300_000,
	);
});
