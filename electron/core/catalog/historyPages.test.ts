import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InputOf, OutputOf } from '#shared/contract/index.ts';
import { openReader, openWriter } from './connection.ts';
import { settledThrough, settleSome } from './settling.ts';
import { sql, type Sql } from './sql.ts';
import { openWorld, type World } from './testing/world.ts';

type Question = InputOf<'history.list'>;
type Event = OutputOf<'history.list'>['items'][number];

let world: World;
let all: readonly Event[];
let boris: number;
/** What the registry is in, as the list says it while nothing is settled. */
let ofRegistry: readonly number[];
const dayLength = 86_400_000;
const today = Math.floor(Date.now() / dayLength) * dayLength;

beforeAll(async () => {
  world = await openWorld();
  boris = await world.person('boris', 'admin');
  const registry = await world.registry('Models');
  for (let index = 0; index < 80; index++) {
    // Now and then something of the past, so that numbers and times don't run together.
    const at = today - ((80 - index) % 17 === 0 ? 40 : Math.floor((80 - index) / 8)) * dayLength + index * 1000;
    const acting = { actorId: index % 3 === 0 ? boris : 1, entrance: 'system' as const, at };
    const version = await world.log(`artifact-${index % 5}`, `content ${index}`, { tags: ['seen'] }, acting);
    if (index % 4 === 0) await world.do('links.create', { versionIds: [version.versionId], target: { kind: 'new_collection', registryId: registry.id, name: `collection ${index}` } }, acting);
  }
  await world.do('registries.create', { name: 'by cli' }, { entrance: 'cli' });
  all = (await world.ask('history.list', { limit: 1000 })).items;
  ofRegistry = all.filter((event) => /^(?:link|collection)\./.test(event.kind) || (event.kind.startsWith('registry.') && event.subject.id === registry.id)).map((event) => event.id);
});
afterAll(() => world.close());

/** The same, asked of every event one by one. */
async function expected(question: Question): Promise<number[]> {
  const about = question.object === undefined ? null : new Set((await world.ask('history.list', { object: question.object, limit: 1000 })).items.map((event) => event.id));
  return all.filter((event) => (about === null || about.has(event.id)) && (question.actorId === undefined || event.actor.id === question.actorId) && (question.kinds === undefined || question.kinds.includes(event.kind))
    && (question.entrance === undefined || event.entrance === question.entrance) && (question.since === undefined || event.at >= question.since) && (question.until === undefined || event.at <= question.until)).map((event) => event.id);
}

const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

/** Takes the next of the newest events into the indexes, as the writing thread does at a quiet moment. */
function settle(atMost: number): void {
  const db = openWriter(join(world.directory, 'catalog.db'));
  db.script('BEGIN IMMEDIATE');
  settleSome(db, atMost);
  db.script('COMMIT');
  db.close();
}

test.for([['none of them settled', 0], ['some of them settled', 70], ['all of them settled', 1000]] as const)('every filter and every two of them give what a look at each event gives, page by page, by cursor and by place, %s', async ([, atMost]) => {
  expect(all.length).toBeGreaterThan(120);
  settle(atMost);
  const registry = await world.registry('Models');
  expect((await world.ask('history.list', { object: { kind: 'registry', id: registry.id }, limit: 1000 })).items.map((event) => event.id)).toEqual(ofRegistry);
  const parts: readonly Partial<Question>[] = [
    {}, { kinds: ['version.created'] }, { kinds: ['version.created', 'link.created', 'tag.added'] }, { kinds: ['run.failed'] }, { actorId: boris as never }, { entrance: 'cli' }, { object: { kind: 'registry', id: registry.id } },
    { since: iso(today - 5 * dayLength), until: iso(today - 2 * dayLength - 1) }, { since: iso(today - 3 * dayLength + 5000) }, { until: iso(today - 4 * dayLength + 7000) }, { since: iso(today - 60 * dayLength), until: iso(today - 30 * dayLength) },
  ];
  for (const left of parts) {
    for (const right of parts) {
      const question = { ...left, ...right };
      const ids = await expected(question);
      const read: number[] = [];
      let cursor: string | null = null;
      do {
        const page: OutputOf<'history.list'> = await world.ask('history.list', { ...question, limit: 17, ...(cursor === null ? {} : { cursor }) });
        expect(page.total, JSON.stringify(question)).toBe(ids.length);
        expect(page.position).toBe(read.length);
        read.push(...page.items.map((event) => event.id));
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(read, JSON.stringify(question)).toEqual(ids);
      for (const position of [1, 5, Math.floor(ids.length / 2), ids.length]) {
        expect((await world.ask('history.list', { ...question, position, limit: 3 })).items.map((event) => event.id), `${JSON.stringify(question)} at ${position}`).toEqual(ids.slice(position, position + 3));
      }
    }
  }
});

test('lengths grow with what happens, and a place that is gone is empty', async () => {
  const before = (await world.ask('history.list', { kinds: ['registry.created'], since: iso(today - 90 * dayLength), limit: 1 })).total;
  await world.do('registries.create', { name: 'one more' });
  expect((await world.ask('history.list', { kinds: ['registry.created'], since: iso(today - 90 * dayLength), limit: 1 })).total).toBe(before + 1);
  expect((await world.ask('history.list', { kinds: ['registry.created'], position: 10_000, limit: 1 })).items).toEqual([]);
  await expect(world.ask('history.list', { cursor: 'nonsense' })).rejects.toMatchObject({ code: 'bad_input' });
});

test('newest events are taken into the indexes many at once, and nothing of an event changes by it', async () => {
  const run = await world.do('runs.create', { project: { name: 'vision' } });
  for (let index = 0; index < 600; index++) await world.do('runs.update', { id: run.id, notes: `text ${index}` });
  const db = openReader(join(world.directory, 'catalog.db'));
  expect(settledThrough(db)).toBeGreaterThanOrEqual(512);
  const said = (query: Sql): readonly unknown[] => db.rows(query)[0] ?? [];
  // Whatever is taken in meanwhile: one statement sees one moment.
  const through = sql`(SELECT value FROM meta WHERE key = 'events_settled')`;
  expect(said(sql`SELECT (SELECT count(*) FROM events WHERE settled <> (id <= ${through}) OR settled <> (objects IS NULL)), (SELECT sum(events) FROM event_sums) - ${through}, (SELECT sum(events) FROM event_days) - ${through}`)).toEqual([0, 0, 0]);
  expect((await world.ask('history.verify', {})).intact).toBe(true);
  // Wherever what they are about lies: all of them are about the run, each once.
  expect((await world.ask('history.list', { object: { kind: 'run', id: run.id }, limit: 1 })).total).toBe(601);
  db.close();
  const own = openWriter(join(world.directory, 'catalog.db'));
  expect(() => own.run(sql`UPDATE events SET settled = 1, label = 'another' WHERE id = 2`)).toThrow('append-only');
  expect(() => own.run(sql`UPDATE events SET settled = 0 WHERE id = 1`)).toThrow('append-only');
  expect(() => own.run(sql`UPDATE events SET objects = '[]' WHERE id = 1`)).toThrow('append-only');
  expect(() => own.run(sql`UPDATE events SET rowid = 1000000 WHERE id = 1`)).toThrow('append-only');
  own.close();
});
