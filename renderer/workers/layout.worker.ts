/** The layout worker: large layouts, and a second, harder look at small ones. It holds no state; the window ends it at will. */
import { layoutLayered, type LayoutResult } from '#shared/lineage/index.ts';
import { suggestOrder } from './layoutElk.ts';
import type { LayoutReply, LayoutRequest } from './layoutProtocol.ts';

const scope = globalThis as unknown as DedicatedWorkerGlobalScope;

scope.onmessage = (event: MessageEvent<LayoutRequest>) => {
  const request = event.data;
  answer(request).then(
    (reply) => scope.postMessage(reply, transferables(reply)),
    (reason: unknown) =>
      scope.postMessage({ generation: request.generation, failure: reason instanceof Error ? reason.message : String(reason) } satisfies LayoutReply),
  );
};

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
