/** Filters of the domain's language as SQL. Values and paths become parameters; only our own columns become text. */
import { collectionFilterFields, parseFilter, registryFilterFields, registryOfProject, runFilterFields, versionFilterFields, type Filter, type FilterField, type FilterFields, type FilterValue } from '#shared/domain/index.ts';
import { accepted } from '../refusals.ts';
import { joinSql, listOf, sql, type Sql, type SqlValue } from '../sql.ts';

/** What a field is in a list's query. */
type FieldSql =
  | { readonly kind: 'value'; readonly value: Sql }
  /** A value of any type at a path: numbers compare with numbers, texts with texts. */
  | { readonly kind: 'json'; readonly value: Sql }
  /** Several values: which of them fulfil a condition. */
  | { readonly kind: 'list'; readonly some: (condition: (member: Sql) => Sql) => Sql; readonly count: Sql }
  /** Names of a registry: its own, and W&B's for a core one. */
  | { readonly kind: 'registry name'; readonly name: Sql; readonly coreType: Sql };

type Columns = (field: FilterField) => FieldSql;

/** A condition, and a name that tells lists with different filters apart. */
export type FilterSql = { readonly where: readonly Sql[]; readonly name: string };

const none: FilterSql = { where: [], name: '' };

/** Links `l` in a lifecycle state, along `links_by_state`: it holds those that have one, and a bound parameter alone doesn't tell SQLite that it is one. */
export const inState = (state: string): readonly Sql[] => [sql`l.state = ${state}`, ...(state === '' ? [] : [sql`l.state <> ''`])];

function filterSql(given: unknown, fields: FilterFields, columns: Columns): FilterSql {
  const filter = accepted(parseFilter(given, fields));
  if (filter.kind === 'and' && filter.of.length === 0) return none;
  return { where: [conditionOf(filter, columns)], name: ` filter ${JSON.stringify(filter)}` };
}

function conditionOf(filter: Filter, columns: Columns): Sql {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      if (filter.of.length === 0) return filter.kind === 'and' ? sql`1` : sql`0`;
      return sql`(${joinSql(filter.of.map((one) => conditionOf(one, columns)), filter.kind === 'and' ? sql` AND ` : sql` OR `)})`;
    }
    case 'not':
      // What isn't known isn't so.
      return sql`NOT coalesce(${conditionOf(filter.of, columns)}, 0)`;
    case 'all':
      return filter.values.length === 0 ? sql`0` : sql`(${joinSql(filter.values.map((value) => one(columns(filter.field), (member) => sql`${member} = ${bound(value)}`, value)), sql` AND `)})`;
    case 'in':
      return inList(columns(filter.field), filter.values);
    case 'compare': {
      const field = columns(filter.field);
      if (field.kind === 'registry name' && filter.operator !== '$eq') return compare({ kind: 'value', value: field.name }, filter.operator, typeof filter.value === 'string' ? (registryOfProject(filter.value) ?? filter.value) : filter.value);
      return compare(field, filter.operator, filter.value);
    }
    case 'exists': {
      const field = columns(filter.field);
      switch (field.kind) {
        case 'list':
          return filter.exists ? sql`${field.count} > 0` : sql`${field.count} = 0`;
        case 'registry name':
          return filter.exists ? sql`1` : sql`0`;
        case 'value':
        case 'json':
          return filter.exists ? sql`${field.value} IS NOT NULL` : sql`${field.value} IS NULL`;
      }
      break;
    }
    case 'regex':
      return onText(columns(filter.field), (text) => sql`matches_pattern(${filter.pattern}, ${text})`);
    case 'contains':
      return onText(columns(filter.field), (text) => sql`instr(${text}, ${filter.text}) > 0`);
    case 'size': {
      const field = columns(filter.field);
      return field.kind === 'list' ? sql`${field.count} = ${filter.size}` : sql`0`;
    }
  }
  return sql`0`;
}

function bound(value: FilterValue): SqlValue {
  return typeof value === 'boolean' ? (value ? 1 : 0) : value;
}

const operators = { $eq: sql`=`, $gt: sql`>`, $gte: sql`>=`, $lt: sql`<`, $lte: sql`<=` } as const;

function compare(field: FieldSql, operator: keyof typeof operators, value: FilterValue): Sql {
  return one(field, (member) => sql`${member} ${operators[operator]} ${bound(value)}`, value);
}

/** A condition on the value, on one of several, on a name. `value` is what it is compared with. */
function one(field: FieldSql, condition: (member: Sql) => Sql, value: FilterValue): Sql {
  switch (field.kind) {
    case 'value':
      return condition(field.value);
    case 'json':
      return typeof value === 'string' ? sql`(typeof(${field.value}) = 'text' AND ${condition(field.value)})` : sql`(typeof(${field.value}) IN ('integer', 'real') AND ${condition(field.value)})`;
    case 'list':
      return field.some(condition);
    case 'registry name': {
      const name = typeof value === 'string' ? (registryOfProject(value) ?? value) : value;
      const bare = bound(name);
      // The comparison itself carries the name as it came, so it is written anew for the bare one.
      return sql`(${field.name} = ${bare} OR ${field.coreType} IS ${bare})`;
    }
  }
}

function inList(field: FieldSql, values: readonly FilterValue[]): Sql {
  if (values.length === 0) return sql`0`;
  switch (field.kind) {
    case 'value':
      return sql`${field.value} IN ${listOf(values.map((value) => bound(value) as string | number))}`;
    case 'list':
      return field.some((member) => sql`${member} IN ${listOf(values.map((value) => bound(value) as string | number))}`);
    case 'json':
    case 'registry name':
      return sql`(${joinSql(values.map((value) => compare(field, '$eq', value)), sql` OR `)})`;
  }
}

function onText(field: FieldSql, condition: (text: Sql) => Sql): Sql {
  switch (field.kind) {
    case 'value':
      return condition(field.value);
    case 'json':
      return sql`(typeof(${field.value}) = 'text' AND ${condition(field.value)})`;
    case 'list':
      return field.some(condition);
    case 'registry name':
      return sql`(${condition(sql`('wandb-registry-' || ${field.name})`)} OR ${condition(field.name)} OR coalesce(${condition(sql`('wandb-registry-' || ${field.coreType})`)}, 0))`;
  }
}

/** A value inside of JSON: at nested keys, or under the one key that is written with the dots. */
export function jsonValue(column: Sql, path: readonly string[]): Sql {
  const nested = `$${path.map((step) => `."${step}"`).join('')}`;
  const extracted = path.length === 1 ? sql`json_extract(${column}, ${nested})` : sql`coalesce(json_extract(${column}, ${nested}), json_extract(${column}, ${`$."${path.join('.')}"`}))`;
  return sql`(CASE WHEN json_valid(${column}, 6) THEN ${extracted} END)`;
}

/** A value of a run's config: at its path, or as W&B's own configs have it, where each key's value lies below it: `config.optimizer.value.name`. */
export function configValue(path: readonly string[]): Sql {
  const [key = '', step, ...rest] = path;
  return step === 'value' ? sql`coalesce(${jsonValue(sql`r.config`, path)}, ${jsonValue(sql`r.config`, [key, ...rest])})` : jsonValue(sql`r.config`, path);
}

/** In seconds: what the script measured, which stands for offline runs too; else from its start to the last sign of life. */
export const runDuration: Sql = sql`(CASE WHEN typeof(${jsonValue(sql`r.summary`, ['_runtime'])}) IN ('integer', 'real') THEN ${jsonValue(sql`r.summary`, ['_runtime'])} ELSE (coalesce(r.finished_at, r.heartbeat_at, r.created_at) - r.created_at) / 1000.0 END)`;

const unknownField = (field: FilterField): never => {
  throw new Error(`No column for the field ${field.name}`);
};

/** Over `registries r`. */
export function registryConditions(filter: unknown): FilterSql {
  return filterSql(filter, registryFilterFields, (field) => {
    switch (field.name) {
      case 'id': return { kind: 'value', value: sql`r.id` };
      case 'name': return { kind: 'registry name', name: sql`r.name`, coreType: sql`r.core_type` };
      case 'entity_id': return { kind: 'value', value: sql`r.organization_id` };
      case 'description': return { kind: 'value', value: sql`r.description` };
      case 'created_at': return { kind: 'value', value: sql`r.created_at` };
      case 'updated_at': return { kind: 'value', value: sql`r.updated_at` };
      default: return unknownField(field);
    }
  });
}

function tagList(table: Sql, column: Sql, id: Sql): FieldSql {
  return {
    kind: 'list',
    some: (condition) => sql`EXISTS (SELECT 1 FROM ${table} xt JOIN tags tt ON tt.id = xt.tag_id WHERE xt.${column} = ${id} AND ${condition(sql`tt.tag`)})`,
    count: sql`(SELECT count(*) FROM ${table} xt WHERE xt.${column} = ${id})`,
  };
}

function aliasList(holderKind: 'artifact' | 'collection', id: Sql): FieldSql {
  return {
    kind: 'list',
    some: (condition) => sql`EXISTS (SELECT 1 FROM aliases xa WHERE xa.holder_kind = ${holderKind} AND xa.target_id = ${id} AND ${condition(sql`xa.alias`)})`,
    count: sql`(SELECT count(*) FROM aliases xa WHERE xa.holder_kind = ${holderKind} AND xa.target_id = ${id})`,
  };
}

/** Over `collections c`, or over `artifacts c`: both are collections to a client. */
export function collectionConditions(filter: unknown, side: 'collections' | 'artifacts'): FilterSql {
  return filterSql(filter, collectionFilterFields, (field) => {
    switch (field.name) {
      case 'artifact_collection_id': return { kind: 'value', value: sql`c.id` };
      case 'name': return { kind: 'value', value: sql`c.name` };
      case 'type': return { kind: 'value', value: sql`c.type` };
      case 'tag': return side === 'collections' ? tagList(sql`collection_tags`, sql`collection_id`, sql`c.id`) : tagList(sql`artifact_tags`, sql`artifact_id`, sql`c.id`);
      case 'description': return { kind: 'value', value: sql`c.description` };
      case 'created_at': return { kind: 'value', value: sql`c.created_at` };
      case 'updated_at': return { kind: 'value', value: sql`c.updated_at` };
      default: return unknownField(field);
    }
  });
}

/** Over `versions v`, with number and aliases of the source; or, through a link, over `links l` beside it, with the link's. */
export function versionConditions(filter: unknown, through: 'source' | 'link'): FilterSql {
  return filterSql(filter, versionFilterFields, (field) => {
    switch (field.name) {
      case 'id': return { kind: 'value', value: sql`v.id` };
      case 'version': return { kind: 'value', value: through === 'link' ? sql`l.idx` : sql`v.idx` };
      case 'tag': return tagList(sql`version_tags`, sql`version_id`, sql`v.id`);
      case 'alias': return through === 'link' ? aliasList('collection', sql`l.id`) : aliasList('artifact', sql`v.id`);
      case 'description': return { kind: 'value', value: sql`v.description` };
      case 'digest': return { kind: 'value', value: sql`lower(hex(v.wandb_digest))` };
      case 'size': return { kind: 'value', value: sql`v.size` };
      case 'state': return { kind: 'value', value: sql`upper(v.state)` };
      case 'type': return { kind: 'value', value: sql`v.type` };
      case 'created_at': return { kind: 'value', value: through === 'link' ? sql`l.linked_at` : sql`v.created_at` };
      case 'updated_at': return { kind: 'value', value: sql`v.updated_at` };
      case 'metadata': return { kind: 'json', value: jsonValue(sql`v.metadata`, field.path) };
      default: return unknownField(field);
    }
  });
}

/** Over `runs r`. */
export function runConditions(filter: unknown): FilterSql {
  return filterSql(filter, runFilterFields, (field) => {
    switch (field.name) {
      case 'name': return { kind: 'value', value: sql`r.run_id` };
      case 'display_name': return { kind: 'value', value: sql`r.display_name` };
      case 'state': return { kind: 'value', value: sql`r.state` };
      case 'group': return { kind: 'value', value: sql`r.run_group` };
      case 'job_type': return { kind: 'value', value: sql`r.job_type` };
      case 'username': return { kind: 'value', value: sql`(SELECT u.username FROM users u WHERE u.id = r.created_by)` };
      case 'tag': return { kind: 'list', some: (condition) => sql`EXISTS (SELECT 1 FROM json_each(r.tags) xt WHERE ${condition(sql`xt.value`)})`, count: sql`json_array_length(r.tags)` };
      case 'entity': return { kind: 'value', value: sql`(SELECT t.name FROM projects p JOIN teams t ON t.id = p.team_id WHERE p.id = r.project_id)` };
      case 'project': return { kind: 'value', value: sql`(SELECT p.name FROM projects p WHERE p.id = r.project_id)` };
      case 'host': return { kind: 'value', value: sql`r.host` };
      case 'notes': return { kind: 'value', value: sql`r.notes` };
      case 'duration': return { kind: 'value', value: runDuration };
      case 'created_at': return { kind: 'value', value: sql`r.created_at` };
      case 'heartbeat_at': return { kind: 'value', value: sql`r.heartbeat_at` };
      case 'config': return { kind: 'json', value: configValue(field.path) };
      case 'summary': return { kind: 'json', value: jsonValue(sql`r.summary`, field.path) };
      default: return unknownField(field);
    }
  });
}
