/** The layout worker: large layouts, and a second, harder look at small ones. It holds no state; the window ends it at will. */
import { layoutLayered, type LayoutInput, type LayoutResult } from '#shared/lineage/index.ts';
import { suggestOrder } from './layoutElk.ts';
import type { LayoutReply, LayoutRequest, WarmRequest } from './layoutProtocol.ts';

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

scope.onmessage = (event: MessageEvent<LayoutRequest | WarmRequest>) => {
  const request = event.data;
  if (request.task === 'warm') {
    warm(1);
    return;
  }
  hasWork = true;
  answer(request).then(
    (reply) => scope.postMessage(reply, transferables(reply)),
    (reason: unknown) =>
      scope.postMessage({ generation: request.generation, failure: reason instanceof Error ? reason.message : String(reason) } satisfies LayoutReply),
  );
};

/** Layouts after which the compiler has done with their code, about: the first takes ten times as long as the last. */
const layoutsUntilWarm = 44;
/** Nodes of the largest of them: whoever asks meanwhile waits for one, a few milliseconds. */
const warmedWith = 1_000;
let hasWork = false;

/** One layout a turn, so that a request waits for one at most. */
function warm(turn: number): void {
  if (hasWork) return;
  layoutLayered(nobodys(Math.min(warmedWith, 100 * turn)), { direction: 'right', root: 0 });
  if (turn < layoutsUntilWarm) setTimeout(() => warm(turn + 1), 0);
}

/** A graph with what makes work: long edges, many components, nodes with many neighbours. Its members in the order of `prepareLayout`, or what was compiled for it fits no other. */
function nobodys(nodeCount: number): LayoutInput {
  const source: number[] = [];
  const target: number[] = [];
  for (let node = 1; node < nodeCount; node++) {
    if (node % 97 === 0) continue;
    for (const back of node % 3 === 0 ? [1 + (node * 7) % 5, 1 + (node * 13) % 41] : [1 + (node * 11) % 7]) {
      if (back > node) continue;
      source.push(node - back);
      target.push(node);
    }
  }
  return { nodeCount, source: Int32Array.from(source), target: Int32Array.from(target), width: new Float32Array(nodeCount).fill(200), height: new Float32Array(nodeCount).fill(56), weight: new Uint8Array(source.length).fill(1), parity: Uint8Array.from({ length: nodeCount }, (_, node) => node % 2) };
}

async function answer({ generation, task, input, options, crossings = Infinity }: LayoutRequest): Promise<LayoutReply> {
  if (task === 'layout') return { generation, layout: layoutLayered(input, options), by: 'own' };
  const own = layoutLayered(input, { ...options, effort: 'thorough' });
  let best: { readonly layout: LayoutResult; readonly by: 'own' | 'elk' } = { layout: own, by: 'own' };
  if (own.crossings > 0) {
    const suggested = await suggestOrder(input, own);
    if (suggested !== undefined) {
      const other = layoutLayered(input, { ...options, effort: 'thorough', suggested });
      if (other.crossings < best.layout.crossings) best = { layout: other, by: 'elk' };
    }
  }
  return best.layout.crossings < crossings ? { generation, ...best } : { generation, layout: null };
}

/** The arrays of a layout move over instead of being copied. */
function transferables(reply: LayoutReply): Transferable[] {
  if (!('layout' in reply) || reply.layout === null) return [];
  const { x, y, layer, routes } = reply.layout;
  return [x.buffer, y.buffer, layer.buffer, routes.points.buffer, routes.start.buffer];
}
