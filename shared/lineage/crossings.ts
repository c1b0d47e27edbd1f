/** Ways as in `Routes`: points of edge `e` from `start[e]` to `start[e + 1]`. */
export type Ways = { readonly start: Int32Array; readonly points: Float32Array };

/**
 * How often the ways of different edges cross, seen as straight pieces between their points. Pieces that only touch, as
 * edges of one node do at its side, don't count. Judges layouts of any origin by the same measure.
 * A sweep along x; quick while few pieces overlap in x, so meant for graphs up to a few thousand edges.
 */
export function countWayCrossings(ways: Ways): number {
  const { start, points } = ways;
  const edgeCount = start.length - 1;
  const pieces: { edge: number; x1: number; y1: number; x2: number; y2: number; low: number; high: number }[] = [];
  for (let edge = 0; edge < edgeCount; edge++) {
    for (let at = start[edge]! + 1; at < start[edge + 1]!; at++) {
      const before = { x: points[2 * at - 2]!, y: points[2 * at - 1]! };
      const after = { x: points[2 * at]!, y: points[2 * at + 1]! };
      if (before.x === after.x && before.y === after.y) continue;
      const ordered = before.x <= after.x;
      pieces.push({
        edge,
        x1: ordered ? before.x : after.x,
        y1: ordered ? before.y : after.y,
        x2: ordered ? after.x : before.x,
        y2: ordered ? after.y : before.y,
        low: Math.min(before.y, after.y),
        high: Math.max(before.y, after.y),
      });
    }
  }
  pieces.sort((first, second) => first.x1 - second.x1);
  let active: typeof pieces = [];
  let crossings = 0;
  for (const piece of pieces) {
    active = active.filter((other) => other.x2 >= piece.x1);
    for (const other of active) {
      if (other.edge === piece.edge || other.high < piece.low || other.low > piece.high) continue;
      if (crosses(piece, other)) crossings++;
    }
    active.push(piece);
  }
  return crossings;
}

type Piece = { readonly x1: number; readonly y1: number; readonly x2: number; readonly y2: number };

function crosses(first: Piece, second: Piece): boolean {
  return (
    turn(first, second.x1, second.y1) * turn(first, second.x2, second.y2) < 0 &&
    turn(second, first.x1, first.y1) * turn(second, first.x2, first.y2) < 0
  );
}

/** Sign of the side of a piece's line on which a point lies. */
function turn(piece: Piece, x: number, y: number): number {
  return Math.sign((piece.x2 - piece.x1) * (y - piece.y1) - (piece.y2 - piece.y1) * (x - piece.x1));
}
