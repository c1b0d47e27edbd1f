import { create } from 'zustand';

type BoardCells = {
  /** The cell that has the keyboard; no alias: the row as a whole. */
  readonly collectionId: number | null;
  readonly alias: string | null;
  /** The cell under the pointer. */
  readonly pointed: { readonly collectionId: number; readonly alias: string } | null;
  /** When one of them changed, in milliseconds: how long ago things were is told as of then. */
  readonly now: number;
};

export const useBoardCell = create<BoardCells>(() => ({ collectionId: null, alias: null, pointed: null, now: 0 }));
