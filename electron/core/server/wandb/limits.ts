/** What one GraphQL request may cost, held against the document before any of it runs. */
import { Kind, visit, type DocumentNode, type FieldNode, type FragmentDefinitionNode, type OperationDefinitionNode, type SelectionSetNode, type ValueNode } from 'graphql';
import { VitrineError } from '#shared/contract/index.ts';

export const graphqlLimits = {
  /** Words and signs in a document. W&B's own clients stay below 2,000. */
  tokens: 20_000,
  /** Fields inside each other, fragments laid open. */
  depth: 24,
  /** Fields, fragments laid open. */
  fields: 3_000,
  /** Fields at the top: each is a question of its own. */
  roots: 10,
  /** Times that one field may be asked for under other names in one place. */
  aliases: 20,
  /** Fields of the answer at most: a list counts as often as it is asked to be long. */
  cost: 2_000_000,
  /** Rows of one page. */
  rows: 10_000,
} as const;

type Measured = { fields: number };

/** Throws `bad_input` that names the limit which the operation goes beyond. */
export function holdToLimits(document: DocumentNode, operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const defaults = new Map<string, ValueNode>();
  for (const variable of operation.variableDefinitions ?? []) if (variable.defaultValue !== undefined) defaults.set(variable.variable.name.value, variable.defaultValue);

  const measured: Measured = { fields: 0 };
  const roots = fieldsOf(operation.selectionSet, fragments, new Set(), measured);
  if (roots.length > graphqlLimits.roots) throw tooMuch('fields at the top', graphqlLimits.roots);
  const cost = costOf(operation.selectionSet, 1);
  if (cost > graphqlLimits.cost) throw tooMuch('fields in the answer', graphqlLimits.cost);

  function costOf(selection: SelectionSetNode, depth: number): number {
    if (depth > graphqlLimits.depth) throw tooMuch('levels', graphqlLimits.depth);
    const fields = fieldsOf(selection, fragments, new Set(), measured);
    const names = new Map<string, Set<string>>();
    let cost = 0;
    for (const field of fields) {
      const keys = names.get(field.name.value) ?? new Set<string>();
      names.set(field.name.value, keys.add(field.alias?.value ?? field.name.value));
      if (keys.size > graphqlLimits.aliases) throw tooMuch(`names for “${field.name.value}” in one place`, graphqlLimits.aliases);
      cost += 1 + (field.selectionSet === undefined ? 0 : rowsOf(field) * costOf(field.selectionSet, depth + 1));
      if (cost > graphqlLimits.cost) throw tooMuch('fields in the answer', graphqlLimits.cost);
    }
    return cost;
  }

  function rowsOf(field: FieldNode): number {
    const first = field.arguments?.find((argument) => argument.name.value === 'first' || argument.name.value === 'last');
    if (first === undefined) return 1;
    let value: ValueNode | undefined = first.value;
    if (value.kind === Kind.VARIABLE) {
      const given = variables[value.name.value];
      if (typeof given === 'number') return clampRows(given);
      value = defaults.get(value.name.value);
    }
    return clampRows(value?.kind === Kind.INT ? Number(value.value) : 50);
  }
}

/** Whether a variable says how long some list of the document may be. */
export function isPagedByVariables(document: DocumentNode): boolean {
  let paged = false;
  visit(document, {
    Argument(argument) {
      if ((argument.name.value === 'first' || argument.name.value === 'last') && argument.value.kind === Kind.VARIABLE) paged = true;
    },
  });
  return paged;
}

function countOne(measured: Measured): void {
  measured.fields += 1;
  if (measured.fields > graphqlLimits.fields) throw tooMuch('fields', graphqlLimits.fields);
}

/** The fields of a selection with fragments laid open; each fragment counts as often as it is used. */
function fieldsOf(selection: SelectionSetNode, fragments: ReadonlyMap<string, FragmentDefinitionNode>, open: ReadonlySet<string>, measured: Measured): FieldNode[] {
  const fields: FieldNode[] = [];
  for (const one of selection.selections) {
    if (one.kind === Kind.FIELD) {
      fields.push(one);
      countOne(measured);
      continue;
    }
    // Fragments count as well: many that hold nothing but each other would be walked for long.
    countOne(measured);
    if (one.kind === Kind.INLINE_FRAGMENT) {
      fields.push(...fieldsOf(one.selectionSet, fragments, open, measured));
    } else {
      const fragment = fragments.get(one.name.value);
      // One that holds itself is refused by the rules of GraphQL, later: here it must only not go round for ever.
      if (fragment === undefined || open.has(one.name.value)) continue;
      fields.push(...fieldsOf(fragment.selectionSet, fragments, new Set([...open, one.name.value]), measured));
    }
  }
  return fields;
}

export function clampRows(first: number): number {
  return Math.min(Math.max(Math.trunc(first), 0), graphqlLimits.rows);
}

/** Levels of braces and brackets in the text, before it is read: reading goes as deep as they do. */
export function nestingOf(source: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < source.length; index += 1) {
    const character = source.charCodeAt(index);
    if (character === 0x7b || character === 0x5b || character === 0x28) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (character === 0x7d || character === 0x5d || character === 0x29) depth -= 1;
  }
  return deepest;
}

function tooMuch(what: string, limit: number): VitrineError {
  return new VitrineError('bad_input', { details: { explanation: `The query asks for more than ${limit} ${what}.`, limit } });
}
