/** What came in for many charts at once is painted over several frames, so that none of these comes late: scrolling goes on meanwhile. */

/** Milliseconds of a frame that go into painting, at most one chart more. */
const perFrame = 5;

const waiting = new Map<object, () => void>();
let asked = 0;

function paintSome(): void {
  asked = 0;
  const end = performance.now() + perFrame;
  for (const [chart, paint] of waiting) {
    waiting.delete(chart);
    paint();
    if (performance.now() >= end) break;
  }
  if (waiting.size > 0) asked = requestAnimationFrame(paintSome);
}

/** Paints a chart in one of the next frames, in the order in which they asked. Whoever asks again before has only the last painted. Gives the way to withdraw. */
export function paintSoon(chart: object, paint: () => void): () => void {
  waiting.set(chart, paint);
  if (asked === 0) asked = requestAnimationFrame(paintSome);
  return () => {
    if (waiting.get(chart) === paint) waiting.delete(chart);
  };
}
