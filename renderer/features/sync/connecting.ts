import { create } from 'zustand';
import type { Remote } from '#shared/contract/index.ts';

/** A remote is being connected, or was just now and its plan is shown. */
export type Connecting = { readonly step: 'none' } | { readonly step: 'connect' } | { readonly step: 'plan'; readonly remote: Remote };

export const useConnecting = create<{ readonly connecting: Connecting }>(() => ({ connecting: { step: 'none' } }));

export function openConnectRemote(): void {
  useConnecting.setState({ connecting: { step: 'connect' } });
}
