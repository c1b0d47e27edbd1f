import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LineageEdge, LineageGraph, LineageNode } from '../types.ts';
import { openLineageEvents, ownProject, readOpenLineage } from './openLineage.ts';
import { lineageCsv, lineageDot, lineageTree } from './text.ts';

const version = (id: number, extra: Partial<Extract<LineageNode, { kind: 'version' }>> = {}): LineageNode => ({
  kind: 'version', key: `version:${id}`, id: id as never, entity: 'lab', project: 'vision', artifact: `artifact-${id}`, type: 'model', index: id, state: 'committed', aliases: [], size: 1,
  createdAt: '2026-01-01T00:00:00.000Z', links: [], hiddenUpstream: 0, hiddenDownstream: 0, ...extra,
});
const run = (id: number, extra: Partial<Extract<LineageNode, { kind: 'run' }>> = {}): LineageNode => ({
  kind: 'run', key: `run:${id}`, id: id as never, entity: 'lab', project: 'vision', runId: `run${id}`, displayName: `training ${id}`, state: 'finished', jobType: null,
  createdAt: '2026-01-02T00:00:00.000Z', durationSeconds: 90, hiddenUpstream: 0, hiddenDownstream: 0, ...extra,
});
const edge = (from: string, to: string, extra: Partial<LineageEdge> = {}): LineageEdge => ({ from, to, relation: from.startsWith('run') ? 'logged' : 'used', provenance: 'sdk', ...extra });
const uuidOf = (name: string): string => `00000000-0000-5000-8000-${[...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 0xffffffffffff, 7).toString(16).padStart(12, '0')}`;

/** What the published schema asks of events, as far as events like ours come near it: required members, formats, closed choices. */
const text = { type: 'string' } as const;
const uri = { type: 'string', format: 'uri' } as const;
const facets = { type: 'object', additionalProperties: { type: 'object', required: ['_producer', '_schemaURL'], properties: { _producer: uri, _schemaURL: uri } } } as const;
const versionFacet = { type: 'object', required: ['datasetVersion'], properties: { datasetVersion: text } } as const;
const dataset = { type: 'object', required: ['namespace', 'name'], properties: { namespace: text, name: text, facets: { allOf: [facets, { properties: { version: versionFacet } }] } } } as const;
const base = { type: 'object', required: ['eventTime', 'producer', 'schemaURL'], properties: { eventTime: { type: 'string', format: 'date-time' }, producer: uri, schemaURL: uri } } as const;
const job = { type: 'object', required: ['namespace', 'name'], properties: { namespace: text, name: text, facets } } as const;
const sides = { inputs: { type: 'array', items: dataset }, outputs: { type: 'array', items: dataset } } as const;
const schema = {
  oneOf: [
    {
      allOf: [base, {
        required: ['run', 'job'],
        properties: {
          eventType: { enum: ['START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER'] },
          run: { type: 'object', required: ['runId'], properties: { runId: { type: 'string', format: 'uuid' }, facets: { allOf: [facets, { properties: { nominalTime: { required: ['nominalStartTime'], properties: { nominalStartTime: { format: 'date-time', type: 'string' }, nominalEndTime: { format: 'date-time', type: 'string' } } } } }] } } },
          job, ...sides,
        },
      }],
    },
    { allOf: [base, { required: ['job'], not: { required: ['run'] }, properties: { job, ...sides } }] },
    { allOf: [base, { required: ['dataset'], not: { required: ['job'] }, properties: { dataset } }] },
  ],
};
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
const isValid = ajv.compile(schema);

const anyName = fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }).filter((name) => name.trim() !== '');
const anyLineage: fc.Arbitrary<LineageGraph> = fc.record({
  names: fc.array(anyName, { minLength: 2, maxLength: 6 }),
  pairs: fc.array(fc.tuple(fc.nat(5), fc.nat(5), fc.boolean(), fc.option(fc.string())), { maxLength: 12 }),
}).map(({ names, pairs }) => {
  const versions = names.map((artifact, at) => version(at + 1, { artifact, entity: names[0]!.isWellFormed() ? names[0]! : 'lab' }));
  const runs = names.map((displayName, at) => run(at + 1, { displayName, durationSeconds: at % 2 === 0 ? null : 3.5 }));
  const edges = pairs.map(([a, b, direction, usedAs]) => {
    const [one, other] = [versions[a % versions.length]!, runs[b % runs.length]!];
    return direction ? edge(one.key, other.key, usedAs === null ? {} : { usedAs }) : edge(other.key, one.key);
  });
  return { nodes: [...versions, ...runs], edges };
});

describe('OpenLineage', () => {
  it('is valid against what the schema asks, whatever things are called', () => {
    fc.assert(fc.property(anyLineage, (graph) => {
      for (const event of openLineageEvents(graph, { uuidOf })) {
        // Surrogates that stand alone can't be written into a URI; names never hold them.
        expect(isValid(JSON.parse(JSON.stringify(event)) as unknown), JSON.stringify(isValid.errors)).toBe(true);
      }
    }), { numRuns: 200 });
  });

  it('refuses what is not valid: the check can fail', () => {
    const [event] = openLineageEvents({ nodes: [run(1)], edges: [] }, { uuidOf });
    for (const broken of [{ ...event, eventTime: 'yesterday' }, { ...event, run: { runId: 'run1' } }, { ...event, eventType: 'DONE' }, { ...event, producer: undefined }, { ...event, inputs: [{ name: 'x' }] }]) {
      expect(isValid(JSON.parse(JSON.stringify(broken)))).toBe(false);
    }
  });

  it('tells runs with both sides, edges by hand as jobs, what stands alone as a dataset', () => {
    const events = openLineageEvents({
      nodes: [version(1), run(1, { state: 'failed', jobType: 'train' }), version(2), version(3), version(9)],
      edges: [edge('version:1', 'run:1', { usedAs: 'train set' }), edge('run:1', 'version:2'), edge('version:2', 'version:3', { relation: 'manual', provenance: 'manual', byHand: { reason: 'converted', by: 'ada', at: '2026-02-01T00:00:00.000Z' } })],
    }, { uuidOf });
    expect(events).toMatchObject([
      { dataset: { name: 'artifact-9', facets: { version: { datasetVersion: 'v9' } } } },
      { eventType: 'FAIL', eventTime: '2026-01-02T00:01:30.000Z', run: { facets: { vitrine_run: { runId: 'run1' } } }, job: { namespace: 'vitrine://lab/vision', name: 'train' }, inputs: [{ name: 'artifact-1', facets: { vitrine_version: { usedAs: 'train set' } } }], outputs: [{ name: 'artifact-2' }] },
      { eventTime: '2026-02-01T00:00:00.000Z', job: { name: 'by-hand/artifact-3:v3' }, inputs: [{ name: 'artifact-2' }], outputs: [{ name: 'artifact-3' }] },
    ]);
  });

  it('reads back what it wrote', () => {
    fc.assert(fc.property(anyLineage, (graph) => {
      const written = openLineageEvents(graph, { uuidOf });
      const reading = readOpenLineage(JSON.stringify(written));
      expect(reading.ok).toBe(true);
      if (!reading.ok) return;
      const runs = written.filter((event) => 'run' in event);
      expect(reading.events.length).toBe(runs.length);
      expect(reading.skipped).toBe(written.length - runs.length);
      for (const event of reading.events) expect(ownProject(event.namespace)).not.toBeNull();
    }));
  });

  const good = { eventType: 'COMPLETE', eventTime: '2026-05-03T12:00:00Z', producer: 'https://example.org/p', run: { runId: '7b0e4b5e-6a2c-4d5f-9e3a-1f2d3c4b5a69' }, job: { namespace: 'airflow', name: 'daily.load' }, inputs: [{ namespace: 's3://bucket', name: 'raw', facets: { version: { datasetVersion: '17' } } }], outputs: [] };

  it('reads one event, a list, and one per line, in the order of their times', () => {
    const later = { ...good, eventTime: '2026-05-03T12:00:00+00:00', eventType: 'OTHER' };
    for (const text of [JSON.stringify([{ ...good, eventTime: '2026-06-01T00:00:00Z' }, later]), `${JSON.stringify({ ...good, eventTime: '2026-06-01T00:00:00Z' })}\n\n${JSON.stringify(later)}\n`]) {
      const reading = readOpenLineage(text);
      expect(reading).toMatchObject({ ok: true, events: [{ type: 'OTHER' }, { type: 'COMPLETE', inputs: [{ namespace: 's3://bucket', name: 'raw', version: '17' }] }] });
    }
    expect(readOpenLineage(`\u{feff}${JSON.stringify(good)}`)).toMatchObject({ ok: true });
  });

  it('says of hostile and broken input which event and what of it', () => {
    const refused = (event: unknown) => readOpenLineage(JSON.stringify([good, event]));
    expect(readOpenLineage('')).toMatchObject({ ok: false, event: null });
    expect(readOpenLineage('[]')).toMatchObject({ ok: false, problem: 'there is no event in it' });
    expect(readOpenLineage('{"a": 1}\nnonsense')).toMatchObject({ ok: false, at: 'line 2' });
    expect(readOpenLineage('['.repeat(100_000))).toMatchObject({ ok: false });
    expect(readOpenLineage(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)).toMatchObject({ ok: false, event: 1 });
    expect(refused(7)).toMatchObject({ ok: false, event: 2, at: '' });
    expect(refused({ ...good, run: { runId: '../../etc' } })).toMatchObject({ ok: false, event: 2, at: 'run.runId' });
    expect(refused({ ...good, eventTime: '03.05.2026' })).toMatchObject({ at: 'eventTime' });
    expect(refused({ ...good, eventTime: '2026-13-45T99:00:00Z' })).toMatchObject({ at: 'eventTime' });
    expect(refused({ ...good, eventType: 'DROP TABLE' })).toMatchObject({ at: 'eventType' });
    expect(refused({ ...good, job: { namespace: 'x'.repeat(5000), name: 'y' } })).toMatchObject({ at: 'job.namespace' });
    expect(refused({ ...good, inputs: [{ namespace: 'a', name: '  ' }] })).toMatchObject({ at: 'inputs[0].name' });
    expect(refused({ ...good, outputs: { length: 3 } })).toMatchObject({ at: 'outputs' });
    expect(refused({ ...good, inputs: [{ namespace: 'a', name: 'b', facets: { version: { datasetVersion: { $gt: '' } } } }] })).toMatchObject({ at: 'inputs[0].facets.version.datasetVersion' });
    expect(readOpenLineage(`[${JSON.stringify(good)}, {"__proto__": {"run": {"runId": "x"}}}]`)).toMatchObject({ ok: false, event: 2, at: 'run' });
    expect(readOpenLineage(JSON.stringify(Array.from({ length: 10_001 }, () => good)))).toMatchObject({ ok: false, event: null });
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (anything) => {
      expect(typeof readOpenLineage(anything).ok).toBe('boolean');
    }), { numRuns: 300 });
  });

  it('knows its own namespaces only', () => {
    expect(ownProject('vitrine://lab/my%20vision')).toEqual({ entity: 'lab', project: 'my vision' });
    for (const other of ['vitrine://', 'vitrine://lab', 'vitrine://lab/a/b', 'vitrine://lab/%E0%A4%A', 's3://lab/vision']) expect(ownProject(other)).toBeNull();
  });
});

describe('text', () => {
  const graph: LineageGraph = {
    nodes: [version(1, { artifact: 'data', type: 'dataset', hiddenUpstream: 3 }), run(1, { displayName: 'quote " and \\ and\nline' }), version(2, { aliases: [{ name: 'production', protected: false }] }), version(5)],
    edges: [edge('version:1', 'run:1', { usedAs: '=cmd()' }), edge('run:1', 'version:2')],
  };

  it('as CSV keeps every cell in its place and lets no formula through', () => {
    const lines = lineageCsv(graph).split('\r\n');
    expect(lines).toEqual([
      'from,from_kind,from_type,to,to_kind,to_type,relation,provenance,used_as,reason,by,at',
      "lab/vision/data:v1,version,dataset,lab/vision/run1,run,,used,sdk,'=cmd(),,,",
      'lab/vision/run1,run,,lab/vision/artifact-2:v2,version,model,logged,sdk,,,,',
      'lab/vision/artifact-5:v5,version,model,,,,,,,,,',
      '',
    ]);
    const comma = lineageCsv({ nodes: [version(1, { type: 'a, "b"' })], edges: [] });
    expect(comma.split('\r\n')[1]).toBe('lab/vision/artifact-1:v1,version,"a, ""b""",,,,,,,,,');
  });

  it('as DOT quotes what would end a text', () => {
    const dot = lineageDot(graph);
    expect(dot).toContain(String.raw`"run:1" [label="quote \" and \\ and\nline\nfinished"`);
    expect(dot).toContain('"version:1" -> "run:1" [label="=cmd()"];');
    expect(dot.split('\n').filter((line) => line.includes('->'))).toHaveLength(2);
  });

  it('as a tree tells what came from what, and stays narrow however deep', () => {
    expect(lineageTree(graph, 'version:2').text.split('\n').slice(0, 4)).toEqual([
      'lab/vision/artifact-2:v2, model, production',
      '  came from:',
      String.raw`    lab/vision/run1, run “quote " and \ and line”, finished`,
      '      lab/vision/data:v1, dataset … 3 more',
    ]);
    const deep = Array.from({ length: 2000 }, (_, at) => version(at + 1));
    const chain = lineageTree({ nodes: deep, edges: deep.slice(1).map((node, at) => edge(deep[at]!.key, node.key)) }, 'version:1');
    expect(chain.truncated).toBe(false);
    expect(Math.max(...chain.text.split('\n').map((line) => line.length))).toBeLessThan(120);
    expect(lineageTree({ nodes: deep, edges: deep.slice(1).map((node, at) => edge(deep[at]!.key, node.key)) }, 'version:1', 100)).toMatchObject({ truncated: true });
  });
});
