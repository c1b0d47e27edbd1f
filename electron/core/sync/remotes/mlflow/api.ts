/** MLflow's REST interface, as far as it is used: paths, shapes, paging. What each answer means is the connector's. */
import { createHash } from 'node:crypto';
import { isVitrineError } from '#shared/contract/errors.ts';
import type { Call, RemoteHttp } from '../../http.ts';

export type Tag = { readonly key: string; readonly value?: string };
export type ModelVersion = {
  readonly name: string; readonly version: string | number; readonly creation_timestamp?: number | string; readonly last_updated_timestamp?: number | string; readonly user_id?: string; readonly current_stage?: string; readonly description?: string; readonly source?: string;
  readonly run_id?: string; readonly status?: string; readonly tags?: readonly Tag[]; readonly aliases?: readonly string[];
};
export type RegisteredModel = {
  readonly name: string; readonly creation_timestamp?: number | string; readonly last_updated_timestamp?: number | string; readonly description?: string; readonly tags?: readonly Tag[]; readonly aliases?: readonly { readonly alias: string; readonly version: string | number }[];
  readonly latest_versions?: readonly ModelVersion[];
};
export type Metric = { readonly key: string; readonly value: number; readonly timestamp?: number; readonly step?: number };
export type DatasetInput = { readonly tags?: readonly Tag[]; readonly dataset?: { readonly name?: string; readonly digest?: string; readonly source_type?: string; readonly source?: string; readonly schema?: string } };
export type Run = {
  readonly info: { readonly run_id: string; readonly run_name?: string; readonly experiment_id: string; readonly status?: string; readonly start_time?: number | string; readonly end_time?: number | string; readonly artifact_uri?: string; readonly lifecycle_stage?: string };
  readonly data?: { readonly metrics?: readonly Metric[]; readonly params?: readonly { readonly key: string; readonly value: string }[]; readonly tags?: readonly Tag[] };
  readonly inputs?: { readonly dataset_inputs?: readonly DatasetInput[]; /** Only of a run that is asked for by itself. */ readonly model_inputs?: readonly { readonly model_id?: string }[] };
  readonly outputs?: { readonly model_outputs?: readonly { readonly model_id?: string }[] };
};
export type Experiment = { readonly experiment_id: string; readonly name: string; readonly artifact_location?: string };
export type FileInfo = { readonly path: string; readonly is_dir?: boolean; readonly file_size?: number | string };

const root = '/api/2.0/mlflow';

const isText = (value: unknown, most: number): boolean => value === undefined || value === null || (typeof value === 'string' && value.length <= most);
const isTime = (value: unknown): boolean => value === undefined || value === null || Number.isFinite(Number(value));
const isPairs = (value: unknown, key: string): boolean => value === undefined || value === null || (Array.isArray(value) && value.every((one: unknown) => typeof one === 'object' && one !== null && typeof (one as Readonly<Record<string, unknown>>)[key] === 'string'));
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

function isModel(row: unknown): row is RegisteredModel {
  return isRecord(row) && typeof row['name'] === 'string' && row['name'].length <= 1000 && isText(row['description'], 1_000_000) && isTime(row['creation_timestamp']) && isTime(row['last_updated_timestamp']) && isPairs(row['tags'], 'key') && isPairs(row['aliases'], 'alias')
    && (row['latest_versions'] === undefined || row['latest_versions'] === null || (Array.isArray(row['latest_versions']) && row['latest_versions'].every(isVersion)));
}

function isVersion(row: unknown): row is ModelVersion {
  return isRecord(row) && /^\d{1,15}$/u.test(String(row['version'])) && isText(row['description'], 1_000_000) && isText(row['source'], 10_000) && isText(row['run_id'], 1000) && isTime(row['creation_timestamp']) && isTime(row['last_updated_timestamp']) && isPairs(row['tags'], 'key');
}
/** More rows than this in one list is nothing that a registry holds. */
const mostRows = 1_000_000;
/** Pages with nothing on them, one after the other, that are still taken for a list. */
const mostEmptyPages = 20;

export class MlflowApi {
  readonly http: RemoteHttp;
  #takesLists = true;

  constructor(http: RemoteHttp) {
    this.http = http;
  }

  get<Value>(path: string, query: Readonly<Record<string, string | number | undefined>>, signal: AbortSignal): Promise<Value> {
    return this.#asked<Value>(`${root}/${path}`, { query, signal });
  }

  post<Value>(path: string, body: unknown, signal: AbortSignal): Promise<Value> {
    return this.#asked<Value>(`${root}/${path}`, { method: 'POST', body, signal });
  }

  patch<Value>(path: string, body: unknown, signal: AbortSignal): Promise<Value> {
    return this.#asked<Value>(`${root}/${path}`, { method: 'PATCH', body, signal });
  }

  delete<Value>(path: string, body: unknown, signal: AbortSignal): Promise<Value> {
    return this.#asked<Value>(`${root}/${path}`, { method: 'DELETE', body, signal });
  }

  async #asked<Value>(path: string, call: Call): Promise<Value> {
    const answer = await this.http.json<Value>(path, call);
    if (!isRecord(answer) || Array.isArray(answer)) throw this.http.nonsense('answered with something that is no answer');
    return answer;
  }

  /** Like `get`, with null for what isn't there. */
  async find<Value>(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Value | null> {
    try {
      return await this.get<Value>(path, query, signal);
    } catch (thrown) {
      if (isMissing(thrown)) return null;
      throw thrown;
    }
  }

  async models(max: number, order: string, token: string | undefined, signal: AbortSignal): Promise<{ readonly models: readonly RegisteredModel[]; readonly next: string | null }> {
    const answer = await this.get<{ readonly registered_models?: readonly RegisteredModel[]; readonly next_page_token?: string }>('registered-models/search', { max_results: max, order_by: order, page_token: token }, signal);
    return { models: this.#rows(answer.registered_models, isModel, 'models'), next: answer.next_page_token === undefined || answer.next_page_token === '' ? null : answer.next_page_token };
  }

  /** One model as lists show it, which is quick however many versions it has; null where none of that name is listed. */
  async listed(name: string, signal: AbortSignal): Promise<RegisteredModel | null> {
    const answer = await this.get<{ readonly registered_models?: readonly RegisteredModel[] }>('registered-models/search', { filter: filterOf('name', name).text, max_results: 1000, order_by: 'name ASC' }, signal);
    return this.#rows(answer.registered_models, isModel, 'models').find((model) => model.name === name) ?? null;
  }

  /** Every model, by name, so that what is made meanwhile moves as few rows as possible from page to page. */
  async *allModels(signal: AbortSignal): AsyncGenerator<readonly RegisteredModel[]> {
    yield* this.#walk(async (token) => this.models(1000, 'name ASC', token, signal), ({ models }) => models);
  }

  async versions(name: string, signal: AbortSignal, tag?: Tag): Promise<readonly ModelVersion[]> {
    const named = filterOf('name', name);
    const filter = tag === undefined ? named.text : `${named.text} and ${filterOf(`tags.\`${tag.key}\``, tag.value ?? '').text}`;
    return (await this.#versions(filter, signal)).filter((version) => version.name === name);
  }

  /** Null where the server takes no lists of names, which older ones don't. */
  async versionsOfSeveral(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, readonly ModelVersion[]> | null> {
    if (!this.#takesLists) return null;
    try {
      const found = new Map<string, ModelVersion[]>(names.map((name) => [name, []]));
      for (const version of await this.#versions(`name IN (${names.map((name) => `'${name}'`).join(', ')})`, signal)) found.get(version.name)?.push(version);
      return found;
    } catch (thrown) {
      if (errorCodeOf(thrown) !== 'INVALID_PARAMETER_VALUE') throw thrown;
      this.#takesLists = false;
      return null;
    }
  }

  async #versions(filter: string, signal: AbortSignal): Promise<readonly ModelVersion[]> {
    const found: ModelVersion[] = [];
    type Page = { readonly model_versions?: readonly ModelVersion[]; readonly next_page_token?: string };
    const pages = this.#walk(
      async (token) => {
        const page = await this.get<Page>('model-versions/search', { filter, max_results: 10_000, page_token: token }, signal);
        return { ...page, next: page.next_page_token === undefined || page.next_page_token === '' ? null : page.next_page_token };
      },
      (page) => this.#rows(page.model_versions, isVersion, 'versions'),
    );
    for await (const page of pages) found.push(...page);
    return found;
  }

  #rows<Row>(rows: unknown, isRow: (row: unknown) => row is Row, what: string): readonly Row[] {
    if (rows === undefined || rows === null) return [];
    if (!Array.isArray(rows) || !rows.every(isRow)) throw this.http.nonsense(`lists ${what} in a shape that none have`);
    return rows;
  }

  /** The part of an answer that the call is about. */
  part<Value extends object>(answer: Readonly<Record<string, unknown>>, key: string): Value {
    const value = answer[key];
    if (typeof value !== 'object' || value === null) throw this.http.nonsense(`answered without “${key}”`);
    return value as Value;
  }

  async *#walk<Page extends { readonly next: string | null }, Row>(ask: (token: string | undefined) => Promise<Page>, rowsOf: (page: Page) => readonly Row[]): AsyncGenerator<readonly Row[]> {
    const seen = new Set<string>();
    let token: string | undefined;
    let rows = 0;
    let empty = 0;
    while (rows <= mostRows && empty <= mostEmptyPages) {
      const page = await ask(token);
      const found = rowsOf(page);
      rows += found.length;
      empty = found.length === 0 ? empty + 1 : 0;
      yield found;
      if (page.next === null) return;
      // Some requests are answered with a token that never gets on.
      if (seen.has(page.next)) throw this.http.nonsense('gives a list that leads in a circle');
      seen.add(page.next);
      token = page.next;
    }
    throw this.http.nonsense(empty > mostEmptyPages ? 'goes on and on with empty pages' : `lists more than ${mostRows} rows`);
  }
}

/**
 * A condition. MLflow undoes no escapes, so a value with both kinds of quotes is looked for with a pattern that finds more, and whoever asks
 * must look at what came.
 */
export function filterOf(field: string, value: string): { readonly text: string } {
  if (!value.includes("'")) return { text: `${field} = '${value}'` };
  if (!value.includes('"')) return { text: `${field} = "${value}"` };
  return { text: `${field} LIKE '${value.replaceAll("'", '_')}'` };
}

/** Whether a name may stand in a list of names: the server reads those as Python does, and a quote or a backslash in one would make others of them. */
export const isListable = (name: string): boolean => !/['"\\\p{Cc}\p{Zl}\p{Zp}]/u.test(name);

export const errorCodeOf = (thrown: unknown): string | null => (isVitrineError(thrown) && thrown.code === 'remote_refused' && typeof thrown.details['errorCode'] === 'string' ? thrown.details['errorCode'] : null);

export const isMissing = (thrown: unknown): boolean => errorCodeOf(thrown) === 'RESOURCE_DOES_NOT_EXIST' || (isVitrineError(thrown) && thrown.code === 'remote_refused' && thrown.details['status'] === 404);

export const tagsOf = (tags: readonly Tag[] | undefined): Readonly<Record<string, string>> => Object.fromEntries((tags ?? []).map(({ key, value }) => [key, value ?? '']));

export const timeOf = (value: number | string | undefined): number => {
  const time = Number(value ?? 0);
  return Number.isFinite(time) && time >= 0 ? Math.trunc(time) : 0;
};

/** Two parts: of the model itself, and of the versions that come along with it, so that it shows which of them has to be read again. */
export function hashOf(model: RegisteredModel): string {
  const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);
  const sorted = (entries: Readonly<Record<string, string>>): unknown => Object.entries(entries).toSorted(([left], [right]) => (left < right ? -1 : 1));
  const own = [model.name, timeOf(model.creation_timestamp), timeOf(model.last_updated_timestamp), model.description ?? '', sorted(tagsOf(model.tags)), sorted(aliasesOf(model))];
  const latest = (model.latest_versions ?? []).map((version) => [String(version.version), timeOf(version.last_updated_timestamp), version.description ?? '', version.current_stage ?? '', sorted(tagsOf(version.tags))]).toSorted((left, right) => (String(left[0]) < String(right[0]) ? -1 : 1));
  return `${digest(own)}.${digest(latest)}`;
}

export const aliasesOf = (model: RegisteredModel): Readonly<Record<string, string>> => Object.fromEntries((model.aliases ?? []).map(({ alias, version }) => [alias, String(version)]));

/** Addresses may carry credentials: what is kept and shown of one has none. */
export function redacted(source: string): string {
  const url = URL.parse(source);
  if (url === null) return source;
  if (url.username === '' && url.password === '' && url.search === '') return source;
  url.username = '';
  url.password = '';
  url.search = '';
  return url.href;
}
