/** What the catalog adds to the completion of a search: the tags, aliases, types, names and keys that are really there. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { assertNever, completeQuery, completionText, nameKey, type CompletionWish } from '#shared/domain/index.ts';
import { visibleRegistries } from '../../access.ts';
import type { QueryScope } from '../../scope.ts';
import { listOf, sql, type Sql } from '../../sql.ts';
import { projectFilter } from '../visible.ts';

const offered = 20;

type Answer = { readonly text: string; readonly kind: 'value' | 'object' };

export function complete(scope: QueryScope, input: CheckedInputOf<'search.complete'>): OutputOf<'search.complete'> {
  const completion = completeQuery(input.text, input.caret);
  const from = completion.replace.offset;
  const to = from + completion.replace.length;
  const items: OutputOf<'search.complete'>['items'] = completion.candidates.map((insert) => ({ insert, label: insert, from, to, kind: 'field' }));
  const { wants } = completion;
  if (wants !== null) {
    for (const answer of answersTo(scope, wants)) items.push({ insert: completionText(wants, answer.text), label: answer.text, from, to, kind: answer.kind });
  }
  return { items: items.slice(0, 2 * offered) };
}

function answersTo(scope: QueryScope, wish: CompletionWish): readonly Answer[] {
  const { db } = scope;
  const begins = (column: Sql, prefix: string): Sql => sql`${column} >= ${prefix} AND ${column} < ${`${prefix}\u{10FFFF}`}`;
  const values = (query: Sql, kind: Answer['kind'] = 'value'): readonly Answer[] => db.column<string>(sql`${query} LIMIT ${offered}`).map((text) => ({ text, kind }));
  const registries = listOf([...visibleRegistries(db, scope.asker).keys()]);
  const inProjects = (column: Sql): Sql => projectFilter(scope, column).where[0] ?? sql`1`;
  switch (wish.kind) {
    case 'words':
      return wish.prefix === '' ? [] : values(sql`SELECT DISTINCT name FROM artifacts WHERE deleted_at IS NULL AND ${inProjects(sql`project_id`)} AND ${begins(sql`name`, wish.prefix)} ORDER BY name`, 'object');
    case 'metadata keys':
      return values(sql`SELECT key FROM metadata_keys WHERE ${begins(sql`key`, wish.prefix)} ORDER BY key`);
    case 'metadata values':
      // Answered in words of their own: what reads like a number would be taken for one.
      return values(sql`
        SELECT DISTINCT m.text FROM metadata_texts m JOIN versions v ON v.id = m.version_id
        WHERE m.key_id = (SELECT id FROM metadata_keys WHERE key = ${wish.path.join('.')}) AND ${begins(sql`m.text`, wish.prefix)} AND ${inProjects(sql`v.project_id`)} ORDER BY m.text`);
    case 'metric keys':
      // Metrics stand in the summaries of runs; the newest runs know the keys that matter.
      return values(sql`SELECT DISTINCT s.key FROM (SELECT summary FROM runs ORDER BY id DESC LIMIT 200) r, json_each(r.summary) s WHERE s.type IN ('integer', 'real') AND ${begins(sql`s.key`, wish.prefix)} ORDER BY s.key`);
    case 'values': {
      const { prefix } = wish;
      switch (wish.field) {
        case 'type':
          return values(sql`SELECT DISTINCT type FROM artifacts WHERE deleted_at IS NULL AND ${inProjects(sql`project_id`)} AND ${begins(sql`type`, prefix)} ORDER BY type`);
        case 'tag':
          return values(sql`SELECT tag FROM tags WHERE use_count > 0 AND ${begins(sql`tag`, prefix)} ORDER BY use_count DESC, tag`);
        case 'alias':
          // An alias that stands only where the asker may not look is not named.
          return values(sql`
            SELECT DISTINCT x.alias FROM aliases x WHERE ${begins(sql`x.alias`, prefix)} AND (
              (x.holder_kind = 'artifact' AND EXISTS (SELECT 1 FROM artifacts a WHERE a.id = x.holder_id AND ${inProjects(sql`a.project_id`)}))
              OR (x.holder_kind = 'collection' AND EXISTS (SELECT 1 FROM collections c WHERE c.id = x.holder_id AND c.registry_id IN ${registries}))) ORDER BY x.alias`);
        case 'state':
          return values(sql`SELECT DISTINCT l.state FROM links l JOIN collections c ON c.id = l.collection_id WHERE l.state <> '' AND l.removed_at IS NULL AND c.registry_id IN ${registries} AND ${begins(sql`l.state`, prefix)} ORDER BY l.state`);
        case 'by':
          return ['me'.startsWith(prefix) ? [{ text: 'me', kind: 'value' as const }] : [], values(sql`SELECT username FROM users WHERE removed_at IS NULL AND ${begins(sql`username`, prefix)} ORDER BY username`)].flat();
        case 'name':
          return values(sql`SELECT DISTINCT name FROM artifacts WHERE deleted_at IS NULL AND ${inProjects(sql`project_id`)} AND ${begins(sql`name`, prefix)} ORDER BY name`, 'object');
        case 'registry':
          return values(sql`SELECT name FROM registries WHERE deleted_at IS NULL AND id IN ${registries} AND ${begins(sql`name_key`, nameKey(prefix))} ORDER BY name_key`, 'object');
        case 'collection':
          return values(sql`SELECT DISTINCT name FROM collections WHERE deleted_at IS NULL AND registry_id IN ${registries} AND ${begins(sql`name_key`, nameKey(prefix))} ORDER BY name_key`, 'object');
        case 'project':
          return values(sql`SELECT DISTINCT name FROM projects WHERE deleted_at IS NULL AND ${inProjects(sql`id`)} AND ${begins(sql`name_key`, nameKey(prefix))} ORDER BY name_key`, 'object');
        case 'file':
          return [];
        default:
          return assertNever(wish.field, 'field');
      }
    }
    default:
      return assertNever(wish, 'completion');
  }
}
