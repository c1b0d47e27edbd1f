/** What linking has open: the choice after a drop, and the picker. */
import { create } from 'zustand';
import type { PointerEvent } from 'react';
import { linkVerdict, pickUp, pressToDrag, type DropTarget, type DropVerdict, type LinkDestination, type Point } from '../../app/drag/index.ts';
import { selectedVersions, versionRef, type VersionRef } from '../../app/selection.ts';

/** Versions on their way into a place: shown as a popover at the drop point, or as a dialog when there was no pointer. */
export type LinkChoice = { readonly versions: readonly VersionRef[]; readonly destination: LinkDestination; readonly at: Point | null };

type LinkingStore = {
  readonly choice: LinkChoice | null;
  /** Versions for which a place is being picked. */
  readonly picking: readonly VersionRef[] | null;
};

export const useLinking = create<LinkingStore>(() => ({ choice: null, picking: null }));

/** Asks for aliases and a note, then links. */
export function openLinkChoice(choice: LinkChoice): void {
  useLinking.setState({ choice, picking: null });
}

export function closeLinking(): void {
  useLinking.setState({ choice: null, picking: null });
}

/** The keyboard's way to link: a dialog that finds the place by name, with the same verdicts as dragging. */
export function openLinkPicker(versions: readonly VersionRef[] = selectedVersions()): void {
  if (versions.length > 0) useLinking.setState({ picking: versions.map(versionRef), choice: null });
}

/** Begins to drag versions at `pointerdown`. */
export function dragVersions(event: PointerEvent, read: () => readonly VersionRef[]): void {
  pressToDrag(event, () => {
    const versions = read();
    return versions.length === 0 ? null : { kind: 'versions', versions: versions.map(versionRef) };
  });
}

/** The same by keys: arrows choose where. */
export function pickUpVersions(versions: readonly VersionRef[]): void {
  if (versions.length > 0) pickUp({ kind: 'versions', versions: versions.map(versionRef) });
}

/** What a registry or a collection is to a drag: versions are linked into it; `files` are logged and then linked, where that is wished. */
export function linkTarget(
  destination: LinkDestination,
  more: { readonly onLinger?: () => void; readonly files?: { readonly verdict: DropVerdict; readonly onDrop: (paths: readonly string[]) => void } } = {},
): DropTarget {
  const { registry, collection } = destination;
  return {
    label: collection === null ? `registry ${registry.name}` : `collection ${collection.name} in ${registry.name}`,
    accepts: (payload) => {
      if (payload.kind === 'versions') return linkVerdict(payload.versions, destination);
      if (payload.kind === 'files') return more.files?.verdict ?? null;
      return null;
    },
    onDrop: (payload, at) => {
      if (payload.kind === 'versions') openLinkChoice({ versions: payload.versions, destination, at });
      else if (payload.kind === 'files') more.files?.onDrop(payload.paths);
    },
    ...(more.onLinger === undefined ? {} : { onLinger: more.onLinger }),
  };
}
