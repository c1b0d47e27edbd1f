/**
 * Walks over the catalog's graph. Breadth first, so that a limit cuts off what is farthest; shared out among the nodes of a layer, so that it
 * never cuts off what happens to be read late.
 */
import type { Code } from './codes.ts';
import type { Direction, EdgeReader } from './edges.ts';

export type Walked = {
  /** In the order of nearness, the roots first. */
  readonly codes: readonly Code[];
  /** Steps from the nearest root: negative upstream, positive downstream. */
  readonly distance: ReadonlyMap<Code, number>;
  /** Whether the limit, not the depth, ended the walk. */
  readonly truncated: boolean;
};

/** Up and down in turn, a layer at a time, until the depths or `limit` nodes are reached. */
export function walkAround(edges: EdgeReader, roots: readonly Code[], depths: { readonly up: number; readonly down: number }, limit: number): Walked {
  const distance = new Map<Code, number>();
  const codes: Code[] = [];
  let truncated = roots.length > limit;
  for (const root of roots.slice(0, limit)) {
    distance.set(root, 0);
    codes.push(root);
  }
  // On a ring what is upstream is downstream as well: each direction knows for itself what it has passed.
  const passed: Record<Direction, Set<Code>> = { upstream: new Set(codes), downstream: new Set(codes) };
  const frontiers: Record<Direction, readonly Code[]> = { upstream: [...codes], downstream: [...codes] };
  for (let step = 1; step <= Math.max(depths.up, depths.down); step++) {
    if (frontiers.upstream.length === 0 && frontiers.downstream.length === 0) break;
    for (const direction of ['upstream', 'downstream'] as const) {
      const frontier = frontiers[direction];
      if (frontier.length === 0) continue;
      if (step > (direction === 'upstream' ? depths.up : depths.down)) {
        frontiers[direction] = [];
        continue;
      }
      const room = limit - codes.length;
      const layer = nextLayer(edges, frontier, direction, passed[direction], room);
      if (layer.more) truncated = true;
      for (const code of layer.codes) {
        passed[direction].add(code);
        if (distance.has(code)) continue;
        distance.set(code, direction === 'upstream' ? -step : step);
        codes.push(code);
      }
      frontiers[direction] = layer.codes;
    }
  }
  return { codes, distance, truncated };
}

/**
 * New neighbours of a frontier, at most `room`: all when they fit; otherwise the first of every node, then the second of every node, and so
 * on while there is room.
 */
function nextLayer(edges: EdgeReader, frontier: readonly Code[], direction: Direction, known: ReadonlySet<Code>, room: number): { readonly codes: readonly Code[]; readonly more: boolean } {
  // Edges back to what is known take rows as well.
  const whole = edges.read(frontier, direction, room + known.size + frontier.length);
  if (whole.complete) {
    const fresh: Code[] = [];
    const seen = new Set<Code>();
    for (const code of whole.other) {
      if (known.has(code) || seen.has(code)) continue;
      seen.add(code);
      fresh.push(code);
    }
    if (fresh.length <= room) return { codes: fresh, more: false };
    if (room === 0) return { codes: [], more: true };
    return { codes: inTurns(whole, known, room), more: true };
  }
  if (room === 0) return { codes: [], more: true };
  for (let share = Math.max(2, Math.ceil((2 * room) / frontier.length)); ; share *= 4) {
    const part = edges.readShares(frontier.slice(0, Math.max(room, 64)), direction, share);
    const codes = inTurns(part, known, room);
    if (codes.length >= room || part.complete || share > room + known.size) return { codes, more: true };
  }
}

function inTurns(steps: { readonly owner: readonly Code[]; readonly other: readonly Code[] }, known: ReadonlySet<Code>, room: number): Code[] {
  const byOwner = new Map<Code, Code[]>();
  for (let at = 0; at < steps.owner.length; at++) {
    if (known.has(steps.other[at]!)) continue;
    const list = byOwner.get(steps.owner[at]!);
    if (list === undefined) byOwner.set(steps.owner[at]!, [steps.other[at]!]);
    else list.push(steps.other[at]!);
  }
  const taken = new Set<Code>();
  let queues = [...byOwner.values()];
  for (let turn = 0; queues.length > 0 && taken.size < room; turn++) {
    for (const queue of queues) {
      taken.add(queue[turn]!);
      if (taken.size >= room) break;
    }
    queues = queues.filter((queue) => queue.length > turn + 1);
  }
  return [...taken];
}

/** What can be reached in one direction, with the edges on the way. */
export type Closure = {
  /** Breadth first, the roots first. */
  readonly codes: readonly Code[];
  /** Steps from the nearest root, by code. */
  readonly degree: ReadonlyMap<Code, number>;
  /** The node through which it was met first, by code; none for the roots. */
  readonly through: ReadonlyMap<Code, Code>;
  /** Every edge that was read, as it points: from what came first. */
  readonly edges: { readonly from: readonly Code[]; readonly to: readonly Code[] };
  /** False where the walk ended at its bound. */
  readonly complete: boolean;
};

/** Nodes, and edges, that a question walks over before it gives up: a bound on time and memory, not on meaning. */
export const closureBound = { nodes: 250_000, edges: 1_000_000 } as const;

/** A walk in one direction that is taken a layer at a time. */
export class Expansion {
  readonly direction: Direction;
  readonly codes: Code[];
  readonly degree = new Map<Code, number>();
  readonly through = new Map<Code, Code>();
  readonly from: Code[] = [];
  readonly to: Code[] = [];
  /** Where the last layer begins in `codes`. */
  #layer = 0;
  #complete = true;
  readonly #edges: EdgeReader;
  readonly #bound: { readonly nodes: number; readonly edges: number };

  constructor(edges: EdgeReader, roots: readonly Code[], direction: Direction, bound: { readonly nodes: number; readonly edges: number } = closureBound) {
    this.#edges = edges;
    this.#bound = bound;
    this.direction = direction;
    this.codes = [...new Set(roots)];
    for (const root of this.codes) this.degree.set(root, 0);
  }

  get frontier(): readonly Code[] {
    return this.codes.slice(this.#layer);
  }

  /** Whether there is nothing more to find, or no more that would be looked for. */
  get done(): boolean {
    return this.#layer >= this.codes.length;
  }

  get complete(): boolean {
    return this.#complete;
  }

  /** Takes one layer; its nodes are the new frontier. */
  advance(): void {
    const frontier = this.frontier;
    const steps = this.#edges.read(frontier, this.direction, Math.max(0, this.#bound.edges - this.from.length));
    const next = (this.degree.get(frontier[0]!) ?? 0) + 1;
    this.#layer = this.codes.length;
    if (!steps.complete) this.#complete = false;
    const upstream = this.direction === 'upstream';
    for (let at = 0; at < steps.owner.length; at++) {
      const owner = steps.owner[at]!;
      const other = steps.other[at]!;
      if (!this.degree.has(other)) {
        if (this.codes.length >= this.#bound.nodes) {
          this.#complete = false;
          continue;
        }
        this.degree.set(other, next);
        this.through.set(other, owner);
        this.codes.push(other);
      }
      this.from.push(upstream ? other : owner);
      this.to.push(upstream ? owner : other);
    }
    if (!this.#complete) this.#layer = this.codes.length;
  }

  finish(depth = Number.POSITIVE_INFINITY): Closure {
    for (let step = 0; step < depth && !this.done; step++) this.advance();
    return { codes: this.codes, degree: this.degree, through: this.through, edges: { from: this.from, to: this.to }, complete: this.#complete };
  }
}

export function closure(edges: EdgeReader, roots: readonly Code[], direction: Direction, options: { readonly depth?: number; readonly bound?: { readonly nodes: number; readonly edges: number } } = {}): Closure {
  return new Expansion(edges, roots, direction, options.bound).finish(options.depth);
}
