import { create } from 'zustand';

type BoardCells = {
  /** The cell that has the keyboard; no alias: the row as a whole. */
  readonly collectionId: number | null;
  readonly alias: string | null;
  /** The cell under the pointer. */
  readonly pointed: { readonly collectionId: number; readonly alias: string } | null;
};

export const useBoardCell = create<BoardCells>(() => ({ collectionId: null, alias: null, pointed: null }));
