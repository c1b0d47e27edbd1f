import { create } from 'zustand';

/** The cell of the board that has the keyboard; no alias: the row as a whole. */
export const useBoardCell = create<{ readonly collectionId: number | null; readonly alias: string | null }>(() => ({ collectionId: null, alias: null }));
