/**
 * What is selected in a list of which only a part is known: some rows by id, or all but some. "All" is what Ctrl+A says;
 * it needs no ids, so a million rows are selected at once.
 */
export type Selection = { readonly kind: 'some'; readonly ids: ReadonlySet<string> } | { readonly kind: 'allBut'; readonly ids: ReadonlySet<string> };

const NO_IDS: ReadonlySet<string> = new Set();

export const NOTHING_SELECTED: Selection = { kind: 'some', ids: NO_IDS };
export const ALL_SELECTED: Selection = { kind: 'allBut', ids: NO_IDS };

export function selectIds(ids: Iterable<string>): Selection {
  return { kind: 'some', ids: new Set(ids) };
}

export function isSelected(selection: Selection, id: string): boolean {
  return selection.ids.has(id) === (selection.kind === 'some');
}

/** How many of `rowCount` rows are selected. */
export function selectionSize(selection: Selection, rowCount: number): number {
  return selection.kind === 'some' ? selection.ids.size : Math.max(0, rowCount - selection.ids.size);
}

/** Turns the given ids on or off, leaving the rest as it is. */
export function withSelected(selection: Selection, ids: Iterable<string>, selected: boolean): Selection {
  const next = new Set(selection.ids);
  const addToSet = selected === (selection.kind === 'some');
  for (const id of ids) {
    if (addToSet) next.add(id);
    else next.delete(id);
  }
  return { kind: selection.kind, ids: next };
}

export function toggleSelected(selection: Selection, id: string): Selection {
  return withSelected(selection, [id], !isSelected(selection, id));
}
