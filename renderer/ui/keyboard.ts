import { useEffect, useRef } from 'react';
import { matchKeybindingPress, parseKeybinding } from 'tinykeys';
import type { KeybindingPress } from 'tinykeys';

/**
 * One shortcut of the window. `keys` is a tinykeys expression: `$mod+k`, `g r` (a sequence), `?`, `Shift+F10`.
 * Registered shortcuts work anywhere in the window, except while someone types, unless `whileTyping` says otherwise.
 */
export interface Shortcut {
  /** Stable name, `place.action`; a second registration under the same id stands over the first until it leaves. */
  readonly id: string;
  readonly keys: string;
  /** What it does, sentence case: shown in the list behind `?`. */
  readonly description: string;
  /** Heading in that list, such as "Navigation". */
  readonly group: string;
  readonly onPress: (event: KeyboardEvent) => void;
  /** Works inside text fields, too (default: only if it holds Ctrl, Cmd or Alt). */
  readonly whileTyping?: boolean;
  /** Works while a dialog or menu is open, too (default: no). */
  readonly overDialogs?: boolean;
  /** Asked at every press; `false` lets the event pass. */
  readonly when?: () => boolean;
}

interface Registered {
  readonly shortcut: Shortcut;
  readonly presses: readonly KeybindingPress[];
  progress: number;
}

const SEQUENCE_PATIENCE = 1_000;
const registered: Registered[] = [];
const changeListeners = new Set<() => void>();
let listSnapshot: readonly Shortcut[] = [];
let lastPressAt = 0;
let listening = false;

/** Registers a shortcut; returns the way to take it back. */
export function registerShortcut(shortcut: Shortcut): () => void {
  const entry: Registered = { shortcut, presses: parseKeybinding(shortcut.keys), progress: 0 };
  registered.push(entry);
  if (!listening) {
    listening = true;
    window.addEventListener('keydown', handleKeyDown);
  }
  changed();
  return () => {
    const index = registered.indexOf(entry);
    if (index >= 0) registered.splice(index, 1);
    changed();
  };
}

/** Registers a shortcut while the calling component is mounted. The latest `onPress` and `when` are used. */
export function useShortcut(shortcut: Shortcut | undefined): void {
  const latest = useRef(shortcut);
  useEffect(() => {
    latest.current = shortcut;
  });
  const { id, keys, description, group, whileTyping, overDialogs } = shortcut ?? {};
  useEffect(() => {
    if (id === undefined || keys === undefined || description === undefined || group === undefined) return undefined;
    return registerShortcut({
      id,
      keys,
      description,
      group,
      ...(whileTyping === undefined ? {} : { whileTyping }),
      ...(overDialogs === undefined ? {} : { overDialogs }),
      onPress: (event) => latest.current?.onPress(event),
      when: () => latest.current?.when?.() ?? true,
    });
  }, [id, keys, description, group, whileTyping, overDialogs]);
}

/** The shortcuts that can be pressed now, one per id, in the order they were registered. For the list behind `?`. */
export function listShortcuts(): readonly Shortcut[] {
  return listSnapshot;
}

/** Tells when `listShortcuts()` would answer differently. Fits `useSyncExternalStore`. */
export function subscribeToShortcuts(onChange: () => void): () => void {
  changeListeners.add(onChange);
  return () => {
    changeListeners.delete(onChange);
  };
}

/**
 * Whether a registered shortcut waits for this key, first or next in its sequence. Lists that jump by letters let such
 * keys pass, unless a word is being typed already.
 */
export function isAwaited(event: KeyboardEvent): boolean {
  return registered.some(({ shortcut, presses, progress }) => {
    const expected = presses[progress];
    return expected !== undefined && pressMatches(event, expected) && shortcut.when?.() !== false;
  });
}

function changed(): void {
  const byId = new Map<string, Shortcut>();
  for (const { shortcut } of registered) byId.set(shortcut.id, shortcut);
  listSnapshot = [...byId.values()];
  for (const listener of changeListeners) listener();
}

/** Whether key presses on this element are text: inputs, text areas, selects and editable content. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !['button', 'checkbox', 'radio', 'range', 'submit', 'reset'].includes(target.type);
}

function isInDialogOrMenu(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(':is([role="dialog"], [role="alertdialog"], [role="menu"]):not([data-closed]), [role="listbox"][data-open]') !== null;
}

function handleKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  if (event.key === 'Shift' || event.key === 'Control' || event.key === 'Alt' || event.key === 'Meta') return;
  const typing = isTyping(event.target);
  const inDialog = isInDialogOrMenu(event.target);
  const chord = event.ctrlKey || event.metaKey || event.altKey;
  const now = event.timeStamp;
  const sequenceExpired = now - lastPressAt > SEQUENCE_PATIENCE;
  lastPressAt = now;

  if (sequenceExpired) for (const entry of registered) entry.progress = 0;
  // A sequence that was begun goes on before anything begins: `g l` wins over `l`. Else the latest registration comes first: what stands
  // over another place wins.
  const order = registered.toReversed().sort((one, other) => Number(other.progress > 0) - Number(one.progress > 0));
  for (const entry of order) {
    const { shortcut, presses } = entry;
    if (typing && !(shortcut.whileTyping ?? chord)) continue;
    if (inDialog && shortcut.overDialogs !== true) continue;
    const expected = presses[entry.progress];
    if (expected === undefined || !pressMatches(event, expected)) {
      entry.progress = 0;
      continue;
    }
    if (entry.progress < presses.length - 1) {
      entry.progress += 1;
      continue;
    }
    entry.progress = 0;
    if (shortcut.when?.() === false) continue;
    event.preventDefault();
    shortcut.onPress(event);
    for (const other of registered) other.progress = 0;
    return;
  }
}

/** As tinykeys matches, except that a printed sign such as `?` needs no word about the Shift that some layouts want for it. */
function pressMatches(event: KeyboardEvent, press: KeybindingPress): boolean {
  if (matchKeybindingPress(event, press)) return true;
  const [required, , key] = press;
  return (
    typeof key === 'string' &&
    key.length === 1 &&
    key.toLowerCase() === key.toUpperCase() &&
    required.length === 0 &&
    event.key === key &&
    !event.ctrlKey &&
    !event.metaKey &&
    !event.altKey
  );
}

/** Whether the keyboard is an Apple one: `$mod` is ⌘ there and Ctrl elsewhere. */
export function isApplePlatform(): boolean {
  return typeof navigator !== 'undefined' && /Mac|iPhone|iPad/u.test(navigator.platform);
}

const APPLE_SIGNS: Readonly<Record<string, string>> = {
  $mod: '⌘',
  Meta: '⌘',
  Control: '⌃',
  Alt: '⌥',
  Shift: '⇧',
};
const OTHER_SIGNS: Readonly<Record<string, string>> = { $mod: 'Ctrl', Meta: 'Super', Control: 'Ctrl', Alt: 'Alt', Shift: 'Shift' };
const KEY_SIGNS: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Enter: '↵',
  Escape: 'Esc',
  Backspace: '⌫',
  Delete: 'Del',
  ' ': 'Space',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
};

/**
 * The caps to draw for a keys expression: one list per press of the sequence. `$mod+Shift+k` → `[['Ctrl', 'Shift', 'K']]`,
 * `g r` → `[['G'], ['R']]`.
 */
export function keyCaps(keys: string, apple = isApplePlatform()): ReadonlyArray<readonly string[]> {
  const modifierSigns = apple ? APPLE_SIGNS : OTHER_SIGNS;
  return keys
    .trim()
    .split(/\s+/u)
    .map((press) => {
      // A plus sign is also a key of its own: "$mod++".
      const parts = press === '+' ? ['+'] : press.endsWith('++') ? [...press.slice(0, -2).split('+'), '+'] : press.split('+');
      return parts.map((part) => modifierSigns[part] ?? KEY_SIGNS[part] ?? plainKey(part));
    });
}

function plainKey(part: string): string {
  const letter = /^(?:Key|Digit)(.)$/u.exec(part);
  if (letter?.[1] !== undefined) return letter[1];
  return part.length === 1 ? part.toUpperCase() : part;
}

/** The same as one string, for `aria-keyshortcuts`-like text and menus: `Ctrl+Shift+K`, `G then R`. */
export function keyText(keys: string, apple = isApplePlatform()): string {
  return keyCaps(keys, apple)
    .map((caps) => caps.join(apple ? '' : '+'))
    .join(' then ');
}
