export type ArrowDirection = 'left' | 'right' | 'up' | 'down';

/**
 * The node to go to with an arrow key: the nearest whose centre lies in that direction, where distance aside counts double
 * and a node within a cone of 45° always wins over one outside of it. Undefined at the edge. Equal distance: lower index.
 */
export function closestInDirection(
  x: Float64Array,
  y: Float64Array,
  from: number,
  direction: ArrowDirection,
  isCandidate: (node: number) => boolean = () => true,
): number | undefined {
  const horizontal = direction === 'left' || direction === 'right';
  const sign = direction === 'left' || direction === 'up' ? -1 : 1;
  let best: number | undefined;
  let bestCost = Infinity;
  let bestInside = false;
  for (let node = 0; node < x.length; node++) {
    if (node === from) continue;
    const ahead = sign * (horizontal ? x[node]! - x[from]! : y[node]! - y[from]!);
    if (ahead <= 0) continue;
    const aside = Math.abs(horizontal ? y[node]! - y[from]! : x[node]! - x[from]!);
    const inside = aside <= ahead;
    if (bestInside && !inside) continue;
    const cost = ahead + 2 * aside;
    if (((inside && !bestInside) || cost < bestCost) && isCandidate(node)) {
      best = node;
      bestCost = cost;
      bestInside = inside;
    }
  }
  return best;
}
