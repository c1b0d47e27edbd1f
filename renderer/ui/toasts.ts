import { announce } from './announce.ts';

export type ToastTone = 'plain' | 'good' | 'caution' | 'danger';

export interface ToastAction {
  readonly label: string;
  /** May be asynchronous; the toast leaves at once. */
  readonly onAct: () => unknown;
}

export interface ToastOptions {
  /** What happened, in a sentence: "Linked mini-lm v3 to Production models". */
  readonly message: string;
  readonly detail?: string;
  readonly tone?: ToastTone;
  /** Undo, or the way out of an error. */
  readonly action?: ToastAction;
  /** Another way on beside it: “Open”. */
  readonly secondAction?: ToastAction;
  /** Unfolds under the words: codes and facts for a report. */
  readonly moreDetail?: string;
  /** Milliseconds in sight (default 6,000; 10,000 with an action; errors stay). 0 means it stays until closed. */
  readonly duration?: number;
  /** A toast under the same key takes the other's place instead of standing beside it. */
  readonly key?: string;
}

export interface Toast extends ToastOptions {
  readonly id: number;
  readonly tone: ToastTone;
  readonly duration: number;
}

const MOST_IN_SIGHT = 4;

let toasts: readonly Toast[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function publish(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

/** Shows a toast and says it to screen readers; returns the way to close it early. */
export function showToast(options: ToastOptions): () => void {
  const tone = options.tone ?? 'plain';
  const duration = options.duration ?? (tone === 'danger' ? 0 : options.action === undefined ? 6_000 : 10_000);
  const toast: Toast = { ...options, id: nextId, tone, duration };
  nextId += 1;
  const others = options.key === undefined ? toasts : toasts.filter((other) => other.key !== options.key);
  publish([...others, toast].slice(-MOST_IN_SIGHT));
  const words = [options.message, options.detail, options.action === undefined ? undefined : `${options.action.label} is offered.`].filter(Boolean).join(' ');
  announce(words, tone === 'danger' ? 'assertive' : 'polite');
  return () => dismissToast(toast.id);
}

/** Done at once, can be taken back: a toast whose action is Undo. */
export function showUndoToast(message: string, undo: () => unknown): () => void {
  return showToast({ message, action: { label: 'Undo', onAct: undo } });
}

export function dismissToast(id: number): void {
  publish(toasts.filter((toast) => toast.id !== id));
}

export function dismissAllToasts(): void {
  publish([]);
}

/** Performs the action of the newest toast that has one, as a press on it would; for the undo key. Returns whether there was one. */
export function actOnLatestToast(): boolean {
  for (let index = toasts.length - 1; index >= 0; index -= 1) {
    const toast = toasts[index];
    if (toast?.action !== undefined) {
      dismissToast(toast.id);
      void toast.action.onAct();
      return true;
    }
  }
  return false;
}

/** For `Toaster`; both fit `useSyncExternalStore`. */
export function readToasts(): readonly Toast[] {
  return toasts;
}

export function subscribeToToasts(onChange: () => void): () => void {
  listeners.add(onChange);
  return () => {
    listeners.delete(onChange);
  };
}
