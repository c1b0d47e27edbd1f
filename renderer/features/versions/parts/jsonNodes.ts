/** JSON as the nodes of a tree, made as far as it is unfolded or found. */
import type { JsonObject, JsonValue } from '#shared/domain/metadata.ts';
import type { TreeNode } from '../../../ui/index.ts';
import { stepTo } from '../difference.ts';

export type JsonFacts = {
  /** The key, or the number in a list. */
  readonly step: string;
  /** `layers[3].width`: how code would reach it. */
  readonly path: string;
  readonly value: JsonValue;
  readonly kind: JsonKind;
  /** What the filter found in it. */
  readonly found: boolean;
};

export type JsonKind = 'text' | 'number' | 'truth' | 'nothing' | 'list' | 'object';

export const kindWords: Readonly<Record<JsonKind, string>> = { text: 'text', number: 'number', truth: 'true or false', nothing: 'null', list: 'list', object: 'object' };

export function kindOfJson(value: JsonValue): JsonKind {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'list';
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
      return 'number';
    case 'boolean':
      return 'truth';
    default:
      return 'object';
  }
}

function entriesOf(value: JsonValue): readonly (readonly [string, JsonValue])[] {
  if (Array.isArray(value)) return value.map((item, index) => [String(index), item as JsonValue] as const);
  return typeof value === 'object' && value !== null ? Object.entries(value as JsonObject) : [];
}

/** A leaf in words: text as it is, the rest as JSON. */
export function leafText(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The nodes of an object. Every level is made: trees are flattened by what is unfolded, so that what is folded costs next to nothing to show. */
export function jsonNodes(object: JsonObject): readonly TreeNode<JsonFacts>[] {
  return nodesAt('', object, '');
}

function nodesAt(path: string, value: JsonValue, wanted: string): readonly TreeNode<JsonFacts>[] {
  const inList = Array.isArray(value);
  const nodes: TreeNode<JsonFacts>[] = [];
  for (const [step, item] of entriesOf(value)) {
    const itemPath = inList ? `${path}[${step}]` : stepTo(path, step);
    const kind = kindOfJson(item);
    const isLeaf = kind !== 'list' && kind !== 'object';
    const found = wanted !== '' && (step.toLowerCase().includes(wanted) || (isLeaf && leafText(item).toLowerCase().includes(wanted)));
    // Below what was found by its key everything stays in sight.
    const children = isLeaf ? undefined : nodesAt(itemPath, item, found ? '' : wanted);
    if (wanted !== '' && !found && (children === undefined || children.length === 0)) continue;
    nodes.push({
      id: itemPath,
      // As it is written in the row, so that speech control finds it by what is seen.
      label: `${step} ${isLeaf ? `${leafText(item).slice(0, 200)} ` : ''}${kindWords[kind]}`,
      data: { step, path: itemPath, value: item, kind, found },
      ...(children === undefined || children.length === 0 ? {} : { children }),
    });
  }
  return nodes;
}

/** The nodes that hold the words in a key or a value, with the way to them; and the ids to unfold, so that they are in sight. */
export function filterJson(object: JsonObject, words: string): { readonly nodes: readonly TreeNode<JsonFacts>[]; readonly unfolded: ReadonlySet<string>; readonly hits: number } {
  const nodes = nodesAt('', object, words.trim().toLowerCase());
  const unfolded = new Set<string>();
  let hits = 0;
  const walk = (list: readonly TreeNode<JsonFacts>[]): boolean => {
    let any = false;
    for (const node of list) {
      const below = node.children === undefined ? false : walk(node.children);
      if (below) unfolded.add(node.id);
      if (node.data.found) hits += 1;
      any ||= below || node.data.found;
    }
    return any;
  };
  walk(nodes);
  return { nodes, unfolded, hits };
}

/** Ids of the nodes that hold others, down to a depth, as long as they are not many: what is unfolded at first. */
export function unfoldedAtFirst(nodes: readonly TreeNode<JsonFacts>[], most = 200): ReadonlySet<string> {
  const unfolded = new Set<string>();
  let level = nodes;
  let shown = nodes.length;
  while (level.length > 0) {
    const below: TreeNode<JsonFacts>[] = [];
    for (const node of level) {
      if (node.children === undefined || shown + node.children.length > most) continue;
      shown += node.children.length;
      unfolded.add(node.id);
      below.push(...node.children);
    }
    level = below;
  }
  return unfolded;
}
