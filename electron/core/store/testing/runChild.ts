import { spawn, spawnSync, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const childPath = fileURLToPath(new URL('./child.ts', import.meta.url));

/** The command line of a scenario, for a shell or for {@link runChild}. */
export function childCommand(scenario: string, argument: object): readonly string[] {
	return [process.execPath, childPath, scenario, JSON.stringify(argument)];
}

/** Runs a scenario to its end; gives the values that it wrote. */
export async function runChild(command: readonly string[], options: SpawnOptions = {}): Promise<readonly Record<string, unknown>[]> {
	const child = spawn(command[0]!, command.slice(1), { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
	let errors = '';
	child.stderr!.on('data', (text: Buffer) => {
		errors += text.toString();
	});
	const lines: Record<string, unknown>[] = [];
	const reading = (async () => {
		for await (const line of createInterface({ input: child.stdout! })) lines.push(JSON.parse(line) as Record<string, unknown>);
	})();
	const [code] = (await once(child, 'close')) as [number | null];
	await reading;
	if (code !== 0) throw new Error(`The child ended with ${code}: ${errors}`);
	return lines;
}

/** Wraps a command so that it runs with file systems of its own, mounted by `mounts` (shell lines). */
export function inOwnMounts(mounts: string, command: readonly string[]): readonly string[] {
	return ['unshare', process.getuid?.() === 0 ? '-m' : '-rm', 'sh', '-c', `set -e\n${mounts}\nexec "$@"`, 'sh', ...command];
}

/** Why nothing can be mounted here, or null where it can. */
export function mountObstacle(): string | null {
	const [program, ...args] = inOwnMounts('mount -t tmpfs -o size=1m tmpfs /mnt', ['true']);
	const tried = spawnSync(program!, args, { encoding: 'utf8' });
	return tried.status === 0 ? null : (tried.error?.message ?? tried.stderr.trim());
}
