/**
 * How much of a node is drawn. `cards`: everything. `plain`: name and icon only. `map`: one canvas, no elements.
 */
export type LevelOfDetail = 'cards' | 'plain' | 'map';

export type DetailInput = {
  /** Pixels on the screen per pixel of the layout. */
  readonly zoom: number;
  /** Nodes in view at that zoom. */
  readonly visibleCount: number;
  /** What is drawn now; a level is left only when the zoom is clearly past its border, so that it does not flicker. */
  readonly current?: LevelOfDetail;
};

const cardsFrom = 0.6;
const plainFrom = 0.35;
/** A level is kept this far (as a factor) past its border. */
const stickiness = 0.92;
/** More elements than this are not smooth on any machine: then it is a map whatever the zoom. */
export const elementLimit = 220;

export function chooseLevelOfDetail({ zoom, visibleCount, current }: DetailInput): LevelOfDetail {
  const keepElements = current === 'cards' || current === 'plain';
  if (visibleCount > (keepElements ? elementLimit * 1.15 : elementLimit)) return 'map';
  if (zoom >= (current === 'cards' ? cardsFrom * stickiness : cardsFrom)) return 'cards';
  if (zoom >= (keepElements ? plainFrom * stickiness : plainFrom)) return 'plain';
  return 'map';
}
