import { useSyncExternalStore } from 'react';
import { ROW_HEIGHTS } from './theme.ts';
import type { Density } from './theme.ts';

/** The row height in CSS pixels of the density on `<html>` now; 32 when none is set. */
export function readRowHeight(): number {
  const density = document.documentElement.dataset.density;
  return density !== undefined && density in ROW_HEIGHTS ? ROW_HEIGHTS[density as Density] : ROW_HEIGHTS.normal;
}

function subscribe(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-density'] });
  return () => observer.disconnect();
}

/** The current row height in CSS pixels; re-renders when the density changes. */
export function useRowHeight(): number {
  return useSyncExternalStore(subscribe, readRowHeight);
}
