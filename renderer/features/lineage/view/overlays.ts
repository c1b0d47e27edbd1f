/** What lies over the graph in its corners, so that it can be looked at beside them. The sizes are those of the style sheet: known before any of it is mounted. */
import type { Bounds } from '#shared/lineage/index.ts';
import { legendFacts, legendLines } from './legendFacts.ts';
import type { Scene } from './scene.ts';
import type { Size } from './useSize.ts';

/** From the frame of the view to an overlay, in CSS pixels. */
const inset = 12;
/** The zoom's buttons above the minimap. */
const corner = { width: 186, height: 156 } as const;
const legend = { width: 176, title: 30, line: 24, foot: 8 } as const;
/** A frame narrower than this shows no legend. */
const legendFrom = 540;

/** The legend and the corner with the minimap, in CSS pixels of the view. */
export function overlaysOf(scene: Scene, size: Size, legendOpen: boolean): readonly Bounds[] {
  const bottom = size.height - inset;
  const right = size.width - inset;
  const over: Bounds[] = [{ left: right - corner.width, top: bottom - corner.height, right, bottom }];
  if (size.width > legendFrom) {
    const height = legend.title + (legendOpen ? legendLines(legendFacts(scene)) * legend.line + legend.foot : 0);
    over.push({ left: inset, top: bottom - height, right: inset + legend.width, bottom });
  }
  return over;
}
