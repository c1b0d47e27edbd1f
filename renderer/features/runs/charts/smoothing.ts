/**
 * Exponential smoothing along x. The weight of what was before fades with the distance in x, not with the number of points, so that a line
 * looks the same however many points core gathered into one. Freed of the bias towards the first value.
 */

/** How many steps the whole axis is taken to have: what the weight refers to. */
const stepsPerAxis = 1000;

/**
 * `weight` from 0 (as it is) to below 1. `span` is the length of the axis on show, in the unit of `x`. Null stays null and is passed over.
 */
export function smooth(x: readonly number[], y: readonly (number | null)[], weight: number, span: number): readonly (number | null)[] {
  if (weight <= 0 || !(span > 0)) return y;
  const kept = Math.min(Math.sqrt(weight), 0.9995);
  let sum = 0;
  let weights = 0;
  let before = Number.NaN;
  return y.map((value, index) => {
    if (value === null || !Number.isFinite(value)) return value;
    const here = x[index] ?? Number.NaN;
    const distance = Number.isNaN(before) ? 1 : Math.max(0, ((here - before) / span) * stepsPerAxis);
    const fade = kept ** distance;
    sum = sum * fade + value;
    weights = weights * fade + 1;
    before = here;
    return sum / weights;
  });
}
