import { generateKeyPairSync, sign } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NotedHead } from '#shared/contract/index.ts';
import { headLine } from '#shared/domain/index.ts';
import { chainBeginning, checkHeads, walkChain, type Fault } from './chainCheck.ts';
import { openWriter, type Connection } from './connection.ts';
import { chain, type ChainedRow } from './history.ts';
import { sql } from './sql.ts';
import { openWorld, type World } from './testing/world.ts';

let world: World;
/** A copy of the catalog's file, open without what keeps people from changing its history. */
let db: Connection;
let count: number;
let head: NotedHead;

beforeAll(async () => {
  world = await openWorld();
  const registry = await world.registry('Models');
  for (let index = 0; index < 60; index++) {
    const version = await world.log(`artifact-${index % 7}`, `content ${index}`, { aliases: ['best'], tags: ['seen'] });
    if (index % 5 === 0) await world.do('links.create', { versionIds: [version.versionId], target: { kind: 'new_collection', registryId: registry.id, name: `collection ${index}` }, aliases: ['staging'] }, { message: 'looks good' });
  }
  const noted = await world.ask('history.head', {});
  head = { catalogId: noted.catalogId, events: noted.events, head: noted.head, at: noted.at, signature: null, publicKey: null };
  const { file } = await world.catalog.backup();
  const copy = join(world.directory, 'tampered.db');
  copyFileSync(file, copy);
  db = openWriter(copy);
  db.script('PRAGMA foreign_keys = OFF; DROP TRIGGER events_stay; DROP TRIGGER events_are_kept;');
  count = db.value<number>(sql`SELECT count(*) FROM events`) ?? 0;
});
afterAll(async () => {
  db.close();
  await world.close();
});

/** The same on every machine. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** What is found in the file with a change that is taken back afterwards. */
function found(change: () => void, noted: readonly NotedHead[] = []): Fault | null {
  db.script('BEGIN');
  try {
    change();
    const part = walkChain(db, chainBeginning, Number.MAX_SAFE_INTEGER);
    return part.fault ?? checkHeads(db, head.catalogId, part.next - 1, noted).fault;
  } finally {
    db.script('ROLLBACK');
  }
}

const times = 100;
const each = (seed: number, act: (random: (below: number) => number, time: number) => void): void => {
  const random = randomFrom(seed);
  for (let time = 0; time < times; time++) act(random, time);
};

type Row = ChainedRow & { readonly previous_hash: Uint8Array; readonly hash: Uint8Array };
const rowAt = (id: number): Row => db.get<Row>(sql`SELECT id, at, actor_id, entrance, kind, object_kind, object_id, registry_id, label, address, before, after, message, act_id, previous_hash, hash FROM events WHERE id = ${id}`)!;
const shift = (from: number, by: 1 | -1): void => {
  db.run(sql`UPDATE events SET id = -(id + ${by}) WHERE id >= ${from}`);
  db.run(sql`UPDATE events SET id = -id WHERE id < 0`);
};
/** Puts an event in whose own hash is right. */
const put = (row: ChainedRow, previous: Uint8Array): void => {
  db.run(sql`
    INSERT INTO events (id, at, actor_id, entrance, kind, object_kind, object_id, registry_id, label, address, before, after, message, act_id, previous_hash, hash)
    VALUES (${row.id}, ${row.at}, ${row.actor_id}, ${row.entrance}, ${row.kind}, ${row.object_kind}, ${row.object_id}, ${row.registry_id}, ${row.label}, ${row.address}, ${row.before}, ${row.after}, ${row.message}, ${row.act_id}, ${previous}, ${chain(previous, row)})`);
};
/** Writes the chain anew from an event on, as somebody would who knows how. */
const rechain = (from: number): void => {
  let previous: Uint8Array = from === 1 ? new Uint8Array(32) : rowAt(from - 1).hash;
  for (let id = from; id <= count; id++) {
    const hash = chain(previous, rowAt(id));
    db.run(sql`UPDATE events SET previous_hash = ${previous}, hash = ${hash} WHERE id = ${id}`);
    previous = hash;
  }
};

describe('a hundred events tampered with in each way, each found and named', () => {
  test('untouched, it is intact, and agrees with its head', () => {
    expect(count).toBeGreaterThan(150);
    expect(found(() => undefined, [head])).toBeNull();
  });

  test('a field altered', () => {
    const changes = [
      sql`at = at + 1`, sql`actor_id = actor_id + 1`, sql`entrance = 'cli2'`, sql`kind = kind || 'x'`, sql`object_kind = 'team'`, sql`object_id = object_id + 1`, sql`registry_id = coalesce(registry_id, 0) + 1`,
      sql`label = label || ' '`, sql`address = coalesce(address, '') || '/'`, sql`before = '{"a":1}'`, sql`after = '{"a":1}'`, sql`message = coalesce(message, '') || '!'`, sql`act_id = coalesce(act_id, 0) + 1`,
      sql`hash = zeroblob(32)`, sql`previous_hash = zeroblob(31)`,
    ];
    each(1, (random, time) => {
      const id = 1 + random(count);
      expect(found(() => db.run(sql`UPDATE events SET ${changes[time % changes.length]!} WHERE id = ${id}`)), `${time} ${id}`).toMatchObject({ kind: 'altered', eventId: id });
    });
  });

  test('a field altered, and its own hash with it', () => {
    each(2, (random) => {
      const id = 1 + random(count - 1);
      expect(found(() => {
        const row = { ...rowAt(id), label: 'another' };
        db.run(sql`UPDATE events SET label = 'another', hash = ${chain(row.previous_hash, row)} WHERE id = ${id}`);
      })).toMatchObject({ kind: 'altered', eventId: id });
    });
  });

  test('removed, with and without the rest numbered anew', () => {
    each(3, (random, time) => {
      const id = 1 + random(count - 1);
      expect(found(() => {
        db.run(sql`DELETE FROM events WHERE id = ${id}`);
        if (time % 2 === 0) shift(id + 1, -1);
      }), `${time} ${id}`).toMatchObject({ kind: 'removed', eventId: id });
    });
  });

  test('reordered', () => {
    each(4, (random) => {
      const first = 1 + random(count - 1);
      const second = first + 1 + random(count - first);
      expect(found(() => {
        db.run(sql`UPDATE events SET id = -1 WHERE id = ${first}`);
        db.run(sql`UPDATE events SET id = ${first} WHERE id = ${second}`);
        db.run(sql`UPDATE events SET id = ${second} WHERE id = -1`);
      }), `${first} ${second}`).toMatchObject({ kind: 'reordered', eventId: first });
    });
  });

  test('inserted, with a hash that is right and with one that isn’t', () => {
    each(5, (random, time) => {
      const id = 1 + random(count);
      expect(found(() => {
        const like = rowAt(1 + random(count));
        shift(id, 1);
        const previous = id === 1 ? new Uint8Array(32) : rowAt(id - 1).hash;
        put({ ...like, id }, previous);
        if (time % 2 === 0) db.run(sql`UPDATE events SET hash = randomblob(32) WHERE id = ${id}`);
      }), `${time} ${id}`).toMatchObject({ kind: 'inserted', eventId: id });
    });
  });

  test('cut off at its end, against a noted head', () => {
    each(6, (random) => {
      const left = random(count);
      const cut = (): void => void db.run(sql`DELETE FROM events WHERE id > ${left}`);
      expect(found(cut)).toBeNull();
      expect(found(cut, [head])).toMatchObject({ kind: 'truncated', eventId: left + 1 });
    });
  });

  test('written anew from an event on, against a noted head', () => {
    each(7, (random, time) => {
      const id = 1 + random(count);
      const rewrite = (): void => {
        db.run(sql`UPDATE events SET actor_id = actor_id + 1 WHERE id = ${id}`);
        rechain(id);
      };
      if (time % 10 === 0) expect(found(rewrite)).toBeNull();
      const earlier: NotedHead = { ...head, events: id - 1, head: id === 1 ? '0'.repeat(64) : Buffer.from(rowAt(id - 1).hash).toString('hex') };
      expect(found(rewrite, [head, earlier]), String(id)).toMatchObject({ kind: 'rewritten', eventId: id });
    });
  });
});

describe('noted heads', () => {
  const keys = generateKeyPairSync('ed25519');
  const publicKey = keys.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  const signed = (): NotedHead => ({ ...head, publicKey, signature: sign(null, Buffer.from(headLine(head)), keys.privateKey).toString('base64') });

  test('signed ones agree; one whose facts were changed, or another catalog’s, is named', () => {
    expect(checkHeads(db, head.catalogId, count, [signed()])).toMatchObject({ fault: null, heads: [{ agrees: true }] });
    expect(checkHeads(db, head.catalogId, count, [{ ...signed(), events: count - 1 }]).fault).toMatchObject({ kind: 'bad_signature' });
    expect(checkHeads(db, head.catalogId, count, [{ ...head, catalogId: 'other' }]).fault).toMatchObject({ kind: 'other_catalog' });
    expect(checkHeads(db, head.catalogId, count, [{ ...signed(), publicKey: 'nonsense' }]).fault).toMatchObject({ kind: 'bad_signature' });
  });

  test('are read as the line that was copied, whatever stands around it, and as JSON', async () => {
    expect(await world.ask('history.verify', { noted: [`noted: ${headLine(head)} by Ada`, JSON.stringify(signed())] })).toMatchObject({ intact: true, fault: null, heads: [{ agrees: true }, { agrees: true }] });
    await expect(world.ask('history.verify', { noted: ['vitrine-head 1 too short'] })).rejects.toMatchObject({ code: 'bad_input' });
  });
});
