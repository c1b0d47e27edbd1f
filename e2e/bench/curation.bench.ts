import { cpSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openCatalog, type CatalogPool } from '../../electron/core/catalog/index.ts';
import { decide, standardLifecycle, type Asker, type RegistryObject } from '../../shared/domain/index.ts';
import { largeCatalog } from './fixtures/largeCatalog.ts';
import { measure, timed, type Benchmark, type BenchmarkResult } from './harness.ts';

const links = 10_000;
const tableLinks = 100_000;

/** Links by one act and one by one; pages of a long table by each kind of value; what asking for a right costs. */
export const benchmark: Benchmark = {
  name: 'curation',
  workload: `${links.toLocaleString('en')} links by one act and one by one; first page and pages anywhere of ${tableLinks.toLocaleString('en')} links sorted by metadata number and date, a run’s metric, size, time, lifecycle state; permission checks`,
  goal: 'links ≤ 3 × bare SQLite inserts of the same rows; a page p95 ≤ 10 ms; a permission check ≤ 5 % of a command',
  async run(context) {
    const { directory } = await largeCatalog(context, tableLinks);
    const copy = (name: string): string => {
      const made = join(context.scratch, name);
      cpSync(directory, made, { recursive: true });
      const db = new Database(join(made, 'catalog.db'), { fileMustExist: true });
      // One collection holds one type.
      db.exec("UPDATE versions SET type = 'model'; UPDATE artifacts SET type = 'model'");
      db.close();
      return made;
    };
    const ours = copy('ours');
    const bulk = await linkAll(ours, context.log);
    const bareDirectory = copy('bare');
    const bare = bareRows(join(ours, 'catalog.db'), join(bareDirectory, 'catalog.db'), bulk);
    const oneByOne = { ours: bulk.oneByOne, bare: bare.oneByOne };
    const row = (part: string, mine: number, reference: number): BenchmarkResult => ({
      part, ours: mine, reference, referenceName: 'bare SQLite inserts of the same rows', unit: 'ms', ratio: mine / reference, goalMet: mine <= 3 * reference, details: { links, perLinkMicroseconds: (mine / links) * 1000 },
    });
    return [row('by one act', bulk.bulk, bare.bulk), row('one by one, each durable', oneByOne.ours, oneByOne.bare), ...(await firstPage(copy('table'))), permission(bulk.oneByOne / links)];
  },
};

type Linked = { readonly bulk: number; readonly oneByOne: number; readonly firstBulk: number; readonly firstOne: number };

async function linkAll(directory: string, log: (text: string) => void): Promise<Linked> {
  const pool = await openCatalog({ directory });
  const acting = { actorId: pool.status().defaultUserId, entrance: 'cli' as const, message: null };
  const registryId = ((await pool.read('registries.get', { name: 'Models' }, acting)) as { readonly id: number }).id;
  const db = new Database(join(directory, 'catalog.db'), { readonly: true });
  const nextEvent = (): number => ((db.prepare('SELECT max(id) FROM events').pluck().get() as number | null) ?? 0) + 1;
  const ids = (from: number): number[] => Array.from({ length: links }, (_, index) => from + index);
  const create = (versionIds: readonly number[], target: object): Promise<unknown> => pool.write('links.create', { versionIds, target, aliases: [], note: '' }, acting);
  const firstBulk = nextEvent();
  const bulk = await timed(() => create(ids(1), { kind: 'new_collection', registryId, name: 'bulk' }));
  log(`one act: ${bulk.toFixed(0)} ms`);
  const { collectionId } = ((await create([60_000], { kind: 'new_collection', registryId, name: 'one by one' })) as { readonly output: { readonly collectionId: number } }).output;
  const firstOne = nextEvent();
  const oneByOne = await timed(async () => {
    for (const id of ids(20_001)) await create([id], { kind: 'collection', id: collectionId });
  });
  log(`one by one: ${oneByOne.toFixed(0)} ms`);
  db.close();
  await pool.close();
  return { bulk, oneByOne, firstBulk, firstOne };
}

/** The rows that the acts left, written again into a catalog without them: prepared statements, no rule asked, nothing read, no hash taken. */
function bareRows(from: string, to: string, linked: Linked): { readonly bulk: number; readonly oneByOne: number } {
  const source = new Database(from, { readonly: true });
  const target = new Database(to, { fileMustExist: true });
  target.pragma('journal_mode = WAL');
  target.pragma('synchronous = FULL');
  target.pragma('foreign_keys = ON');
  const columnsOf = (table: string): string[] => (source.prepare(`SELECT name FROM pragma_table_info('${table}')`).pluck().all() as string[]);
  const insertInto = (table: string) => target.prepare(`INSERT INTO ${table} (${columnsOf(table).join(', ')}) VALUES (${columnsOf(table).map(() => '?').join(', ')})`);
  const [insertEvent, insertLink, insertMove] = [insertInto('events'), insertInto('links'), insertInto('alias_moves')];
  const count = target.prepare('UPDATE versions SET link_count = link_count + 1 WHERE id = ?');
  const dirty = target.prepare('INSERT INTO search_dirty (version_id) VALUES (?) ON CONFLICT DO NOTHING');
  const alias = target.prepare("INSERT INTO aliases (holder_kind, holder_id, alias, target_id) VALUES ('collection', ?, 'latest', ?) ON CONFLICT DO UPDATE SET target_id = excluded.target_id");
  const counters = target.prepare('UPDATE collections SET next_index = ?, link_count = ?, latest_link_id = ?, updated_at = ? WHERE id = ?');
  const registry = target.prepare('UPDATE registries SET link_count = link_count + 1, updated_at = ? WHERE id = ?');
  const feed = target.prepare('INSERT INTO feed (rev, at, changes) VALUES (?, ?, ?)');
  const undo = target.prepare('INSERT INTO undo (actor_id, label, steps, at) VALUES (1, ?, ?, ?)');
  target.prepare(`INSERT INTO collections (${columnsOf('collections').join(', ')}) VALUES (${columnsOf('collections').map(() => '?').join(', ')})`);
  const insertCollection = insertInto('collections');
  for (const row of source.prepare('SELECT * FROM collections').raw().all() as unknown[][]) insertCollection.run(...row);

  type Group = { readonly events: unknown[][]; readonly moves: unknown[][]; readonly links: unknown[][] };
  const linkColumns = columnsOf('links');
  const place = (name: string): number => linkColumns.indexOf(name);
  const groupOf = (first: number, last: number): Group => ({
    // As they were written: the indexes of the history take them in later, by the hundred, and what they are about with them.
    events: source.prepare(`
      SELECT ${columnsOf('events').map((name) => (name === 'settled' ? '0' : name === 'objects' ? 'coalesce(objects, (SELECT json_group_array(json_array(kind, object_id)) FROM event_objects WHERE event_id = events.id))' : name)).join(', ')}
      FROM events WHERE id BETWEEN ? AND ? ORDER BY id`).raw().all(first, last) as unknown[][],
    moves: source.prepare("SELECT * FROM alias_moves WHERE event_id BETWEEN ? AND ?").raw().all(first, last) as unknown[][],
    links: source.prepare(`SELECT ${linkColumns.join(', ')} FROM links WHERE id IN (SELECT object_id FROM events WHERE id BETWEEN ? AND ? AND kind = 'link.created') ORDER BY id`).raw().all(first, last) as unknown[][],
  });
  let rev = (target.prepare('SELECT max(rev) FROM feed').pluck().get() as number) + 1;
  const write = (group: Group): void => {
    for (const row of group.links) {
      insertLink.run(...row);
      count.run(row[place('version_id')]);
      dirty.run(row[place('version_id')]);
    }
    for (const row of group.events) insertEvent.run(...row);
    for (const row of group.moves) insertMove.run(...row);
    const last = group.links.at(-1);
    if (last !== undefined) {
      alias.run(last[place('collection_id')], last[place('id')]);
      counters.run(Number(last[place('idx')]) + 1, Number(last[place('idx')]) + 1, last[place('id')], 1, last[place('collection_id')]);
      registry.run(1, 1);
    }
    feed.run(rev++, 1, '[{"entity":"link","ids":"all"}]');
    undo.run('Link', JSON.stringify(group.links.map((row) => row[0])), 1);
  };
  const one = target.transaction((group: Group) => write(group));
  const bulkGroup = groupOf(linked.firstBulk, linked.firstOne - 2);
  const ones = source.prepare("SELECT id FROM events WHERE id >= ? AND kind = 'link.created' ORDER BY id").pluck().all(linked.firstOne) as number[];
  const groups = ones.map((id) => groupOf(id, id));
  const measured = (work: () => void): number => {
    const begun = performance.now();
    work();
    return performance.now() - begun;
  };
  const result = { bulk: measured(() => one.immediate(bulkGroup)), oneByOne: measured(() => { for (const group of groups) one.immediate(group); }) };
  source.close();
  target.close();
  return result;
}

/** What a long table is sorted by, and the same page in the plainest SQL, ids alone. */
const sorts: readonly { readonly part: string; readonly sort: object; readonly bare: (way: string) => string }[] = [
  { part: 'a metadata number', sort: { kind: 'metadata', path: ['accuracy'] }, bare: (way) => `SELECT n.version_id FROM metadata_numbers n JOIN links l ON l.version_id = n.version_id AND l.collection_id = 1 AND l.removed_at IS NULL WHERE n.key_id = 1 ORDER BY n.number ${way}, n.version_id ${way} LIMIT 100` },
  { part: 'a date in metadata', sort: { kind: 'metadata', path: ['trained'] }, bare: (way) => `SELECT n.version_id FROM metadata_dates n JOIN links l ON l.version_id = n.version_id AND l.collection_id = 1 AND l.removed_at IS NULL WHERE n.key_id = 3 ORDER BY n.at ${way}, n.version_id ${way} LIMIT 100` },
  { part: 'a metric of the run', sort: { kind: 'metric', key: 'val/loss' }, bare: (way) => `SELECT n.version_id FROM metric_values n JOIN links l ON l.version_id = n.version_id AND l.collection_id = 1 AND l.removed_at IS NULL WHERE n.key_id = 1 AND n.rank = 0 ORDER BY n.value ${way}, n.version_id ${way} LIMIT 100` },
  { part: 'size', sort: { kind: 'own', key: 'size' }, bare: (way) => `SELECT v.id FROM versions v JOIN links l ON l.version_id = v.id AND l.collection_id = 1 AND l.removed_at IS NULL WHERE v.state = 'committed' ORDER BY v.size ${way}, v.id ${way} LIMIT 100` },
  { part: 'when it was created', sort: { kind: 'own', key: 'created' }, bare: (way) => `SELECT v.id FROM versions v JOIN links l ON l.version_id = v.id AND l.collection_id = 1 AND l.removed_at IS NULL WHERE v.state = 'committed' ORDER BY v.created_at ${way}, v.id ${way} LIMIT 100` },
  { part: 'its lifecycle state', sort: { kind: 'own', key: 'state' }, bare: (way) => `SELECT version_id FROM links WHERE collection_id = 1 AND removed_at IS NULL AND state <> '' ORDER BY CASE state WHEN 'draft' THEN 0 WHEN 'candidate' THEN 1 WHEN 'approved' THEN 2 ELSE 3 END ${way}, idx ${way} LIMIT 100` },
];

async function firstPage(directory: string): Promise<readonly BenchmarkResult[]> {
  const file = join(directory, 'catalog.db');
  const db = new Database(file, { fileMustExist: true });
  db.exec(`
    INSERT INTO collections (id, registry_id, name, name_key, type, next_index, link_count, latest_link_id, created_by, created_at, updated_at) VALUES (1, 1, 'long', 'long', 'model', ${tableLinks}, ${tableLinks}, ${tableLinks}, 1, 1, 1);
    INSERT INTO links (id, collection_id, version_id, idx, linked_by, linked_at, state) SELECT id, 1, id, id - 1, 1, created_at, CASE id % 4 WHEN 0 THEN 'draft' WHEN 1 THEN 'candidate' WHEN 2 THEN 'approved' ELSE 'retired' END FROM versions;
    UPDATE registries SET collection_count = 1, link_count = ${tableLinks}, lifecycle = '${JSON.stringify(standardLifecycle)}' WHERE id = 1;
    INSERT INTO metadata_keys (id, key) VALUES (3, 'trained');
    INSERT INTO metadata_dates (key_id, at, version_id) SELECT 3, 1700000000000 + (id * 7919 % 1000000) * 1000, id FROM versions;
    INSERT INTO metadata_texts (key_id, text, version_id) SELECT key_id, strftime('%Y-%m-%dT%H:%M:%SZ', at / 1000, 'unixepoch'), version_id FROM metadata_dates;
    INSERT INTO runs (id, project_id, run_id, display_name, state, created_by, created_at, updated_at, uid, summary)
      SELECT id, 1, 'run-' || id, 'run', 'finished', 1, 1, 1, randomblob(16), json_object('val/loss', (id * 104729 % 100003) / 1000.0, 'step', id) FROM versions;
    UPDATE versions SET run_id = id, metrics_kept = 1, metadata = json_set(metadata, '$.trained', strftime('%Y-%m-%dT%H:%M:%SZ', 1700000000 + id * 7919 % 1000000, 'unixepoch'));
    INSERT INTO metric_keys (id, key) VALUES (1, 'val/loss');
    INSERT INTO metric_values (version_id, key_id, rank, value) SELECT id, 1, 0, summary ->> '$."val/loss"' FROM runs;
  `);
  db.close();
  const pool: CatalogPool = await openCatalog({ directory });
  const asker = { actorId: pool.status().defaultUserId };
  const bare = new Database(file, { readonly: true });
  const results: BenchmarkResult[] = [];
  for (const { part, sort, bare: plain } of sorts) {
    for (const direction of ['descending', 'ascending'] as const) {
      const input = { collectionId: 1, sort, columns: [{ kind: 'metadata', path: ['accuracy'] }, { kind: 'metadata', path: ['trained'] }, { kind: 'metric', key: 'val/loss' }], direction, limit: 100 };
      const statement = bare.prepare(plain(direction === 'ascending' ? 'ASC' : 'DESC')).pluck();
      const answer = (await pool.read('collections.table', input, asker)) as { readonly items: readonly { readonly version: { readonly id: number } }[] };
      if (answer.items.map((item) => item.version.id).join() !== (statement.all() as number[]).join()) throw new Error(`${part}: another page than plain SQL finds`);
      const ours = await measure(() => pool.read('collections.table', input, asker), { runs: 200, warmUp: 20 });
      const reference = await measure(() => statement.all(), { runs: 200, warmUp: 20 });
      // What a scroll bar asks for: rows anywhere, by their number. The reference reads from the start to them.
      const jumps = Array.from({ length: 40 }, (_, index) => ({ ...input, position: (index * 7919 * 13) % (tableLinks - 100) }));
      let jump = 0;
      const first = performance.now();
      await pool.read('collections.table', { ...input, position: tableLinks - 200 }, asker);
      const firstJump = performance.now() - first;
      const jumped = await measure(() => pool.read('collections.table', jumps[jump++ % jumps.length], asker), { runs: 200, warmUp: 20 });
      const deep = bare.prepare(plain(direction === 'ascending' ? 'ASC' : 'DESC').replace('LIMIT 100', `LIMIT 100 OFFSET ${tableLinks / 2}`)).pluck();
      const read = await measure(() => deep.all(), { runs: 5, warmUp: 1 });
      results.push({ part: `a page anywhere by ${part}, ${direction}`, ours: jumped.p95, reference: read.p95, referenceName: 'plain SQL with an OFFSET to the middle, ids alone, p95', unit: 'ms (p95)', ratio: jumped.p95 / read.p95, goalMet: jumped.p95 <= 10, details: { jumped, firstJump } });
      results.push({ part: `first page by ${part}, ${direction}`, ours: ours.p95, reference: reference.p95, referenceName: 'plain SQL, ids alone, p95', unit: 'ms (p95)', ratio: ours.p95 / reference.p95, goalMet: ours.p95 <= 10, details: { ours, reference } });
    }
  }
  bare.close();
  await pool.close();
  return results;
}

/** One decision of the access table, against what a durable command takes in all. */
function permission(commandMilliseconds: number): BenchmarkResult {
  const teams = Array.from({ length: 5 }, (_, index) => ({ team: { id: String(index), name: `team ${index}` }, role: 'member' as const }));
  const asker: Asker = { kind: 'user', id: '7', name: 'ada', organizationRole: 'member', teams };
  const registry: RegistryObject = { kind: 'registry', id: '1', name: 'Models', visibility: 'organization', grants: Array.from({ length: 50 }, (_, index) => ({ holder: index % 2 === 0 ? 'user' : 'team', holderId: String(index), role: 'viewer' })) };
  const checks = 200_000;
  let allowed = 0;
  const begun = performance.now();
  for (let index = 0; index < checks; index++) if (decide(asker, index % 2 === 0 ? 'link.create' : 'registry.delete', registry).allowed) allowed += 1;
  const each = ((performance.now() - begun) / checks) * 1000;
  if (allowed !== checks / 2) throw new Error('The table decided otherwise');
  const command = commandMilliseconds * 1000;
  return { part: 'a permission check, 50 grants, 5 teams', ours: each, reference: command, referenceName: 'one link in core, all in all', unit: 'µs', ratio: each / command, goalMet: each <= 0.05 * command, details: { checks } };
}
