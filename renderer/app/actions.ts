/**
 * Actions by name: what the palette lists, what the menu and the keys call. A feature registers its own; an action knows by itself whether it
 * can be done now.
 */
import { useEffect, useRef } from 'react';
import type { Icon } from '../ui/icons.ts';
import type { OperationName } from '#shared/contract/index.ts';
import { registerShortcut } from '../ui/keyboard.ts';
import { notify } from './api/index.ts';
import { whyNotNow, type Where } from './rights.ts';

export type WindowAction = {
  /** Stable name: `linking.linkTo`. */
  readonly id: string;
  /** Sentence case: “Link to…”. */
  readonly label: string;
  /** Heading in the palette and in the list of keys. */
  readonly group: string;
  readonly icon?: Icon;
  /** Other words one might type for it. */
  readonly words?: string;
  /** A tinykeys expression that does the same. */
  readonly keys?: string;
  /** Works while typing and over dialogs, as `Shortcut` says. */
  readonly whileTyping?: boolean;
  readonly overDialogs?: boolean;
  /** Whether it can be done now; absent: always. Asked when the palette opens and at the key press. */
  readonly available?: () => boolean;
  /** What it asks of core in the end, and where: it is listed with the reason where the one who looks may not. */
  readonly needs?: readonly [operation: OperationName, where: Where];
  readonly run: () => void;
};

const actions = new Map<string, WindowAction>();

/** Registers actions; returns the way to take them back. */
export function registerCommands(list: readonly WindowAction[]): () => void {
  const releases: (() => void)[] = [];
  for (const action of list) {
    actions.set(action.id, action);
    releases.push(() => {
      if (actions.get(action.id) === action) actions.delete(action.id);
    });
    if (action.keys === undefined) continue;
    releases.push(
      registerShortcut({
        id: action.id,
        keys: action.keys,
        description: action.label,
        group: action.group,
        onPress: () => perform(action),
        ...(action.available === undefined ? {} : { when: action.available }),
        ...(action.whileTyping === undefined ? {} : { whileTyping: action.whileTyping }),
        ...(action.overDialogs === undefined ? {} : { overDialogs: action.overDialogs }),
      }),
    );
  }
  return () => {
    for (const release of releases) release();
  };
}

/** Registers actions while the calling component is mounted; their newest `run` and `available` are used. Ids, keys and labels stay. */
export function useCommands(list: readonly WindowAction[]): void {
  const newest = useRef(list);
  useEffect(() => {
    newest.current = list;
  });
  const ids = list.map((action) => `${action.id} ${action.label} ${action.keys ?? ''}`).join('\n');
  useEffect(
    () =>
      registerCommands(
        newest.current.map((action) => ({
          ...action,
          run: () => newest.current.find((one) => one.id === action.id)?.run(),
          available: () => newest.current.find((one) => one.id === action.id)?.available?.() ?? true,
        })),
      ),
    [ids],
  );
}

/** Why the one who looks may not do it; null when they may. */
export function actionBarred({ needs }: WindowAction): string | null {
  return needs === undefined ? null : whyNotNow(...needs);
}

/** Does it, or says why not. */
function perform(action: WindowAction): void {
  const reason = actionBarred(action);
  if (reason === null) action.run();
  else notify({ tone: 'neutral', title: `“${action.label.replace(/…$/u, '')}” isn’t open to you`, text: reason });
}

/** The actions that can be done now, those included that only the right is missing for. */
export function availableActions(): readonly WindowAction[] {
  return [...actions.values()].filter((action) => action.available?.() ?? true);
}

/** Does an action by its name, if it can be done now. */
export function runAction(id: string): void {
  const action = actions.get(id);
  if (action !== undefined && (action.available?.() ?? true)) perform(action);
}
