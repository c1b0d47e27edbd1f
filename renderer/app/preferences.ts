/**
 * How this person keeps the window: panels, folds, motion. Kept in the catalog's settings; a copy in the page's own storage makes the first
 * frame right before core answers.
 */
import { create } from 'zustand';
// The small build of zod: the whole one is a tenth of what the window loads before it can show anything.
import * as z from 'zod/mini';
import { core } from './api/index.ts';

const Preferences = z.object({
  version: z._default(z.literal(1), 1),
  sidebarOpen: z._default(z.boolean(), true),
  /** Pixels. */
  sidebarWidth: z._default(z.number().check(z.gte(180), z.lte(480)), 240),
  inspectorOpen: z._default(z.boolean(), true),
  inspectorWidth: z._default(z.number().check(z.gte(240), z.lte(560)), 300),
  /** Registries whose collections are shown in the sidebar, by id. */
  unfolded: z._default(z.array(z.int()), []),
  /** Sections of the sidebar that are folded. */
  foldedSections: z._default(z.array(z.string()), []),
  motion: z._default(z.enum(['system', 'off']), 'system'),
});
export type Preferences = z.infer<typeof Preferences>;

const key = 'window.preferences';
const bounds = { sidebar: [180, 480], inspector: [240, 560] } as const;
export const panelBounds = bounds;

function stored(): Preferences {
  try {
    return Preferences.parse(JSON.parse(localStorage.getItem(key) ?? '{}'));
  } catch {
    return Preferences.parse({});
  }
}

export const usePreferences = create<Preferences>(() => (typeof localStorage === 'undefined' ? Preferences.parse({}) : stored()));

let saving: ReturnType<typeof setTimeout> | null = null;
/** Milliseconds without a change until it is written: a panel being dragged is one change. */
const settle = 600;

/** Changes preferences, at once on screen and soon in the catalog. */
export function setPreferences(part: Partial<Preferences>): void {
  usePreferences.setState(part);
  const all = usePreferences.getState();
  localStorage.setItem(key, JSON.stringify(all));
  if (saving !== null) clearTimeout(saving);
  saving = setTimeout(() => {
    saving = null;
    // A catalog that can't be written keeps the window usable: the copy in the page's storage holds.
    core().execute('settings.set', { values: { [key]: all } }).catch(() => undefined);
  }, settle);
}

/** Takes over what the catalog remembers, once. */
export async function loadPreferences(): Promise<void> {
  try {
    const { values } = await core().query('settings.get', {});
    const parsed = Preferences.safeParse(values[key] ?? {});
    if (values[key] === undefined || !parsed.success || saving !== null) return;
    const text = JSON.stringify(parsed.data);
    // The usual case: the copy says the same, and nothing needs to be shown anew.
    if (text === JSON.stringify(usePreferences.getState())) return;
    usePreferences.setState(parsed.data);
    localStorage.setItem(key, text);
  } catch {
    // The copy stands.
  }
}
