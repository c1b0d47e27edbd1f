/** What can be dragged. */
import type { AliasHolder, CollectionId, RegistryId } from '#shared/contract/index.ts';
import type { VersionRef } from '../selection.ts';

export type CollectionRef = { readonly id: CollectionId; readonly registryId: RegistryId; readonly registry: string; readonly name: string; readonly type: string; readonly linkCount: number };

export type DragPayload =
  | { readonly kind: 'versions'; readonly versions: readonly VersionRef[] }
  /** A whole collection: what of it goes on is asked where it is dropped. */
  | { readonly kind: 'collection'; readonly collection: CollectionRef }
  | {
      readonly kind: 'alias';
      readonly alias: string;
      readonly protected: boolean;
      /** Within what it is unique: it can go to another version of the same holder only. */
      readonly holder: AliasHolder;
      /** The number that it stands on. */
      readonly fromIndex: number;
    }
  /** Files and folders from the system; their paths are known only once they are dropped. */
  | { readonly kind: 'files'; readonly count: number; readonly paths: readonly string[] };

/** Whether something may be dropped: with what would happen, or with the reason why not. */
export type DropVerdict = { readonly allowed: true; readonly effect: string } | { readonly allowed: false; readonly reason: string };

export const allow = (effect: string): DropVerdict => ({ allowed: true, effect });
export const forbid = (reason: string): DropVerdict => ({ allowed: false, reason });

/** What is dragged, in words: for the preview beside the pointer and for screen readers. */
export function describePayload(payload: DragPayload): string {
  switch (payload.kind) {
    case 'versions': {
      const [first] = payload.versions;
      if (payload.versions.length === 1 && first !== undefined) return `${first.artifact} v${first.index}`;
      return `${payload.versions.length} versions`;
    }
    case 'collection':
      return `${payload.collection.name} of ${payload.collection.registry}`;
    case 'alias':
      return `alias “${payload.alias}”`;
    case 'files':
      return payload.count === 1 ? '1 file or folder' : `${payload.count} files and folders`;
  }
}
