/**
 * A fake of MLflow's server, for tests with many seeds: its registry, runs and artifacts in memory, its quirks as they were measured on the
 * real one (times that aliases and tags don't move, offset paging, no compare-and-set, an alias left behind by a deleted version), a clock of
 * its own, and faults on the way. What holds here is held against the real server in `e2e/remotes`.
 *
 * Each server stands below a path of its own (`/s7/api/2.0/…`), so that one listener serves as many as a test wants.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type FakeVersion = { readonly version: number; readonly created: number; updated: number; description: string; stage: string; readonly tags: Map<string, string>; readonly source: string; readonly runId: string };
export type FakeModel = { name: string; readonly created: number; updated: number; description: string; readonly tags: Map<string, string>; readonly aliases: Map<string, number>; readonly versions: Map<number, FakeVersion>; next: number };
type FakeRun = { readonly id: string; readonly name: string; readonly tags: Map<string, string>; status: string };

/** One write of a field that the server took, in the order in which it took them. */
export type Written = { readonly by: string; readonly model: string; readonly field: string; readonly value: string | null };

/** What becomes of a request: `lost` is done and its answer is not heard. */
export type FakeFault = 'pass' | 'drop' | 'lost' | 'truncated' | 'repeated' | 'busy' | 'away for an hour' | 'broken' | 'html' | { readonly delay: number };

export type FakeMlflow = {
  readonly url: string;
  readonly models: Map<string, FakeModel>;
  readonly written: Written[];
  /** Milliseconds that its clock is ahead of ours; it may go back. */
  skew: number;
  /** Rows that a page has at most, whatever is asked for. */
  pageCap: number;
  requests: number;
  /** Whether it takes a list of names where versions are searched: older servers don't. */
  takesLists: boolean;
  /** Asked before each request; null: all pass. */
  fault: ((method: string, path: string) => FakeFault | Promise<FakeFault>) | null;
  /** Told of each request that it answers. */
  heard: ((method: string, path: string, fields: Readonly<Record<string, unknown>>) => void) | null;
  now(): number;
  /** Acts as some other client does, without a request. */
  act(by: string, path: string, body: Readonly<Record<string, unknown>>): unknown;
};

export type FakeMlflows = { make(): FakeMlflow; close(): Promise<void> };

class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
const missing = (what: string): Refusal => new Refusal(404, 'RESOURCE_DOES_NOT_EXIST', `${what} not found`);

type Fields = Readonly<Record<string, unknown>>;
type Pairs = readonly { readonly key: string; readonly value?: string }[];
const pairs = (tags: ReadonlyMap<string, string>): unknown => [...tags].map(([key, value]) => ({ key, value }));
const text = (fields: Fields, key: string): string => (typeof fields[key] === 'string' || typeof fields[key] === 'number' ? String(fields[key]) : '');

class Server implements FakeMlflow {
  readonly url: string;
  readonly models = new Map<string, FakeModel>();
  readonly runs = new Map<string, FakeRun>();
  readonly artifacts = new Map<string, Buffer>();
  readonly written: Written[] = [];
  skew = 0;
  pageCap = Infinity;
  requests = 0;
  takesLists = true;
  fault: FakeMlflow['fault'] = null;
  heard: FakeMlflow['heard'] = null;
  #tick = 0;

  constructor(url: string) {
    this.url = url;
  }

  /** Never twice the same, so that the order of changes shows. */
  now(): number {
    this.#tick = Math.max(this.#tick + 1, Date.now());
    return this.#tick + this.skew;
  }

  #model(name: string): FakeModel {
    const model = this.models.get(name);
    if (model === undefined) throw missing(`Registered Model with name=${name}`);
    return model;
  }

  #version(name: string, version: string): FakeVersion {
    const found = this.#model(name).versions.get(Number(version));
    if (found === undefined) throw missing(`Model Version (name=${name}, version=${version})`);
    return found;
  }

  #row(model: FakeModel): Fields {
    const latest = [...model.versions.values()].at(-1);
    return {
      name: model.name, creation_timestamp: model.created, last_updated_timestamp: model.updated, description: model.description, tags: pairs(model.tags), aliases: [...model.aliases].map(([alias, version]) => ({ alias, version: String(version) })),
      latest_versions: latest === undefined ? [] : [this.#versionRow(model, latest)],
    };
  }

  #versionRow(model: FakeModel, version: FakeVersion): Fields {
    return { name: model.name, version: String(version.version), creation_timestamp: version.created, last_updated_timestamp: version.updated, current_stage: version.stage, description: version.description, source: version.source, run_id: version.runId, status: 'READY', tags: pairs(version.tags) };
  }

  act(by: string, path: string, body: Fields): unknown {
    return this.#answer(by, path.startsWith('DELETE ') ? 'DELETE' : 'POST', path.replace(/^DELETE /u, ''), body);
  }

  #note(by: string, model: string, field: string, value: string | null): void {
    this.written.push({ by, model, field, value });
  }

  #page<Row>(rows: readonly Row[], fields: Fields): { readonly rows: readonly Row[]; readonly next: string } {
    const begin = text(fields, 'page_token') === '' ? 0 : Number(Buffer.from(text(fields, 'page_token'), 'base64').toString().replace(/\D/gu, ''));
    const most = Number(text(fields, 'max_results') || '100');
    // Nothing asked for is nothing given, with a token that leads to the same again.
    const end = begin + Math.max(0, Math.min(this.pageCap, most));
    return { rows: rows.slice(begin, end), next: end < rows.length ? Buffer.from(`{"offset":${end}}`).toString('base64') : '' };
  }

  answer(by: string, method: string, path: string, fields: Fields): unknown {
    return this.#answer(by, method, path, fields);
  }

  #answer(by: string, method: string, path: string, fields: Fields): unknown {
    const name = text(fields, 'name');
    const key = text(fields, 'key');
    switch (path) {
      case 'registered-models/search': {
        const order = text(fields, 'order_by');
        if (!/^(?:name|last_updated_timestamp)(?: (?:ASC|DESC))?$/u.test(order)) throw new Refusal(400, 'INVALID_PARAMETER_VALUE', `Invalid order_by: ${order}`);
        const [, comparator, , wanted = ''] = /^name (=|LIKE) (['"])(.*)\2$/u.exec(text(fields, 'filter')) ?? [];
        const isWanted = (model: FakeModel): boolean => comparator === undefined || (comparator === '=' ? model.name === wanted : new RegExp(`^${wanted.replaceAll(/[^\p{L}\p{N}\s_]/gu, (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`).replaceAll('_', '.')}$`, 'u').test(model.name));
        const rows = [...this.models.values()].filter(isWanted).sort(order.startsWith('last_updated') ? (left, right) => right.updated - left.updated : (left, right) => (left.name < right.name ? -1 : 1));
        const page = this.#page(rows, fields);
        return { registered_models: page.rows.map((row) => this.#row(row)), next_page_token: page.next };
      }
      case 'registered-models/get':
        return { registered_model: this.#row(this.#model(name)) };
      case 'registered-models/create': {
        if (this.models.has(name)) throw new Refusal(400, 'RESOURCE_ALREADY_EXISTS', `Registered Model (name=${name}) already exists.`);
        const now = this.now();
        const model: FakeModel = { name, created: now, updated: now, description: text(fields, 'description'), tags: tagMap(fields['tags']), aliases: new Map(), versions: new Map(), next: 1 };
        this.models.set(name, model);
        this.#note(by, name, 'description', model.description);
        for (const [tag, value] of model.tags) this.#note(by, name, `tag ${tag}`, value);
        return { registered_model: this.#row(model) };
      }
      case 'registered-models/update': {
        const model = this.#model(name);
        model.description = text(fields, 'description');
        model.updated = this.now();
        this.#note(by, name, 'description', model.description);
        return { registered_model: this.#row(model) };
      }
      case 'registered-models/rename': {
        const model = this.#model(name);
        const next = text(fields, 'new_name');
        if (this.models.has(next)) throw new Refusal(400, 'RESOURCE_ALREADY_EXISTS', `Registered Model (name=${next}) already exists.`);
        this.models.delete(name);
        model.name = next;
        model.updated = this.now();
        for (const version of model.versions.values()) version.updated = model.updated;
        this.models.set(next, model);
        this.#note(by, name, 'name', next);
        return { registered_model: this.#row(model) };
      }
      case 'registered-models/delete':
        this.#model(name);
        this.models.delete(name);
        return {};
      case 'registered-models/set-tag':
        this.#model(name).tags.set(key, text(fields, 'value'));
        this.#note(by, name, `tag ${key}`, text(fields, 'value'));
        return {};
      case 'registered-models/delete-tag':
        if (!this.#model(name).tags.delete(key)) throw missing(`Tag ${key}`);
        this.#note(by, name, `tag ${key}`, null);
        return {};
      case 'registered-models/alias': {
        const model = this.#model(name);
        const alias = text(fields, 'alias');
        if (method === 'GET') {
          const version = model.aliases.get(alias);
          if (version === undefined) throw new Refusal(400, 'INVALID_PARAMETER_VALUE', `Registered model alias ${alias} not found.`);
          return { model_version: this.#versionRow(model, this.#version(name, String(version))) };
        }
        if (method === 'DELETE') {
          model.aliases.delete(alias);
          this.#note(by, name, `alias ${alias}`, null);
          return {};
        }
        this.#version(name, text(fields, 'version'));
        model.aliases.set(alias, Number(text(fields, 'version')));
        this.#note(by, name, `alias ${alias}`, text(fields, 'version'));
        return {};
      }
      case 'model-versions/search': {
        const filter = text(fields, 'filter');
        const list = /^name IN \((.*)\)$/u.exec(filter)?.[1];
        if (list !== undefined && !this.takesLists) throw new Refusal(400, 'INVALID_PARAMETER_VALUE', `Invalid clause(s) in filter string: ${filter}`);
        const names = list === undefined ? [/name (?:=|LIKE) (['"])(.*?)\1/u.exec(filter)?.[2] ?? ''] : [...list.matchAll(/'([^']*)'/gu)].map((match) => match[1] ?? '');
        const tag = /tags\.`(.*?)` = (['"])(.*?)\2/u.exec(filter);
        const rows = names.flatMap((one) => this.models.get(one) ?? []).flatMap((model) => [...model.versions.values()].map((version) => ({ model, version })))
          .filter(({ version }) => tag === null || version.tags.get(tag[1] ?? '') === tag[3]).sort((left, right) => right.version.updated - left.version.updated);
        const page = this.#page(rows, fields);
        return { model_versions: page.rows.map(({ model, version }) => this.#versionRow(model, version)), next_page_token: page.next };
      }
      case 'model-versions/get':
        // Only here are aliases among what a version says, as on the real one.
        return { model_version: { ...this.#versionRow(this.#model(name), this.#version(name, text(fields, 'version'))), aliases: [...this.#model(name).aliases].filter(([, version]) => String(version) === text(fields, 'version')).map(([alias]) => alias) } };
      case 'model-versions/create': {
        const model = this.#model(name);
        const now = this.now();
        const version: FakeVersion = { version: model.next++, created: now, updated: now, description: text(fields, 'description'), stage: 'None', tags: tagMap(fields['tags']), source: text(fields, 'source'), runId: text(fields, 'run_id') };
        model.versions.set(version.version, version);
        model.updated = now;
        this.#note(by, name, `version ${version.version}`, version.tags.get('vitrine.mutation') ?? '');
        return { model_version: this.#versionRow(model, version) };
      }
      case 'model-versions/update': {
        const version = this.#version(name, text(fields, 'version'));
        version.description = text(fields, 'description');
        version.updated = this.now();
        this.#note(by, name, `text ${version.version}`, version.description);
        return { model_version: this.#versionRow(this.#model(name), version) };
      }
      case 'model-versions/transition-stage': {
        const model = this.#model(name);
        const version = this.#version(name, text(fields, 'version'));
        if (!['None', 'Staging', 'Production', 'Archived'].includes(text(fields, 'stage'))) throw new Refusal(400, 'INVALID_PARAMETER_VALUE', `Invalid Model Version stage: ${text(fields, 'stage')}.`);
        version.stage = text(fields, 'stage');
        version.updated = this.now();
        model.updated = version.updated;
        this.#note(by, name, `stage ${version.version}`, version.stage);
        return { model_version: this.#versionRow(model, version) };
      }
      case 'model-versions/set-tag':
        this.#version(name, text(fields, 'version')).tags.set(key, text(fields, 'value'));
        return {};
      case 'model-versions/delete-tag':
        if (!this.#version(name, text(fields, 'version')).tags.delete(key)) throw missing(`Tag ${key}`);
        return {};
      case 'model-versions/delete': {
        const model = this.#model(name);
        this.#version(name, text(fields, 'version'));
        // Its aliases stay behind, as on the real one.
        model.versions.delete(Number(text(fields, 'version')));
        model.updated = this.now();
        this.#note(by, name, `version ${text(fields, 'version')}`, null);
        return {};
      }
      case 'model-versions/get-download-uri':
        return { artifact_uri: this.#version(name, text(fields, 'version')).source };
      case 'experiments/get-by-name':
        return { experiment: { experiment_id: '1', name: text(fields, 'experiment_name') } };
      case 'experiments/search':
        return { experiments: [{ experiment_id: '1', name: 'Vitrine' }] };
      case 'runs/create': {
        const id = `run${this.runs.size + 1}`;
        const run: FakeRun = { id, name: text(fields, 'run_name'), tags: tagMap(fields['tags']), status: 'RUNNING' };
        this.runs.set(id, run);
        return { run: runRow(run) };
      }
      case 'runs/search': {
        const filter = text(fields, 'filter');
        const tag = /tags\.`(.*?)` = (['"])(.*?)\2/u.exec(filter);
        const ids = new Set([...filter.matchAll(/'([^']*)'/gu)].map((match) => match[1]));
        return { runs: [...this.runs.values()].filter((run) => (tag === null ? ids.has(run.id) : run.tags.get(tag[1] ?? '') === tag[3])).slice(0, Number(text(fields, 'max_results') || '1000')).map(runRow) };
      }
      case 'runs/update': {
        const run = this.runs.get(text(fields, 'run_id'));
        if (run === undefined) throw missing('Run');
        run.status = text(fields, 'status');
        return {};
      }
      case 'runs/log-batch':
        return {};
      default:
        throw new Refusal(404, 'ENDPOINT_NOT_FOUND', path);
    }
  }

  listFiles(folder: string): unknown {
    const inside = new Map<string, unknown>();
    for (const [path, bytes] of this.artifacts) {
      if (!path.startsWith(`${folder}/`)) continue;
      const [first = '', ...rest] = path.slice(folder.length + 1).split('/');
      inside.set(first, rest.length > 0 ? { path: first, is_dir: true } : { path: first, is_dir: false, file_size: bytes.length });
    }
    return { files: [...inside.values()] };
  }
}

const runRow = (run: FakeRun): unknown => ({ info: { run_id: run.id, run_name: run.name, experiment_id: '1', status: run.status, start_time: 1, end_time: 2, artifact_uri: `mlflow-artifacts:/1/${run.id}/artifacts` }, data: { tags: pairs(run.tags) } });
const tagMap = (tags: unknown): Map<string, string> => new Map((Array.isArray(tags) ? (tags as Pairs) : []).map(({ key, value }) => [key, value ?? '']));

export async function startFakeMlflows(): Promise<FakeMlflows> {
  const servers = new Map<string, Server>();
  const listener = createServer((incoming, outgoing) => void serve(incoming, outgoing).catch(() => outgoing.destroy()));

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of incoming) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    const url = new URL(incoming.url ?? '/', 'http://fake');
    const [, key = '', ...rest] = url.pathname.split('/');
    const server = servers.get(key);
    if (server === undefined) {
      outgoing.writeHead(404).end();
      return;
    }
    const path = rest.map(decodeURIComponent).join('/');
    const method = incoming.method ?? 'GET';
    const by = (incoming.headers.authorization ?? '').replace(/^Bearer /u, '');
    server.requests += 1;
    const fault = (await server.fault?.(method, path)) ?? 'pass';
    if (typeof fault === 'object') await new Promise((resolve) => setTimeout(resolve, fault.delay));
    const reply = (status: number, type: string, content: string | Buffer): void => {
      if (fault === 'lost') {
        incoming.socket.destroy();
        return;
      }
      const bytes = Buffer.from(content);
      outgoing.writeHead(status, { 'content-type': type, date: new Date(Date.now() + server.skew).toUTCString(), ...(fault === 'truncated' ? {} : { 'content-length': bytes.length }) });
      if (fault === 'truncated') {
        // Some proxies end an answer that was cut off as if it were whole.
        outgoing.end(bytes.subarray(0, Math.floor(bytes.length / 2)));
        return;
      }
      outgoing.end(bytes);
    };
    switch (fault) {
      case 'drop':
        incoming.socket.destroy();
        return;
      case 'busy':
      case 'away for an hour':
        outgoing.writeHead(429, { 'retry-after': fault === 'busy' ? '1' : '3600' }).end('slow down');
        return;
      case 'broken':
        outgoing.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>');
        return;
      case 'html':
        outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<html>Please sign in</html>');
        return;
      default:
    }
    if (path === 'version') {
      reply(200, 'text/plain', '3.17.2');
      return;
    }
    const artifacts = 'api/2.0/mlflow-artifacts/artifacts';
    if (path === artifacts) {
      reply(200, 'application/json', JSON.stringify(server.listFiles(url.searchParams.get('path') ?? '')));
      return;
    }
    if (path.startsWith(`${artifacts}/`)) {
      const file = path.slice(artifacts.length + 1);
      if (method === 'PUT') {
        server.artifacts.set(file, body);
        reply(200, 'application/json', '{}');
        return;
      }
      const found = server.artifacts.get(file);
      reply(found === undefined ? 404 : 200, 'application/octet-stream', found ?? 'no such file');
      return;
    }
    const fields = body.length > 0 ? (JSON.parse(body.toString('utf8')) as Fields) : Object.fromEntries(url.searchParams);
    try {
      const asked = path.replace('api/2.0/mlflow/', '');
      server.heard?.(method, asked, fields);
      let answer = server.answer(by, method, asked, fields);
      // What is sent twice on the way is done twice; the second answer is the one that is heard.
      if (fault === 'repeated') answer = server.answer(by, method, asked, fields);
      reply(200, 'application/json', JSON.stringify(answer));
    } catch (thrown) {
      if (!(thrown instanceof Refusal)) throw thrown;
      reply(thrown.status, 'application/json', JSON.stringify({ error_code: thrown.code, message: thrown.message }));
    }
  }

  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const { port } = listener.address() as AddressInfo;
  return {
    make() {
      const key = `s${servers.size + 1}`;
      const server = new Server(`http://127.0.0.1:${port}/${key}`);
      servers.set(key, server);
      return server;
    },
    close: () =>
      new Promise((resolve) => {
        listener.closeAllConnections();
        listener.close(() => resolve());
      }),
  };
}
