import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { Connection } from './connection.ts';
import { allOf, joinSql, listOf, sql } from './sql.ts';

test('data become parameters, pieces become text', () => {
  const { text, values } = sql`SELECT a FROM t WHERE ${allOf([sql`b = ${'x; DROP TABLE t'}`, sql`c IN ${listOf([1, 2])}`])} LIMIT ${3}`;
  expect(text).not.toContain('DROP');
  expect(values).toEqual(['x; DROP TABLE t', '[1,2]', 3]);
  expect(joinSql([sql`${1}`, sql`${2}`], sql` OR `).values).toEqual([1, 2]);
});

test('every kind of value arrives as it is, wherever a parameter may stand', () => {
  const db = new Connection(new Database(':memory:'));
  db.script(`CREATE TABLE t (id INTEGER PRIMARY KEY, value ANY, text TEXT, number REAL) STRICT; CREATE VIRTUAL TABLE f USING fts5 (w)`);
  for (const value of [null, 1, -2.5, 'text', '7', 2 ** 53 - 1, Buffer.from([0, 1, 255])]) {
    const { id } = db.run(sql`INSERT INTO t (value, text, number) VALUES (${value}, ${'3'}, ${3})`);
    expect(db.get(sql`SELECT value, text, number, typeof(number) AS kind FROM t WHERE id = ${id} AND value IS ${value}`)).toEqual({ value, text: '3', number: 3, kind: 'real' });
  }
  db.run(sql`INSERT INTO f (w) VALUES (${'some words here'})`);
  expect(db.column(sql`SELECT rowid FROM f WHERE f MATCH ${'words'} LIMIT ${1} OFFSET ${0}`)).toEqual([1]);
  expect(db.column(sql`SELECT id FROM t WHERE (text, id) > (${'3'}, ${2}) AND text || ${'x'} = ${'3x'} ORDER BY id LIMIT ${2}`)).toEqual([3, 4]);
  db.close();
});

test('looking up by a parameter in a join plans once', () => {
  const db = new Connection(new Database(':memory:'));
  db.script('CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER) STRICT; CREATE TABLE b (id INTEGER PRIMARY KEY) STRICT; INSERT INTO b VALUES (1); INSERT INTO a VALUES (1, 1)');
  // SQLite counts how often a statement was planned again; the extension that shows it isn't there, so the driver's own sign is used:
  // it makes the function that builds rows anew whenever the columns may have changed.
  const original = globalThis.Function;
  let made = 0;
  globalThis.Function = new Proxy(original, { apply: (target, self, parts: string[]) => { made += 1; return Reflect.apply(target, self, parts) as unknown; } });
  try {
    for (let round = 0; round < 10; round++) db.get(sql`SELECT a.id FROM a JOIN b ON b.id = a.b WHERE a.id = ${1}`);
  } finally {
    globalThis.Function = original;
  }
  expect(made).toBe(1);
  db.close();
});
