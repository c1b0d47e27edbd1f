import { create } from 'zustand';

export const useConnect = create<{ readonly open: boolean }>(() => ({ open: false }));

/** Opens “Connect a script”, from wherever one is. */
export function openConnect(): void {
  useConnect.setState({ open: true });
}

export function closeConnect(): void {
  useConnect.setState({ open: false });
}
