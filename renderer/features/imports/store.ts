import { create } from 'zustand';

/** Where something comes from. */
export type ImportSource = 'legacy' | 'gto' | 'mlruns' | 'bundle';

export const useImport = create<{ readonly source: ImportSource | null }>(() => ({ source: null }));

export function openImport(source: ImportSource = 'bundle'): void {
  useImport.setState({ source });
}
