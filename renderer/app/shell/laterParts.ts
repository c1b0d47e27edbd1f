/** The parts of the window of which nothing is in sight at a start. They are a third of all its code, and come once the window stands. */
import type { ComponentType } from 'react';
import { create } from 'zustand';
import type { Selected } from '../selection.ts';

type LaterParts = { readonly Overlays: ComponentType; readonly InspectedItems: ComponentType<{ readonly items: readonly Selected[] }> };

/** null until they are there. */
export const useLaterParts = create<{ readonly parts: LaterParts | null }>(() => ({ parts: null }));

let loading = false;

/** Loads them, once. */
export function loadLaterParts(): void {
  if (loading) return;
  loading = true;
  import('./laterPartsLoaded.ts').then(
    (parts) => useLaterParts.setState({ parts }),
    (thrown: unknown) => {
      // Tried again at the next press.
      loading = false;
      reportError(thrown);
    },
  );
}
