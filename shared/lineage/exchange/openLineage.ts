/**
 * OpenLineage run events: writing them from a lineage, and reading those of others.
 *
 * A run is a run event with its inputs and outputs; a version is a dataset with a version facet. Versions that were made from others by hand,
 * without a run, are told as a job event. What is ours has the namespace `vitrine://team/project`, by which it is known again.
 */
import type { LineageGraph, LineageNode, LineageRunNode, LineageVersionNode } from '../types.ts';

export const openLineageProducer = 'https://github.com/vitrine-app/vitrine';
const schema = (definition: string): string => `https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/${definition}`;
const facetSchema = (file: string, definition: string): string => `https://openlineage.io/spec/facets/1-0-1/${file}.json#/$defs/${definition}`;
export const ownNamespace = 'vitrine://';

export type OpenLineageWriting = {
  /** A UUID for a name, always the same one for the same name. */
  readonly uuidOf: (name: string) => string;
};

type Facet = Readonly<Record<string, unknown>> & { readonly _producer: string; readonly _schemaURL: string };

function facet(schemaUrl: string, content: Readonly<Record<string, unknown>>): Facet {
  return { _producer: openLineageProducer, _schemaURL: schemaUrl, ...content };
}

const namespaceOf = (node: LineageNode): string => `${ownNamespace}${encodeURIComponent(node.entity)}/${encodeURIComponent(node.project)}`;

/** The events of a lineage, in the order in which things happened. */
export function openLineageEvents(graph: LineageGraph, { uuidOf }: OpenLineageWriting): readonly Readonly<Record<string, unknown>>[] {
  const byKey = new Map(graph.nodes.map((node) => [node.key, node]));
  const inputs = new Map<string, Readonly<Record<string, unknown>>[]>();
  const outputs = new Map<string, Readonly<Record<string, unknown>>[]>();
  const derived = new Map<string, { readonly from: LineageVersionNode[]; readonly to: LineageVersionNode; readonly at: string }>();
  for (const edge of graph.edges) {
    const from = byKey.get(edge.from);
    const to = byKey.get(edge.to);
    if (from?.kind === 'version' && to?.kind === 'run') push(inputs, to.key, datasetOf(from, edge.usedAs));
    else if (from?.kind === 'run' && to?.kind === 'version') push(outputs, from.key, datasetOf(to));
    else if (from?.kind === 'version' && to?.kind === 'version') {
      const known = derived.get(to.key);
      if (known === undefined) derived.set(to.key, { from: [from], to, at: edge.byHand?.at ?? to.createdAt });
      else known.from.push(from);
    }
  }
  const events: { readonly eventTime: string; readonly [key: string]: unknown }[] = [];
  for (const node of graph.nodes) {
    if (node.kind === 'run') events.push(runEvent(node, inputs.get(node.key) ?? [], outputs.get(node.key) ?? [], uuidOf));
  }
  for (const { from, to, at } of derived.values()) {
    events.push({ eventTime: at, producer: openLineageProducer, schemaURL: schema('JobEvent'), job: { namespace: namespaceOf(to), name: `by-hand/${to.artifact}:v${to.index}` }, inputs: from.map((one) => datasetOf(one)), outputs: [datasetOf(to)] });
  }
  // A version that nothing joins is still there to be told.
  const joined = new Set(graph.edges.flatMap((edge) => [edge.from, edge.to]));
  for (const node of graph.nodes) {
    if (node.kind === 'version' && !joined.has(node.key)) events.push({ eventTime: node.createdAt, producer: openLineageProducer, schemaURL: schema('DatasetEvent'), dataset: datasetOf(node) });
  }
  return events.sort((left, right) => (left.eventTime < right.eventTime ? -1 : left.eventTime > right.eventTime ? 1 : 0));
}

function push<Item>(lists: Map<string, Item[]>, key: string, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);

function runEvent(run: LineageRunNode, inputs: readonly unknown[], outputs: readonly unknown[], uuidOf: (name: string) => string): { readonly eventTime: string } {
  const ended = run.durationSeconds === null ? run.createdAt : new Date(Date.parse(run.createdAt) + Math.round(run.durationSeconds * 1000)).toISOString();
  const eventType = { running: 'START', finished: 'COMPLETE', failed: 'FAIL', crashed: 'FAIL', killed: 'ABORT' }[run.state];
  const event = {
    eventType,
    eventTime: ended,
    producer: openLineageProducer,
    schemaURL: schema('RunEvent'),
    run: {
      runId: isUuid(run.runId) ? run.runId : uuidOf(`${run.entity}/${run.project}/${run.runId}`),
      facets: {
        nominalTime: facet(facetSchema('NominalTimeRunFacet', 'NominalTimeRunFacet'), { nominalStartTime: run.createdAt, ...(run.durationSeconds === null ? {} : { nominalEndTime: ended }) }),
        vitrine_run: facet(schema('RunFacet'), { runId: run.runId, displayName: run.displayName, state: run.state }),
      },
    },
    job: { namespace: namespaceOf(run), name: run.jobType ?? run.displayName },
    inputs,
    outputs,
  };
  return event;
}

function datasetOf(version: LineageVersionNode, usedAs?: string): Readonly<Record<string, unknown>> {
  return {
    namespace: namespaceOf(version),
    name: version.artifact,
    facets: {
      version: facet(facetSchema('DatasetVersionDatasetFacet', 'DatasetVersionDatasetFacet'), { datasetVersion: `v${version.index}` }),
      vitrine_version: facet(schema('DatasetFacet'), {
        type: version.type, size: version.size, aliases: version.aliases.map((alias) => alias.name), links: version.links.map((link) => `wandb-registry-${link.registry}/${link.collection}:v${link.index}`),
        ...(usedAs === undefined ? {} : { usedAs }),
      }),
    },
  };
}

// Reading --------------------------------------------------------------------------------------------------------------

export type ReadDataset = { readonly namespace: string; readonly name: string; /** What its place calls this state of it. */ readonly version: string | null };
export type ReadEvent = {
  readonly runId: string;
  readonly type: 'START' | 'RUNNING' | 'COMPLETE' | 'ABORT' | 'FAIL' | 'OTHER' | null;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly namespace: string;
  readonly job: string;
  readonly producer: string;
  /** Our own run's id, where the event was ours. */
  readonly ownRunId: string | null;
  readonly inputs: readonly ReadDataset[];
  readonly outputs: readonly ReadDataset[];
};

export type OpenLineageReading =
  | { readonly ok: true; readonly events: readonly ReadEvent[]; /** Events about jobs and datasets without a run: nothing happened in them. */ readonly skipped: number }
  /** `event` counts from 1; null where the text as a whole can't be read. `at` is the way into it. */
  | { readonly ok: false; readonly event: number | null; readonly at: string; readonly problem: string };

export const openLineageLimits = { events: 10_000, datasets: 10_000, name: 1024 } as const;

class Unreadable extends Error {
  readonly at: string;
  readonly problem: string;
  constructor(at: string, problem: string) {
    super(problem);
    this.at = at;
    this.problem = problem;
  }
}

/** Reads one event, an array of them, or one per line. Nothing is taken over that was not checked; in the order of their times. */
export function readOpenLineage(text: string): OpenLineageReading {
  let raw: readonly unknown[];
  try {
    raw = eventsIn(text);
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, event: null, at: error.at, problem: error.problem };
    throw error;
  }
  if (raw.length === 0) return { ok: false, event: null, at: '', problem: 'there is no event in it' };
  if (raw.length > openLineageLimits.events) return { ok: false, event: null, at: '', problem: `it has ${raw.length} events; at most ${openLineageLimits.events} are taken at once` };
  const events: ReadEvent[] = [];
  let skipped = 0;
  for (const [index, one] of raw.entries()) {
    try {
      const read = readEvent(one);
      if (read === null) skipped++;
      else events.push(read);
    } catch (error) {
      if (error instanceof Unreadable) return { ok: false, event: index + 1, at: error.at, problem: error.problem };
      throw error;
    }
  }
  return { ok: true, events: events.map((event, index) => ({ event, index })).sort((left, right) => left.event.at - right.event.at || left.index - right.index).map(({ event }) => event), skipped };
}

function eventsIn(text: string): readonly unknown[] {
  const whole = parsed(text.replace(/^\u{feff}/u, ''));
  if (whole !== undefined) return Array.isArray(whole) ? whole : [whole];
  return text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), index }))
    .filter(({ line }) => line !== '')
    .map(({ line, index }) => {
      const value = parsed(line);
      if (value === undefined) throw new Unreadable(`line ${index + 1}`, 'it is no JSON');
      return value;
    });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

type Plain = Readonly<Record<string, unknown>>;

function objectAt(value: unknown, at: string): Plain {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Unreadable(at, 'it must be an object');
  return value as Plain;
}

function own(object: Plain, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function textAt(object: Plain, key: string, at: string): string {
  const value = own(object, key);
  if (typeof value !== 'string' || value.trim() === '') throw new Unreadable(`${at}${key}`, 'it must be text, and not empty');
  if (value.length > openLineageLimits.name) throw new Unreadable(`${at}${key}`, `it may have at most ${openLineageLimits.name} characters`);
  return value;
}

const eventTypes = ['START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER'] as const;

function readEvent(value: unknown): ReadEvent | null {
  const event = objectAt(value, '');
  if (own(event, 'run') === undefined && (own(event, 'job') !== undefined || own(event, 'dataset') !== undefined)) return null;
  const run = objectAt(own(event, 'run'), 'run');
  const job = objectAt(own(event, 'job'), 'job');
  const runId = textAt(run, 'runId', 'run.');
  if (!isUuid(runId)) throw new Unreadable('run.runId', 'it must be a UUID');
  const time = textAt(event, 'eventTime', '');
  const at = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)$/.test(time) ? Date.parse(time) : Number.NaN;
  if (!Number.isFinite(at) || at < 0) throw new Unreadable('eventTime', 'it must be a time of day with its zone, such as 2026-05-03T12:00:00Z');
  const type = own(event, 'eventType');
  const known = eventTypes.find((one) => one === type);
  if (type !== undefined && type !== null && known === undefined) throw new Unreadable('eventType', `it must be one of ${eventTypes.join(', ')}`);
  const facets = own(run, 'facets');
  const ours = facets === undefined ? undefined : own(objectAt(facets, 'run.facets'), 'vitrine_run');
  const ownRunId = ours === undefined ? undefined : own(objectAt(ours, 'run.facets.vitrine_run'), 'runId');
  return {
    runId: runId.toLowerCase(), type: known ?? null, at, namespace: textAt(job, 'namespace', 'job.'), job: textAt(job, 'name', 'job.'), producer: textAt(event, 'producer', ''),
    ownRunId: typeof ownRunId === 'string' && ownRunId.length <= 128 ? ownRunId : null,
    inputs: datasetsAt(event, 'inputs'), outputs: datasetsAt(event, 'outputs'),
  };
}

function datasetsAt(event: Plain, key: 'inputs' | 'outputs'): readonly ReadDataset[] {
  const list = own(event, key);
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw new Unreadable(key, 'it must be a list');
  if (list.length > openLineageLimits.datasets) throw new Unreadable(key, `it may name at most ${openLineageLimits.datasets} datasets`);
  return list.map((value, index) => {
    const at = `${key}[${index}]`;
    const dataset = objectAt(value, at);
    const facets = own(dataset, 'facets');
    const version = facets === undefined || facets === null ? undefined : own(objectAt(facets, `${at}.facets`), 'version');
    return {
      namespace: textAt(dataset, 'namespace', `${at}.`),
      name: textAt(dataset, 'name', `${at}.`),
      version: version === undefined || version === null ? null : textAt(objectAt(version, `${at}.facets.version`), 'datasetVersion', `${at}.facets.version.`),
    };
  });
}

/** Team and project of a namespace of ours; null of any other. */
export function ownProject(namespace: string): { readonly entity: string; readonly project: string } | null {
  if (!namespace.startsWith(ownNamespace)) return null;
  const parts = namespace.slice(ownNamespace.length).split('/');
  try {
    const [entity, project] = parts.map(decodeURIComponent);
    return parts.length === 2 && entity !== undefined && entity !== '' && project !== undefined && project !== '' ? { entity, project } : null;
  } catch {
    return null;
  }
}
