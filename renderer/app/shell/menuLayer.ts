/** One context menu for the whole window, so that rows and chips need none of their own. */
import { create } from 'zustand';
import { type MenuEntry, type MenuPoint } from '../../ui/index.ts';

type MenuRequest = { readonly point: MenuPoint; readonly items: readonly MenuEntry[]; readonly asked: number };

export const useMenuRequest = create<{ readonly request: MenuRequest | null }>(() => ({ request: null }));
let asked = 0;

/** Opens a menu at a point of the window; focus goes back to where it was when it closes. */
export function openMenu(point: MenuPoint, items: readonly MenuEntry[]): void {
  asked += 1;
  useMenuRequest.setState({ request: { point, items, asked } });
}
