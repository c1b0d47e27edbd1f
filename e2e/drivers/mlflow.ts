/** The real MLflow server from PyPI and its real client, as processes. `build/test.mjs remotes` makes their environment. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { dirname, join } from 'node:path';
import { startActing, type ActingClient } from './actingClient.ts';
import { freePort, type S3Server } from './servers.ts';

export { freePort };

/** @throws when `build/test.mjs` did not start this */
function python(): string {
  const path = process.env['VITRINE_PYTHON_MLFLOW'];
  if (path === undefined) throw new Error('VITRINE_PYTHON_MLFLOW is missing: start these tests with `node build/test.mjs remotes`.');
  return path;
}

function environment(folder: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  mkdirSync(folder, { recursive: true });
  return {
    PATH: `${dirname(python())}:/usr/local/bin:/usr/bin:/bin`, HOME: folder, LANG: 'C.UTF-8', TMPDIR: process.env['TMPDIR'] ?? '/tmp', NO_PROXY: '*', no_proxy: '*', PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1', GIT_PYTHON_REFRESH: 'quiet',
    MLFLOW_DISABLE_TELEMETRY: 'true', DO_NOT_TRACK: 'true', MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false', MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR: 'false', ...more,
  };
}

export type MlflowServer = { readonly url: string; readonly folder: string; stop(): Promise<void>; start(): Promise<void> };

export type MlflowOptions = {
  /** Its one administrator; others may do nothing but what they are granted where `closed`, else read. */
  readonly basicAuth?: { readonly username: string; readonly password: string; readonly closed?: boolean };
  /** For SQLAlchemy; a file in the folder without it. */
  readonly database?: string;
  /** Artifacts in a bucket; `served`: through the server, else straight from the bucket. A folder without it. */
  readonly bucket?: { readonly name: string; readonly server: S3Server; readonly served: boolean };
  readonly workspaces?: boolean;
  /** Processes that answer; one without it, though the server itself would start four. */
  readonly workers?: number;
  readonly tls?: { readonly key: string; readonly certificate: string; readonly authority: string };
};

/** What boto3 needs, in the server and in the client. */
export function bucketEnvironment({ url, accessKey, secretKey }: S3Server): Record<string, string> {
  return { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey, AWS_DEFAULT_REGION: 'us-east-1', MLFLOW_S3_ENDPOINT_URL: url, AWS_EC2_METADATA_DISABLED: 'true' };
}

/** A server, by default on SQLite with its artifacts in a folder and served by itself. Its output goes to `server.log` there. */
export async function startMlflow(folder: string, options: MlflowOptions = {}): Promise<MlflowServer> {
  const port = await freePort();
  const url = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  const { bucket } = options;
  let child: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    const args = ['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', String(options.workers ?? 1), '--backend-store-uri', options.database ?? `sqlite:///${join(folder, 'mlflow.db')}`];
    if (bucket === undefined) args.push('--artifacts-destination', join(folder, 'artifacts'));
    else if (bucket.served) args.push('--artifacts-destination', `s3://${bucket.name}/artifacts`);
    else args.push('--no-serve-artifacts', '--default-artifact-root', `s3://${bucket.name}/artifacts`);
    if (options.workspaces === true) args.push('--enable-workspaces');
    if (options.tls !== undefined) args.push('--uvicorn-opts', `--ssl-keyfile ${options.tls.key} --ssl-certfile ${options.tls.certificate}`);
    if (options.basicAuth !== undefined) args.push('--app-name', 'basic-auth');
    const accounts = join(folder, 'accounts.ini');
    if (options.basicAuth !== undefined) writeFileSync(accounts, `[mlflow]\ndefault_permission = ${options.basicAuth.closed === true ? 'NO_PERMISSIONS' : 'READ'}\ndatabase_uri = sqlite:///${join(folder, 'accounts.db')}\nadmin_username = ${options.basicAuth.username}\nauthorization_function = mlflow.server.auth:authenticate_request_basic_auth\n`);
    const found = environment(folder, { ...(bucket === undefined ? {} : bucketEnvironment(bucket.server)), ...(options.basicAuth === undefined ? {} : { MLFLOW_FLASK_SERVER_SECRET_KEY: 'for a test', MLFLOW_AUTH_CONFIG_PATH: accounts, MLFLOW_AUTH_ADMIN_USERNAME: options.basicAuth.username, MLFLOW_AUTH_ADMIN_PASSWORD: options.basicAuth.password }) });
    const log = openSync(join(folder, 'server.log'), 'a');
    // A group of its own: the server starts workers, and ends with all of them.
    const started = spawn(python(), args, { cwd: folder, env: found, stdio: ['ignore', log, log], detached: true });
    child = started;
    const ended = new Promise<never>((_, reject) => {
      started.once('exit', (code, signal) => reject(new Error(`The MLflow server ended with ${code ?? signal}: see ${join(folder, 'server.log')}`)));
    });
    ended.catch(() => undefined);
    await Promise.race([untilHealthy(url, options.tls?.authority), ended]);
  };
  await start();
  return {
    url, folder, start,
    async stop() {
      const running = child;
      child = null;
      if (running?.pid === undefined || running.exitCode !== null) return;
      const gone = new Promise<void>((resolve) => running.once('exit', () => resolve()));
      process.kill(-running.pid, 'SIGKILL');
      await gone;
    },
  };
}

/** There is nothing to wait for but that it answers. */
async function untilHealthy(url: string, authority?: string): Promise<void> {
  const until = performance.now() + 120_000;
  for (;;) {
    if (await (authority === undefined ? fetch(`${url}/health`).then(({ ok }) => ok, () => false) : isHealthy(`${url}/health`, readFileSync(authority)))) return;
    if (performance.now() > until) throw new Error(`The MLflow server at ${url} does not get healthy.`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const isHealthy = (url: string, ca: Buffer): Promise<boolean> =>
  new Promise((resolve) => {
    get(url, { ca }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    }).once('error', () => resolve(false));
  });

export type MlflowClient = ActingClient;

/** The official client, kept running. */
export const startMlflowClient = (url: string, folder: string, more: Readonly<Record<string, string>> = {}): Promise<MlflowClient> => startActing(python(), join(import.meta.dirname, '..', 'remotes', 'programs', 'act.py'), folder, environment(folder, { MLFLOW_TRACKING_URI: url, ...more }));
