/**
 * What many charts ask for at once is done over several frames, so that none of these comes late: scrolling goes on meanwhile. So are new points
 * painted, and so do charts come into sight and leave it.
 */

/** Milliseconds of a frame that go into it, at most one piece more. */
const perFrame = 5;

const waiting = new Map<object, () => void>();
let asked = 0;

function doSome(): void {
  asked = 0;
  const end = performance.now() + perFrame;
  for (const [owner, work] of waiting) {
    waiting.delete(owner);
    work();
    if (performance.now() >= end) break;
  }
  if (waiting.size > 0) asked = requestAnimationFrame(doSome);
}

/** Does it in one of the next frames, in the order in which they asked. Whoever asks again before has only the last done. Gives the way to withdraw. */
export function inOneOfTheNextFrames(owner: object, work: () => void): () => void {
  waiting.set(owner, work);
  if (asked === 0) asked = requestAnimationFrame(doSome);
  return () => {
    if (waiting.get(owner) === work) waiting.delete(owner);
  };
}
