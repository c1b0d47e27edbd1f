/** The bridge to the main process, where there is one: the development page runs without. */
import type { VitrineBridge } from '#shared/contract/bridge.ts';

declare global {
  interface Window {
    readonly vitrine?: VitrineBridge;
  }
}

/** `window.vitrine`, put there by the preload. */
export function bridge(): VitrineBridge {
  const found = window.vitrine;
  if (found === undefined) throw new Error('The preload did not run: window.vitrine is missing.');
  return found;
}
