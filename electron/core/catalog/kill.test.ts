/**
 * What was acknowledged survives the death of the process at any moment; what was not leaves no half. (A kill keeps the system's own
 * buffers, so this shows atomicity and acknowledgement after commit; that commits wait for the disk is `synchronous = FULL`.)
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogFiles } from './files.ts';
import { openWorld, temporaryFolder } from './testing/world.ts';

/** More with VITRINE_KILLS=1000 in the environment. */
const rounds = Number(process.env['VITRINE_KILLS'] ?? 12);

const child = fileURLToPath(new URL('./testing/writing-child.ts', import.meta.url));
let directory = '';
beforeAll(() => { directory = temporaryFolder(); });
afterAll(() => rmSync(directory, { recursive: true, force: true }));

type Line = { readonly ready?: number; readonly versionId?: number; readonly text?: string; readonly linkId?: number; readonly collection?: number; readonly index?: number; readonly removed?: number };

/** Lets a child write and kills it once it has acknowledged so many acts and a little while more. Returns all that it acknowledged. */
async function writeAndKill(round: number, after: number, moreMicroseconds: number): Promise<Line[]> {
  const process_ = spawn(process.execPath, [child, directory, String(round)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: Line[] = [];
  let problems = '';
  process_.stderr.on('data', (chunk: Buffer) => { problems += chunk.toString(); });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => process_.once('close', (_code, signal) => resolve(signal)));
  let killing = false;
  for await (const line of createInterface({ input: process_.stdout })) {
    // The last line may be cut off by the death.
    if (line.endsWith('}')) lines.push(JSON.parse(line) as Line);
    if (lines.length > after && !killing) {
      killing = true;
      const until = performance.now() + moreMicroseconds / 1000;
      while (performance.now() < until);
      process_.kill('SIGKILL');
    }
  }
  expect([await ended, problems]).toEqual(['SIGKILL', '']);
  return lines;
}

/** Numbers that look random and are the same in every run. */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

test(`${rounds} deaths at random moments lose nothing that was acknowledged`, { timeout: 60_000 + rounds * 10_000 }, async () => {
  const random = sequence(20_261_122);
  const acknowledged: Line[] = [];
  for (let round = 0; round < rounds; round++) {
    acknowledged.push(...(await writeAndKill(round, Math.floor(random() * 60), Math.floor(random() * 20_000))));
    const world = await openWorld({ directory });
    try {
      expect(world.catalog.status().recovery).toBeNull();
      expect((await world.catalog.integrity(true)).map((finding) => finding.verdict)).toEqual(['well', 'well']);
      expect(await world.ask('history.verify', {})).toMatchObject({ intact: true });
      // Asking the words waits for what was not indexed when the process died.
      const first = acknowledged.find((line) => line.text?.startsWith(`${round} `));
      const { items } = await world.ask('search.query', { text: `tag:tag "words of ${first?.text ?? 'nobody'}"`, kinds: ['version'] });
      expect(items.flatMap((hit) => (hit.kind === 'version' ? [hit.version.id as number] : []))).toEqual(first === undefined ? [] : [first.versionId]);
    } finally {
      await world.close();
    }
    checkRows(acknowledged);
  }
  expect(acknowledged.length).toBeGreaterThan(rounds);
});

function checkRows(acknowledged: readonly Line[]): void {
  const database = new Database(catalogFiles(directory).catalog);
  try {
    const removed = new Set(acknowledged.flatMap((line) => line.removed ?? []));
    for (const line of acknowledged) {
      if (line.versionId !== undefined) {
        expect(database.prepare('SELECT description FROM versions WHERE id = ?').pluck().get(line.versionId)).toBe(`words of ${line.text}`);
      }
      if (line.linkId !== undefined) {
        expect(database.prepare('SELECT idx, collection_id AS collection FROM links WHERE id = ?').get(line.linkId)).toEqual({ idx: line.index, collection: line.collection });
      }
    }
    for (const id of removed) expect(database.prepare('SELECT removed_at IS NOT NULL FROM links WHERE id = ?').pluck().get(id)).toBe(1);
    const count = (text: string) => database.prepare(text).pluck().get();
    // Nothing half: every row has its event, every counter says what is there, every alias stands on something that stands.
    expect({
      versionsWithoutEvent: count(`SELECT count(*) FROM versions v WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.kind = 'version.created' AND e.object_id = v.id)`),
      linksWithoutEvent: count(`SELECT count(*) FROM links l WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.kind = 'link.created' AND e.object_id = l.id)`),
      eventsAfterFeed: count(`SELECT count(*) FROM events e WHERE e.at > (SELECT max(at) FROM feed)`),
      wrongLinkCounts: count(`SELECT count(*) FROM collections c WHERE link_count <> (SELECT count(*) FROM links l WHERE l.collection_id = c.id AND l.removed_at IS NULL)`),
      wrongLatest: count(`SELECT count(*) FROM collections c WHERE latest_link_id IS NOT (SELECT id FROM links l WHERE l.collection_id = c.id AND l.removed_at IS NULL ORDER BY idx DESC LIMIT 1)`),
      wrongVersionCounts: count(`SELECT count(*) FROM artifacts a WHERE version_count <> (SELECT count(*) FROM versions v WHERE v.artifact_id = a.id AND v.state = 'committed')`),
      wrongLinkMarks: count(`SELECT count(*) FROM versions v WHERE link_count <> (SELECT count(*) FROM links l WHERE l.version_id = v.id AND l.removed_at IS NULL)`),
      danglingAliases: count(`SELECT count(*) FROM aliases x WHERE x.holder_kind = 'collection' AND NOT EXISTS (SELECT 1 FROM links l WHERE l.id = x.target_id AND l.collection_id = x.holder_id AND l.removed_at IS NULL)`),
      unindexed: count('SELECT count(*) FROM search_dirty'),
      notInIndex: count(`SELECT count(*) FROM versions v WHERE v.state = 'committed' AND v.id NOT IN (SELECT rowid FROM versions_fts WHERE versions_fts MATCH 'words')`),
    }).toEqual({
      versionsWithoutEvent: 0, linksWithoutEvent: 0, eventsAfterFeed: 0, wrongLinkCounts: 0, wrongLatest: 0, wrongVersionCounts: 0, wrongLinkMarks: 0, danglingAliases: 0, unindexed: 0, notInIndex: 0,
    });
    for (const index of ['versions_fts', 'paths_fts', 'names_fts']) database.exec(`INSERT INTO ${index} (${index}) VALUES ('integrity-check')`);
  } finally {
    database.close();
  }
}
