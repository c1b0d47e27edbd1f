/**
 * The one drag that may be going on: what is dragged, over what, and what that target says.
 *
 * It lives outside React: targets are elements marked by attributes (`data-drop`), the preview is moved by its style, and only the few
 * components that show words subscribe. Pointer events with capture serve mouse, pen and touch alike; files from the system come in through
 * the native events and are played through the same session; “pick up” is the same session steered by keys.
 *
 *   idle ── pointer moves 4 px / pickUp / files enter ──▶ dragging ── over a target ──▶ verdict
 *     ▲                                                       │
 *     └── Escape, cancelled ──────────────────────────────────┴── release / Enter on a target that allows it ──▶ onDrop
 */
import { create } from 'zustand';
import { announce } from '../../ui/announce.ts';
import { describePayload, type DragPayload, type DropVerdict } from './payload.ts';

/** A point of the window, in CSS pixels. */
export type Point = { readonly x: number; readonly y: number };

export type DropTarget = {
  /** Said to screen readers: “collection gemma in Models”. */
  readonly label: string;
  /** What would happen with this payload here; null when this is no target for its kind at all (it is then neither lit nor dimmed). */
  readonly accepts: (payload: DragPayload) => DropVerdict | null;
  /** What core says of it, where that is more than is known here: it takes the verdict's place as soon as it is there. Null: nothing more. */
  readonly foresee?: (payload: DragPayload) => Promise<DropVerdict | null>;
  readonly onDrop: (payload: DragPayload, at: Point) => void;
  /** The pointer stayed over it: open what is folded. */
  readonly onLinger?: () => void;
};

export type DragMode = 'pointer' | 'keyboard' | 'files';

type Session = {
  readonly payload: DragPayload | null;
  readonly mode: DragMode;
  /** The verdict of the target under the pointer; null over none. */
  readonly verdict: DropVerdict | null;
  readonly over: string | null;
};

const idle: Session = { payload: null, mode: 'pointer', verdict: null, over: null };
export const useDragSession = create<Session>(() => idle);

const targets = new Map<Element, () => DropTarget>();
let overElement: Element | null = null;
let lingerTimer: ReturnType<typeof setTimeout> | null = null;
let pointer: Point = { x: 0, y: 0 };
let scrollFrame = 0;
let againFrame = 0;
let endSession: (() => void) | null = null;
const moveListeners = new Set<(at: Point) => void>();

/** Milliseconds over a folded target until it opens. */
const lingerMilliseconds = 450;
/** Pixels before a press becomes a drag. */
const threshold = 4;

/** Registers an element as a target; `read` gives its newest form. Returns the way to take it back. */
export function registerTarget(element: Element, read: () => DropTarget): () => void {
  targets.set(element, read);
  const { payload } = useDragSession.getState();
  if (payload !== null) {
    mark(element, read().accepts(payload));
    lookAgain();
  }
  return () => {
    targets.delete(element);
    if (overElement !== element) return;
    overElement = null;
    lookAgain();
  };
}

/** What came in under a resting pointer, or took the place of what the keys had chosen, is looked at without waiting for a move. */
function lookAgain(): void {
  if (againFrame !== 0 || !isDragging()) return;
  againFrame = requestAnimationFrame(() => {
    againFrame = 0;
    // Files are where the system says, and keys stay where they are.
    if (isDragging() && overElement === null && useDragSession.getState().mode !== 'files') hover(document.elementFromPoint(pointer.x, pointer.y));
  });
}

/** Tells where the pointer is while something is dragged: for the preview. */
export function onDragMove(listener: (at: Point) => void): () => void {
  moveListeners.add(listener);
  return () => moveListeners.delete(listener);
}

export function dragPoint(): Point {
  return pointer;
}

export function isDragging(): boolean {
  return useDragSession.getState().payload !== null;
}

function mark(element: Element, verdict: DropVerdict | null): void {
  if (verdict === null) element.removeAttribute('data-drop');
  else element.setAttribute('data-drop', verdict.allowed ? 'possible' : 'refused');
}

function begin(payload: DragPayload, mode: DragMode): void {
  useDragSession.setState({ payload, mode, verdict: null, over: null });
  document.documentElement.dataset['dragging'] = payload.kind;
  for (const [element, read] of targets) mark(element, read().accepts(payload));
}

function finish(): void {
  if (lingerTimer !== null) clearTimeout(lingerTimer);
  lingerTimer = null;
  cancelAnimationFrame(scrollFrame);
  scrollFrame = 0;
  cancelAnimationFrame(againFrame);
  againFrame = 0;
  overElement = null;
  for (const element of targets.keys()) {
    element.removeAttribute('data-drop');
    element.removeAttribute('data-drop-over');
  }
  delete document.documentElement.dataset['dragging'];
  useDragSession.setState(idle);
  const end = endSession;
  endSession = null;
  end?.();
}

/** Ends the drag without a drop. */
export function cancelDrag(): void {
  const { payload, mode } = useDragSession.getState();
  if (payload === null) return;
  finish();
  if (mode === 'keyboard') announce('Put back.');
}

/** The nearest target at or above an element that has something to say about the payload. */
function targetAt(element: Element | null, payload: DragPayload): { readonly element: Element; readonly target: DropTarget; readonly verdict: DropVerdict } | null {
  for (let candidate = element; candidate !== null; candidate = candidate.parentElement) {
    const target = targets.get(candidate)?.();
    if (target === undefined) continue;
    const verdict = target.accepts(payload);
    if (verdict !== null) return { element: candidate, target, verdict };
  }
  return null;
}

function hover(element: Element | null): void {
  const { payload } = useDragSession.getState();
  if (payload === null) return;
  const found = targetAt(element, payload);
  if (found?.element === overElement) return;
  overElement?.removeAttribute('data-drop-over');
  overElement = found?.element ?? null;
  if (lingerTimer !== null) clearTimeout(lingerTimer);
  lingerTimer = null;
  if (found === null) {
    useDragSession.setState({ verdict: null, over: null });
    return;
  }
  found.element.setAttribute('data-drop-over', '');
  useDragSession.setState({ verdict: found.verdict, over: found.target.label });
  const { onLinger, foresee } = found.target;
  if (foresee !== undefined && found.verdict.allowed) void tellForeseen(found.element, foresee(payload));
  if (onLinger !== undefined) lingerTimer = setTimeout(onLinger, lingerMilliseconds);
}

/** Says what core foresees, while the drag is still over the same target. What can't be foreseen is told by the drop. */
async function tellForeseen(element: Element, foreseen: Promise<DropVerdict | null>): Promise<void> {
  const verdict = await foreseen.catch(() => null);
  if (verdict === null || overElement !== element) return;
  useDragSession.setState({ verdict });
  if (useDragSession.getState().mode === 'keyboard') announce(verdict.allowed ? verdict.effect : verdict.reason);
}

/** Drops on the target in question, if it allows it. */
function drop(element: Element | null, payload: DragPayload, at: Point): boolean {
  const found = targetAt(element, payload);
  finish();
  if (found === null || !found.verdict.allowed) {
    if (found !== null && !found.verdict.allowed) announce(found.verdict.reason, 'assertive');
    return false;
  }
  found.target.onDrop(payload, at);
  return true;
}

/** Scrolls what lies under the pointer when it is near an edge, faster the nearer. */
function scrollNearEdges(): void {
  scrollFrame = 0;
  if (!isDragging()) return;
  const edge = 36;
  for (let element = document.elementFromPoint(pointer.x, pointer.y); element !== null; element = element.parentElement) {
    if (element.scrollHeight <= element.clientHeight + 1) continue;
    const { overflowY } = getComputedStyle(element);
    if (overflowY !== 'auto' && overflowY !== 'scroll') continue;
    const box = element.getBoundingClientRect();
    const above = edge - (pointer.y - box.top);
    const below = edge - (box.bottom - pointer.y);
    const step = above > 0 ? -above / 3 : below > 0 ? below / 3 : 0;
    const before = element.scrollTop;
    if (step !== 0) element.scrollTop += step;
    if (element.scrollTop !== before) {
      hover(document.elementFromPoint(pointer.x, pointer.y));
      break;
    }
  }
  scrollFrame = requestAnimationFrame(scrollNearEdges);
}

function move(at: Point): void {
  pointer = at;
  for (const listener of moveListeners) listener(at);
  if (scrollFrame === 0) scrollFrame = requestAnimationFrame(scrollNearEdges);
}

/** What a press may begin with: the part of React's and the DOM's pointer events that is needed. */
export type PressEvent = { readonly pointerId: number; readonly button: number; readonly clientX: number; readonly clientY: number; readonly defaultPrevented: boolean };

/**
 * To be called at `pointerdown` on what can be dragged. Nothing happens until the pointer has moved a little; `read` is asked only then, so
 * that a selection made by the press counts. `null` drags nothing.
 */
export function pressToDrag(event: PressEvent, read: () => DragPayload | null): void {
  if (event.button !== 0 || event.defaultPrevented || isDragging()) return;
  const { pointerId } = event;
  const start: Point = { x: event.clientX, y: event.clientY };
  const listening = new AbortController();
  const options = { signal: listening.signal, capture: true } as const;
  let started = false;

  const stop = (): void => {
    listening.abort();
    if (document.documentElement.hasPointerCapture(pointerId)) document.documentElement.releasePointerCapture(pointerId);
  };

  window.addEventListener(
    'pointermove',
    (moved) => {
      if (moved.pointerId !== pointerId) return;
      const at: Point = { x: moved.clientX, y: moved.clientY };
      if (!started) {
        if (Math.hypot(at.x - start.x, at.y - start.y) < threshold) return;
        const payload = read();
        if (payload === null) {
          stop();
          return;
        }
        started = true;
        // Captured by the root, which never goes away: the row that was pressed may be recycled while the list scrolls.
        document.documentElement.setPointerCapture(pointerId);
        getSelection()?.removeAllRanges();
        endSession = stop;
        begin(payload, 'pointer');
      }
      moved.preventDefault();
      move(at);
      hover(document.elementFromPoint(at.x, at.y));
    },
    options,
  );
  window.addEventListener(
    'pointerup',
    (released) => {
      if (released.pointerId !== pointerId) return;
      const { payload } = useDragSession.getState();
      if (!started || payload === null) {
        stop();
        return;
      }
      released.preventDefault();
      swallowClick();
      const at: Point = { x: released.clientX, y: released.clientY };
      drop(document.elementFromPoint(at.x, at.y), payload, at);
    },
    options,
  );
  window.addEventListener('pointercancel', (cancelled) => { if (cancelled.pointerId === pointerId) { if (started) cancelDrag(); stop(); } }, options);
  // Only the window's own: capturing hears every field that loses its caret, too.
  window.addEventListener('blur', (left) => { if (left.target === window) { if (started) cancelDrag(); stop(); } }, options);
  window.addEventListener('keydown', (key) => {
    if (!started || key.key !== 'Escape') return;
    key.preventDefault();
    key.stopImmediatePropagation();
    cancelDrag();
  }, options);
  // What begins here is a drag or a click: no text is selected, no image dragged natively.
  window.addEventListener('selectstart', (selecting) => selecting.preventDefault(), options);
  window.addEventListener('dragstart', (native) => { if (started) native.preventDefault(); }, options);
}

/** The release that ends a drag is no click on what lies there. */
function swallowClick(): void {
  const swallow = (click: Event): void => {
    click.preventDefault();
    click.stopImmediatePropagation();
  };
  window.addEventListener('click', swallow, { capture: true, once: true });
  // A release elsewhere than the press makes no click at all.
  setTimeout(() => window.removeEventListener('click', swallow, { capture: true }), 0);
}

/**
 * The drag by keys: picks up, then arrows go from target to target (those that can't take it are passed over), Enter drops, Escape puts it
 * back. Everything is said through the live region.
 */
export function pickUp(payload: DragPayload): void {
  if (isDragging()) cancelDrag();
  begin(payload, 'keyboard');
  const reachable = (): readonly Element[] =>
    [...targets]
      .filter(([element, read]) => read().accepts(payload)?.allowed === true && element.getClientRects().length > 0)
      .map(([element]) => element)
      .sort((left, right) => (left.compareDocumentPosition(right) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  const listening = new AbortController();
  endSession = () => listening.abort();
  const go = (step: 1 | -1 | 'first' | 'last'): void => {
    const order = reachable();
    if (order.length === 0) {
      announce('Nothing here can take it. Press Escape to put it back, or L to choose from a list.', 'assertive');
      return;
    }
    const now = overElement === null ? -1 : order.indexOf(overElement);
    const next = step === 'first' ? 0 : step === 'last' ? order.length - 1 : now < 0 ? (step === 1 ? 0 : order.length - 1) : (now + step + order.length) % order.length;
    const element = order[next];
    if (element === undefined) return;
    element.scrollIntoView({ block: 'nearest' });
    const box = element.getBoundingClientRect();
    move({ x: box.left + Math.min(box.width - 8, 160), y: box.top + box.height / 2 });
    hover(element);
    const { over, verdict } = useDragSession.getState();
    announce(`${over ?? ''}${verdict?.allowed === true ? `: ${verdict.effect}` : ''}, ${next + 1} of ${order.length}`);
  };
  window.addEventListener(
    'keydown',
    (event) => {
      const act = keyActs[event.key];
      event.preventDefault();
      event.stopImmediatePropagation();
      if (act === undefined) return;
      if (act === 'cancel') cancelDrag();
      else if (act === 'drop') {
        const element = overElement;
        if (element === null) announce('Choose where with the arrow keys first.');
        else {
          const box = element.getBoundingClientRect();
          drop(element, payload, { x: box.left + Math.min(box.width / 2, 120), y: box.bottom });
        }
      } else go(act);
    },
    { capture: true, signal: listening.signal },
  );
  window.addEventListener('pointerdown', () => cancelDrag(), { capture: true, signal: listening.signal });
  announce(`Picked up ${describePayload(payload)}. Arrow keys choose where, Enter drops it, Escape puts it back.`, 'assertive');
  go('first');
}

const keyActs: Readonly<Record<string, 1 | -1 | 'first' | 'last' | 'drop' | 'cancel'>> = {
  ArrowDown: 1, ArrowRight: 1, Tab: 1, ArrowUp: -1, ArrowLeft: -1, Home: 'first', End: 'last', Enter: 'drop', ' ': 'drop', Escape: 'cancel',
};

/**
 * Files from the system: the native events, played through the session. `pathsOf` turns what was dropped into paths; `otherwise` takes them
 * where no target does. Returns the way to stop.
 */
export function watchFileDrops(pathsOf: (files: readonly File[]) => readonly string[], otherwise: (paths: readonly string[], at: Point) => void): () => void {
  const listening = new AbortController();
  const options = { signal: listening.signal } as const;
  let depth = 0;
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false;
  window.addEventListener('dragenter', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth += 1;
    if (!isDragging()) begin({ kind: 'files', count: Math.max(1, event.dataTransfer?.items.length ?? 1), paths: [] }, 'files');
  }, options);
  window.addEventListener('dragover', (event) => {
    const { payload, mode } = useDragSession.getState();
    if (!carriesFiles(event)) return;
    event.preventDefault();
    if (payload === null || mode !== 'files') return;
    move({ x: event.clientX, y: event.clientY });
    hover(event.target instanceof Element ? event.target : null);
    const { verdict } = useDragSession.getState();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = verdict?.allowed === false ? 'none' : 'copy';
  }, options);
  window.addEventListener('dragleave', (event) => {
    if (!carriesFiles(event)) return;
    depth -= 1;
    if (depth <= 0) {
      depth = 0;
      if (useDragSession.getState().mode === 'files') finish();
    }
  }, options);
  window.addEventListener('drop', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    const paths = pathsOf([...(event.dataTransfer?.files ?? [])]);
    const at: Point = { x: event.clientX, y: event.clientY };
    const element = event.target instanceof Element ? event.target : null;
    const payload: DragPayload = { kind: 'files', count: paths.length, paths };
    if (paths.length === 0) {
      finish();
      return;
    }
    if (targetAt(element, payload) === null) {
      finish();
      otherwise(paths, at);
    } else drop(element, payload, at);
  }, options);
  return () => listening.abort();
}
