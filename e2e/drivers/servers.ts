/** An S3-compatible server and PostgreSQL, as processes of their own. `build/test.mjs remotes` makes them ready. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A program that a test needs, or why it isn't here. Where the result counts, not to have it is a failure. */
export function needed(name: 'S3' | 'POSTGRES'): { readonly path: string } | { readonly obstacle: string } {
  const path = process.env[`VITRINE_${name}`];
  if (path !== undefined) return { path };
  const obstacle = process.env[`VITRINE_NO_${name}`] ?? `VITRINE_${name} is missing: start these tests with “node build/test.mjs remotes”.`;
  if (process.env['CI'] === 'true') throw new Error(obstacle);
  return { obstacle };
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** There is nothing to wait for but that it answers. */
export async function untilIt(what: string, does: () => Promise<boolean> | boolean, child: ChildProcess): Promise<void> {
  const end = performance.now() + 120_000;
  while (!(await does())) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${what} ended with ${child.exitCode ?? child.signalCode}.`);
    if (performance.now() > end) throw new Error(`${what} does not come up.`);
    await sleep(50);
  }
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  await gone;
}

export type S3Server = { readonly url: string; readonly accessKey: string; readonly secretKey: string; /** Where its buckets lie as folders. */ readonly folder: string; stop(): Promise<void> };

/** A real S3-compatible server that checks signatures and keeps its objects as files, with empty buckets. */
export async function startS3(program: string, folder: string, buckets: readonly string[]): Promise<S3Server> {
  const data = join(folder, 'data');
  for (const bucket of buckets) mkdirSync(join(data, bucket), { recursive: true });
  mkdirSync(join(folder, 'meta'), { recursive: true });
  const port = await freePort();
  const [accessKey, secretKey] = ['vitrine-test', 'a-secret-for-tests'];
  const log = openSync(join(folder, 's3.log'), 'a');
  const child = spawn(program, ['--port', `127.0.0.1:${port}`, 'posix', '--sidecar', join(folder, 'meta'), data], { env: { ...process.env, ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey, VGW_REGION: 'us-east-1' }, stdio: ['ignore', log, log] });
  const url = `http://127.0.0.1:${port}`;
  await untilIt('The S3 server', () => fetch(url).then(() => true, () => false), child);
  return { url, accessKey, secretKey, folder: data, stop: () => ended(child, 'SIGTERM') };
}

export type Postgres = { /** For SQLAlchemy. */ readonly uri: string; stop(): Promise<void> };

/** A database server in a folder of its own; under root it runs as another user, since it refuses to run as that one. */
export async function startPostgres(programs: string): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-postgres-'));
  const who = process.getuid?.() === 0 ? ordinaryUser() : null;
  if (who !== null) chownSync(folder, who.uid, who.gid);
  const data = join(folder, 'data');
  const options = { ...who, cwd: folder, env: { PATH: `${programs}:/usr/bin:/bin`, HOME: folder, LC_ALL: 'C.UTF-8' } };
  execFileSync(join(programs, 'initdb'), ['-D', data, '-U', 'vitrine', '-A', 'trust', '-E', 'UTF8', '--no-sync'], { ...options, stdio: 'pipe' });
  const port = await freePort();
  const child = spawn(join(programs, 'postgres'), ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-c', 'fsync=off', '-c', 'shared_buffers=32MB'], { ...options, stdio: 'ignore' });
  const isReady = (): boolean => {
    try {
      execFileSync(join(programs, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port)], { ...options, stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  await untilIt('PostgreSQL', isReady, child);
  return {
    uri: `postgresql+psycopg2://vitrine@127.0.0.1:${port}/postgres`,
    async stop() {
      await ended(child, 'SIGINT');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** `postgres`, as the distribution's packages make it, or who is nobody. */
function ordinaryUser(): { readonly uid: number; readonly gid: number } {
  const idOf = (user: string, which: '-u' | '-g'): number => Number(execFileSync('id', [which, user], { encoding: 'utf8' }).trim());
  for (const user of ['postgres', 'nobody']) {
    try {
      return { uid: idOf(user, '-u'), gid: idOf(user, '-g') };
    } catch {
      // There is no such user: the next one.
    }
  }
  throw new Error('There is no user but root, under whom PostgreSQL does not run.');
}

export type Authority = { readonly certificate: string; /** A key and a certificate for 127.0.0.1 and localhost, signed by it. */ readonly server: { readonly key: string; readonly certificate: string } };

/** A certificate authority of one's own, and what it signed. */
export function makeAuthority(folder: string): Authority {
  mkdirSync(folder, { recursive: true });
  const at = (name: string): string => join(folder, name);
  const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', at('ca.key'), '-out', at('ca.pem'), '-days', '2', '-subj', '/CN=Test authority', '-addext', 'basicConstraints=critical,CA:TRUE');
  openssl('req', '-x509', ...key, '-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-keyout', at('server.key'), '-out', at('server.pem'), '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-addext', 'basicConstraints=critical,CA:FALSE');
  return { certificate: at('ca.pem'), server: { key: at('server.key'), certificate: at('server.pem') } };
}
