/** What linking has open: the choice after a drop, and the picker. */
import { create } from 'zustand';
import type { PointerEvent } from 'react';
import type { CollectionId } from '#shared/contract/index.ts';
import { linkVerdict, pickUp, pressToDrag, promoteVerdict, type DropTarget, type DropVerdict, type LinkDestination, type Point } from '../../app/drag/index.ts';
import { selectedVersions, useSelection, versionRef, type LinkRef, type VersionRef } from '../../app/selection.ts';

/** Versions on their way into a place: shown as a popover at the drop point, or as a dialog when there was no pointer. */
export type LinkChoice = { readonly versions: readonly VersionRef[]; readonly destination: LinkDestination; readonly at: Point | null };

type LinkingStore = {
  readonly choice: LinkChoice | null;
  /** Versions for which a place is being picked. */
  readonly picking: readonly VersionRef[] | null;
  readonly promoting: Promotion | null;
};

/** What is to go on from one registry into another: links that are known, or a collection of which one is still to be chosen. */
export type Promotion = {
  readonly links: readonly LinkRef[];
  readonly from: { readonly id: CollectionId; readonly registry: string; readonly name: string };
  readonly type: string;
  /** Where it was dropped; null: to be chosen. */
  readonly to: LinkDestination | null;
};

export const useLinking = create<LinkingStore>(() => ({ choice: null, picking: null, promoting: null }));

/** Asks for aliases and a note, then links: the oldest first, so that the newest is the newest there too, whichever way the list was sorted. */
export function openLinkChoice(choice: LinkChoice): void {
  const [first] = choice.versions;
  const ofOne = choice.versions.every((version) => version.artifact === first?.artifact && version.project === first.project && version.entity === first.entity);
  useLinking.setState({ choice: ofOne ? { ...choice, versions: choice.versions.toSorted((one, other) => one.index - other.index) } : choice, picking: null, promoting: null });
}

export function closeLinking(): void {
  useLinking.setState({ choice: null, picking: null, promoting: null });
}

/** Asks where links go on to, with which aliases and why; then promotes them in one act. */
export function openPromotion(promotion: Promotion): void {
  useLinking.setState({ promoting: { ...promotion, links: promotion.links.toSorted((one, other) => one.index - other.index) }, choice: null, picking: null });
}

/** Promotes the links that are selected, if all of them are of one collection. */
export function promoteSelected(): void {
  const promotion = selectedPromotion();
  if (promotion !== null) openPromotion(promotion);
}

/** What of the selection can go on: links of one collection, or a collection of which one is then chosen; null otherwise. */
export function selectedPromotion(): Promotion | null {
  const { items } = useSelection.getState();
  const links = items.flatMap((item) => (item.kind === 'version' && item.link !== null ? [{ link: item.link, type: item.version.type }] : []));
  const [only] = items;
  if (items.length === 1 && only?.kind === 'collection') return { links: [], from: only, type: only.type, to: null };
  const [first] = links;
  if (first === undefined || links.length < items.length || links.some(({ link }) => link.collectionId !== first.link.collectionId)) return null;
  return { links: links.map(({ link }) => link), from: { id: first.link.collectionId, registry: first.link.registry, name: first.link.collection }, type: first.type, to: null };
}

/** The keyboard's way to link: a dialog that finds the place by name, with the same verdicts as dragging. */
export function openLinkPicker(versions: readonly VersionRef[] = selectedVersions()): void {
  if (versions.length > 0) useLinking.setState({ picking: versions.map(versionRef), choice: null, promoting: null });
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
      if (payload.kind === 'collection') return promoteVerdict(payload.collection, destination);
      if (payload.kind === 'files') return more.files?.verdict ?? null;
      return null;
    },
    onDrop: (payload, at) => {
      if (payload.kind === 'versions') openLinkChoice({ versions: payload.versions, destination, at });
      else if (payload.kind === 'collection') openPromotion({ links: [], from: payload.collection, type: payload.collection.type, to: destination });
      else if (payload.kind === 'files') more.files?.onDrop(payload.paths);
    },
    ...(more.onLinger === undefined ? {} : { onLinger: more.onLinger }),
  };
}
