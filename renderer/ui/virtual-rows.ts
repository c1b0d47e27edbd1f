import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { RefObject } from 'react';
import { flushSync } from 'react-dom';
import { recallScroll, rememberScroll } from './scroll-memory.ts';
import { motionIsOff } from './theme.ts';
import { clampVirtualTop, createSpace, originFor, renderedRows, toPhysical, toVirtual, virtualTopToShow, visibleRows } from './virtual-space.ts';
import type { RowRange, VirtualSpace } from './virtual-space.ts';

export interface VirtualRowsOptions {
  readonly rowCount: number;
  /** CSS pixels. */
  readonly rowHeight: number;
  /** CSS pixels of what is stuck to the top of the scroller. */
  readonly headerHeight?: number;
  /** Rows rendered beyond those in sight, on either side. */
  readonly overscan?: number;
  /** Whether anything is known of a row. Given, nothing is drawn while the list leaps over rows of which nothing is. The same function while it would say the same. */
  readonly isKnown?: (index: number) => boolean;
  /** Under this name the position is remembered when the list goes away and found again when it returns. */
  readonly scrollKey?: string;
}

interface RenderWindow extends RowRange {
  readonly origin: number;
  /** Grows to the most rows ever rendered at once: a row's element is keyed by `index % slots`, so elements are reused. */
  readonly slots: number;
  /**
   * How many rows from `first` on are drawn in full; the rest lightly. All of them, except while the list flies by
   * faster than it could be read, and for the few frames in which it settles.
   */
  readonly full: number;
  /** The list leaps over rows of which nothing is known: none is drawn, so that the browser scrolls without any work of ours. */
  readonly blank: boolean;
}

export interface VirtualRows {
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** Holds the rows; moved by transform when the space is scaled. */
  readonly layer: RefObject<HTMLDivElement | null>;
  readonly window: RenderWindow;
  /** Height for the element that holds the layer. */
  readonly physicalHeight: number;
  /** The rows in sight now. */
  readonly readVisible: () => RowRange;
  readonly scrollToRow: (index: number, align?: 'nearest' | 'start' | 'center') => void;
  /** Row that had the keyboard when this list was left, or -1. */
  readonly recalledActive: number;
}

const EMPTY_WINDOW: RenderWindow = { first: 0, last: 0, origin: 0, slots: 1, full: Number.POSITIVE_INFINITY, blank: false };

/**
 * The height to begin with, or 0 where it is measured. Before the window's first frame measuring would have all of it laid out twice: a list
 * is taken to be as high as the window then, and the observer tells how high it is once that is known anyway.
 */
function firstHeight(headerHeight: number): number {
  return performance.getEntriesByType('paint').length === 0 ? Math.max(0, innerHeight - headerHeight) : 0;
}

/** What is rendered of a list that stands at its top. */
function topWindow(space: VirtualSpace, overscan: number): RenderWindow {
  const range = renderedRows(space, 0, overscan);
  return { ...EMPTY_WINDOW, ...range, origin: originFor(space, range.first), slots: Math.max(1, range.last - range.first) };
}

const FLIGHT_OVERSCAN = 1;
/** Milliseconds without a leap after which a flight is over. */
const FLIGHT_PATIENCE = 90;
/** The same over rows that are still to be asked for: whoever asks late waits longer. */
const BLANK_PATIENCE = 60;
/** Rows drawn in full per frame while the list settles. */
const SETTLING_STEP = 6;
const LINE_PIXELS = 32;
const WHEEL_NOTCH = 60;

/**
 * Keeps a window of rows rendered around what is in sight. Scrolling is the browser's own; React works only when the
 * window moves, and then only on rows that entered it.
 */
export function useVirtualRows({ rowCount, rowHeight, headerHeight = 0, overscan = 8, isKnown, scrollKey }: VirtualRowsOptions): VirtualRows {
  const scroller = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const [movedWindow, setWindow] = useState<RenderWindow>(EMPTY_WINDOW);
  const [viewportHeight, setViewportHeight] = useState(() => firstHeight(headerHeight));
  const measured = useRef(viewportHeight === 0);
  const space = createSpace(rowCount, rowHeight, viewportHeight);
  // Until the window is moved for the first time, the rows at the top are those to show: in the very render in which their number is known.
  const atTop = movedWindow.last === 0 && !movedWindow.blank && (scrollKey === undefined || (recallScroll(scrollKey)?.top ?? 0) === 0);
  const window = atTop ? topWindow(space, overscan) : movedWindow;

  const live = useRef({
    space,
    virtualTop: 0,
    /** What we last wrote to scrollTop: a scroll event that reports it is our own echo. */
    written: -1,
    window: EMPTY_WINDOW,
    overscan,
    isKnown,
    pendingTop: undefined as number | undefined,
    pendingLeft: 0,
    easing: 0,
    easeTarget: 0,
    leaps: 0,
    seenFirst: 0,
    landing: undefined as ReturnType<typeof setTimeout> | undefined,
    settling: 0,
  });

  const control = useRef<ReturnType<typeof createControl> | null>(null);
  control.current ??= createControl(live.current, scroller, layer, setWindow);
  const { current: controller } = control;

  // The viewport's height, now and whenever it changes.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const measure = () => setViewportHeight(Math.max(0, element.clientHeight - headerHeight));
    if (measured.current) measure();
    measured.current = true;
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [headerHeight]);

  // A remembered place waits until there are rows enough to stand there.
  useLayoutEffect(() => {
    const state = live.current;
    const element = scroller.current;
    const place = scrollKey === undefined ? undefined : recallScroll(scrollKey);
    state.pendingTop = place?.top ?? (scrollKey === undefined ? undefined : 0);
    state.pendingLeft = place?.left ?? 0;
    return () => {
      if (scrollKey === undefined) return;
      rememberScroll(scrollKey, {
        top: state.pendingTop ?? state.virtualTop,
        left: element?.scrollLeft ?? state.pendingLeft,
        active: recallScroll(scrollKey)?.active ?? -1,
      });
    };
  }, [scrollKey]);

  useLayoutEffect(() => {
    live.current.isKnown = isKnown;
  }, [isKnown]);

  useLayoutEffect(() => {
    const next = createSpace(rowCount, rowHeight, viewportHeight);
    live.current.overscan = overscan;
    if (atTop) live.current.window = topWindow(next, overscan);
    controller.changeSpace(next);
  }, [controller, rowCount, rowHeight, viewportHeight, overscan, scrollKey, atTop]);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    element.addEventListener('scroll', controller.handleScroll, { passive: true });
    return () => element.removeEventListener('scroll', controller.handleScroll);
  }, [controller]);

  // Only a scaled space needs the wheel: elsewhere the browser scrolls by itself, off the main thread.
  const { scaled } = space;
  useEffect(() => {
    const element = scroller.current;
    if (element === null || !scaled) return undefined;
    element.addEventListener('wheel', controller.handleWheel, { passive: false });
    return () => element.removeEventListener('wheel', controller.handleWheel);
  }, [controller, scaled]);

  useEffect(() => () => controller.stop(), [controller]);

  return {
    scroller,
    layer,
    window,
    physicalHeight: space.physicalHeight,
    readVisible: controller.readVisible,
    scrollToRow: controller.scrollToRow,
    recalledActive: scrollKey === undefined ? -1 : (recallScroll(scrollKey)?.active ?? -1),
  };
}

interface LiveState {
  space: VirtualSpace;
  virtualTop: number;
  written: number;
  window: RenderWindow;
  overscan: number;
  isKnown: ((index: number) => boolean) | undefined;
  pendingTop: number | undefined;
  pendingLeft: number;
  easing: number;
  easeTarget: number;
  /** Scroll events in a row that went farther than a quarter of what is in sight. */
  leaps: number;
  /** First row in sight at the last scroll event. */
  seenFirst: number;
  landing: ReturnType<typeof setTimeout> | undefined;
  settling: number;
}

function createControl(
  live: LiveState,
  scroller: RefObject<HTMLDivElement | null>,
  layer: RefObject<HTMLDivElement | null>,
  setWindow: (window: RenderWindow) => void,
) {
  /** Moves the rendered window if what is in sight comes near its edge. */
  const follow = (synchronously: boolean, leapt = false) => {
    const { space, virtualTop, window } = live;
    const flying = window.full !== Number.POSITIVE_INFINITY;
    const overscan = flying ? FLIGHT_OVERSCAN : live.overscan;
    const visible = visibleRows(space, virtualTop);
    const margin = flying ? 0 : Math.max(0, overscan - 2);
    const enough =
      window.last <= space.rowCount &&
      (window.first === 0 || window.first <= visible.first - margin) &&
      (window.last === space.rowCount || window.last >= visible.last + margin) &&
      window.first <= visible.first &&
      window.last >= visible.last;
    if (!enough && (leapt || window.blank) && nothingKnown(visible)) {
      if (leapt) land(BLANK_PATIENCE);
      if (!window.blank) show({ ...window, first: 0, last: 0, blank: true }, synchronously);
    } else if (!enough) {
      const next = around(overscan);
      if (next.first !== window.first || next.last !== window.last || next.origin !== window.origin || next.slots !== window.slots) {
        show(next, synchronously);
      }
    }
    placeLayer();
  };

  /** The window around what is in sight. */
  const around = (overscan: number): RenderWindow => {
    const { space, virtualTop, window } = live;
    const range = renderedRows(space, virtualTop, overscan);
    return {
      ...range,
      origin: originFor(space, range.first),
      slots: Math.max(window.slots, range.last - range.first, 1),
      full: window.full,
      blank: false,
    };
  };

  const nothingKnown = ({ first, last }: RowRange): boolean => {
    const { isKnown } = live;
    if (isKnown === undefined) return false;
    for (let index = first; index < last; index += 1) if (isKnown(index)) return false;
    return true;
  };

  const show = (next: RenderWindow, synchronously: boolean) => {
    live.window = next;
    if (synchronously) flushSync(() => setWindow(next));
    else setWindow(next);
  };

  /** Leap after leap the rows can't be read: they are drawn lightly until the list has landed. Whether this was a leap. */
  const watchFlight = (): boolean => {
    const visible = visibleRows(live.space, live.virtualTop);
    const leapt = Math.abs(visible.first - live.seenFirst) > (visible.last - visible.first) / 4;
    live.seenFirst = visible.first;
    live.leaps = leapt ? live.leaps + 1 : 0;
    if (live.leaps < 2) return leapt;
    land(FLIGHT_PATIENCE);
    if (live.window.full !== 0) live.window = { ...live.window, first: 0, last: 0, full: 0 };
    return leapt;
  };

  /** Settles when nothing leapt for so long. */
  const land = (patience: number) => {
    stopSettling();
    if (live.landing !== undefined) clearTimeout(live.landing);
    live.landing = setTimeout(() => {
      live.landing = undefined;
      // In the next frame: a page that was held up hears of its clocks before it hears that it was scrolled meanwhile.
      live.settling = requestAnimationFrame(settle);
    }, patience);
  };

  /** Draws a few rows more in full with every frame, so that no frame is long. */
  const settle = () => {
    live.leaps = 0;
    if (live.window.blank) live.window = { ...around(FLIGHT_OVERSCAN), full: 0 };
    const full = live.window.full + SETTLING_STEP;
    if (full < live.window.last - live.window.first) {
      show({ ...live.window, full }, true);
      live.settling = requestAnimationFrame(settle);
    } else {
      live.settling = 0;
      show({ ...live.window, full: Number.POSITIVE_INFINITY }, true);
      follow(true);
    }
  };

  const stopSettling = () => {
    if (live.settling !== 0) cancelAnimationFrame(live.settling);
    live.settling = 0;
  };

  const placeLayer = () => {
    const element = layer.current;
    if (element === null) return;
    const { space, window, virtualTop } = live;
    if (!space.scaled) {
      if (element.style.transform !== '') element.style.transform = '';
      return;
    }
    const physicalTop = scroller.current?.scrollTop ?? 0;
    const offset = physicalTop - virtualTop + window.origin * space.rowHeight;
    element.style.transform = `translateY(${offset}px)`;
  };

  const moveTo = (virtualTop: number, synchronously: boolean) => {
    const element = scroller.current;
    if (element === null) return;
    live.virtualTop = clampVirtualTop(live.space, virtualTop);
    element.scrollTop = toPhysical(live.space, live.virtualTop);
    live.written = element.scrollTop;
    if (!live.space.scaled) live.virtualTop = live.written;
    follow(synchronously);
  };

  const handleScroll = () => {
    const element = scroller.current;
    if (element === null) return;
    const physicalTop = element.scrollTop;
    if (live.space.scaled && Math.abs(physicalTop - live.written) < 1) {
      placeLayer();
      return;
    }
    if (Math.abs(physicalTop - live.written) >= 1) live.pendingTop = undefined;
    live.written = physicalTop;
    live.virtualTop = toVirtual(live.space, physicalTop);
    follow(true, watchFlight());
  };

  const stopEasing = () => {
    if (live.easing !== 0) cancelAnimationFrame(live.easing);
    live.easing = 0;
  };

  const ease = () => {
    const distance = live.easeTarget - live.virtualTop;
    if (Math.abs(distance) < 1.5) {
      live.easing = 0;
      moveTo(Math.round(live.easeTarget), true);
      return;
    }
    moveTo(Math.round(live.virtualTop + distance * 0.32), true);
    live.easing = requestAnimationFrame(ease);
  };

  const handleWheel = (event: WheelEvent) => {
    if (event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
    event.preventDefault();
    live.pendingTop = undefined;
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PIXELS : live.space.viewportHeight;
    const delta = event.deltaY * unit;
    const from = live.easing === 0 ? live.virtualTop : live.easeTarget;
    live.easeTarget = clampVirtualTop(live.space, Math.round(from + delta));
    // A trackpad moves by little and often and is smooth already; a wheel's notch is eased.
    if (Math.abs(delta) < WHEEL_NOTCH || motionIsOff()) {
      stopEasing();
      moveTo(live.easeTarget, true);
    } else if (live.easing === 0) {
      live.easing = requestAnimationFrame(ease);
    }
  };

  return {
    handleScroll,
    handleWheel,
    stop: () => {
      stopEasing();
      stopSettling();
      if (live.landing !== undefined) clearTimeout(live.landing);
    },
    readVisible: (): RowRange => visibleRows(live.space, live.virtualTop),
    scrollToRow: (index: number, align: 'nearest' | 'start' | 'center' = 'nearest') => {
      stopEasing();
      live.pendingTop = undefined;
      const target = virtualTopToShow(live.space, live.virtualTop, index, align);
      if (target !== live.virtualTop) moveTo(target, false);
    },
    /** Takes over new counts and heights; the row at the top stays at the top. */
    changeSpace: (next: VirtualSpace) => {
      const before = live.space;
      live.space = next;
      const element = scroller.current;
      if (element === null || next.viewportHeight === 0) return;
      // Then it is at its top; asking it would have it laid out.
      const neverScrolled = live.written === -1;
      if (live.pendingTop !== undefined && (live.pendingTop === 0 || next.virtualHeight >= live.pendingTop + next.viewportHeight)) {
        const top = live.pendingTop;
        live.pendingTop = undefined;
        if (top === 0 && live.pendingLeft === 0 && neverScrolled) {
          follow(false);
          return;
        }
        moveTo(top, false);
        element.scrollLeft = live.pendingLeft;
        return;
      }
      if (before.rowHeight !== next.rowHeight && before.rowHeight > 0) {
        moveTo(Math.round((live.virtualTop / before.rowHeight) * next.rowHeight), false);
      } else if (next.scaled || before.scaled) {
        moveTo(live.virtualTop, false);
      } else {
        // The browser may have moved a list that became shorter.
        live.virtualTop = neverScrolled ? 0 : Math.min(element.scrollTop, Math.max(0, next.virtualHeight - next.viewportHeight));
        follow(false);
      }
    },
  };
}
