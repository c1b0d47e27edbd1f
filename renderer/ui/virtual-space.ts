/**
 * The arithmetic of long lists. Browsers cap the height of an element near 33 million pixels and lose sub-pixel
 * accuracy well before, so a list taller than `MOST_SCROLL_PIXELS` is given that height and its scroll positions are
 * scaled: `virtual` pixels are those of the whole list, `physical` pixels those of the scroll bar.
 */
export const MOST_SCROLL_PIXELS = 8_000_000;

/** Rows are placed relative to an origin that moves in steps this long, so that coordinates stay small and rows stay put. */
const ORIGIN_STEP = 8_192;

export interface VirtualSpace {
  readonly rowCount: number;
  readonly rowHeight: number;
  readonly viewportHeight: number;
  /** Height of all rows, in virtual pixels. */
  readonly virtualHeight: number;
  /** Height given to the scrolled element, in physical pixels. */
  readonly physicalHeight: number;
  /** Whether physical and virtual pixels differ. */
  readonly scaled: boolean;
}

export interface RowRange {
  /** First row, inclusive. */
  readonly first: number;
  /** Last row, exclusive. */
  readonly last: number;
}

export function createSpace(rowCount: number, rowHeight: number, viewportHeight: number): VirtualSpace {
  const virtualHeight = rowCount * rowHeight;
  const physicalHeight = Math.min(virtualHeight, MOST_SCROLL_PIXELS);
  return { rowCount, rowHeight, viewportHeight, virtualHeight, physicalHeight, scaled: virtualHeight > physicalHeight };
}

/** The farthest virtual position of the viewport's upper edge. */
export function lastVirtualTop(space: VirtualSpace): number {
  return Math.max(0, space.virtualHeight - space.viewportHeight);
}

function lastPhysicalTop(space: VirtualSpace): number {
  return Math.max(0, space.physicalHeight - space.viewportHeight);
}

export function clampVirtualTop(space: VirtualSpace, virtualTop: number): number {
  return Math.min(lastVirtualTop(space), Math.max(0, virtualTop));
}

/** Where the scroll bar stands for a virtual position. */
export function toPhysical(space: VirtualSpace, virtualTop: number): number {
  if (!space.scaled) return virtualTop;
  return (virtualTop / lastVirtualTop(space)) * lastPhysicalTop(space);
}

/** The virtual position for where the scroll bar stands; whole pixels, so that text stays sharp. */
export function toVirtual(space: VirtualSpace, physicalTop: number): number {
  if (!space.scaled) return physicalTop;
  const last = lastPhysicalTop(space);
  return clampVirtualTop(space, Math.round((physicalTop / last) * lastVirtualTop(space)));
}

/** The rows of which at least a pixel is in sight. */
export function visibleRows(space: VirtualSpace, virtualTop: number): RowRange {
  if (space.rowCount === 0 || space.viewportHeight <= 0) return { first: 0, last: 0 };
  const first = Math.min(space.rowCount - 1, Math.max(0, Math.floor(virtualTop / space.rowHeight)));
  const last = Math.min(space.rowCount, Math.ceil((virtualTop + space.viewportHeight) / space.rowHeight));
  return { first, last: Math.max(first + 1, last) };
}

/** The rows to render: those in sight and `overscan` more on either side. */
export function renderedRows(space: VirtualSpace, virtualTop: number, overscan: number): RowRange {
  const visible = visibleRows(space, virtualTop);
  if (visible.last === 0) return visible;
  return { first: Math.max(0, visible.first - overscan), last: Math.min(space.rowCount, visible.last + overscan) };
}

/** The row that rendered rows are placed relative to: row 0, unless the space is scaled. */
export function originFor(space: VirtualSpace, first: number): number {
  return space.scaled ? Math.floor(first / ORIGIN_STEP) * ORIGIN_STEP : 0;
}

/** The virtual position that brings a row into sight with the least movement, or to the start or the middle. */
export function virtualTopToShow(space: VirtualSpace, virtualTop: number, index: number, align: 'nearest' | 'start' | 'center'): number {
  const rowTop = index * space.rowHeight;
  const rowBottom = rowTop + space.rowHeight;
  if (align === 'start') return clampVirtualTop(space, rowTop);
  if (align === 'center') return clampVirtualTop(space, Math.round(rowTop - (space.viewportHeight - space.rowHeight) / 2));
  if (rowTop < virtualTop) return clampVirtualTop(space, rowTop);
  if (rowBottom > virtualTop + space.viewportHeight) return clampVirtualTop(space, rowBottom - space.viewportHeight);
  return virtualTop;
}
