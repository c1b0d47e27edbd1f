import type { Adjacency } from './adjacency.ts';
import { findComponents } from './rows.ts';

/** Width to height that what doesn't hang together is packed into: about a window's. */
const aspect = 1.6;
/** Layers left free beside a component of more than one, so that it is told from its neighbour; even, for columns hold one kind each. */
const layersBetween = 2;

export type Packing = {
  /** Components as `findComponents` numbers them, in the order in which they are given their places. */
  readonly order: readonly number[];
};

type Extents = {
  /** Node whose component comes first. */
  readonly root: number | undefined;
  /** Sizes of nodes along and across the layers, in pixels. */
  readonly along: Float32Array;
  readonly across: Float32Array;
  readonly betweenNodes: number;
  readonly columnGap: number;
  readonly direction: 'right' | 'down';
};

/**
 * Moves components that don't hang together along the layers, so that they stand beside one another where all below each other would make a strip. The
 * largest come first, each where it begins highest. Changes `layer`; nothing where all hangs together.
 */
export function packComponents(graph: Adjacency, layer: Int32Array, { root, along, across, betweenNodes, columnGap, direction }: Extents): Packing {
  const { componentOf, componentCount } = findComponents(graph);
  if (componentCount < 2) return { order: componentCount === 0 ? [] : [0] };
  const nodes = new Int32Array(componentCount);
  const least = new Int32Array(componentCount).fill(0x7fff_ffff);
  const most = new Int32Array(componentCount).fill(-0x7fff_ffff);
  let step = 0;
  for (let node = 0; node < layer.length; node++) {
    const component = componentOf[node]!;
    nodes[component]!++;
    // From even layers on, so that every node keeps its parity.
    least[component] = Math.min(least[component]!, layer[node]! - (layer[node]! & 1));
    most[component] = Math.max(most[component]!, layer[node]!);
    step += along[node]! / layer.length;
  }
  step += columnGap;
  const first = root === undefined ? -1 : componentOf[root]!;
  const order = Array.from(nodes, (_, component) => component).sort((one, other) => Number(other === first) - Number(one === first) || nodes[other]! - nodes[one]! || one - other);

  // As high as the fullest of its layers, about.
  const height = new Float64Array(componentCount);
  const filled = new Map<number, number>();
  let area = 0;
  let columns = 0;
  for (let node = 0; node < layer.length; node++) {
    const component = componentOf[node]!;
    const key = component * 2 * layer.length + (layer[node]! - least[component]!);
    const fill = (filled.get(key) ?? 0) + across[node]! + betweenNodes;
    filled.set(key, fill);
    if (fill > height[component]!) height[component] = fill;
  }
  const span = (component: number): number => most[component]! - least[component]! + 1;
  /** From where one begins to where its neighbour can. */
  const stride = (wide: number): number => (wide === 1 ? 2 : wide + layersBetween + (wide & 1));
  let strides = 0;
  for (let component = 0; component < componentCount; component++) {
    const wide = span(component);
    area += wide * height[component]!;
    strides += stride(wide) * height[component]!;
    columns = Math.max(columns, wide);
  }
  // Layers on which nobody stands take no room: where all are alike, those are the ones between.
  columns = Math.max(columns, Math.round((Math.sqrt(area * step * (direction === 'right' ? aspect : 1 / aspect)) / step) * (strides / area)));

  const skyline = new Float64Array(columns + layersBetween + 2);
  const offset = new Int32Array(componentCount);
  for (const component of order) {
    const wide = span(component);
    let place = 0;
    let begins = Infinity;
    for (let at = 0; at === 0 || at + wide <= columns; at += 2) {
      let highest = 0;
      for (let column = at; column < at + wide; column++) if (skyline[column]! > highest) highest = skyline[column]!;
      if (highest >= begins) continue;
      begins = highest;
      place = at;
      if (highest === 0) break;
    }
    offset[component] = place;
    for (let column = place; column < Math.min(place + stride(wide), skyline.length); column++) skyline[column] = begins + height[component]! + 2 * betweenNodes;
  }
  for (let node = 0; node < layer.length; node++) layer[node] = layer[node]! - least[componentOf[node]!]! + offset[componentOf[node]!]!;
  return { order };
}
