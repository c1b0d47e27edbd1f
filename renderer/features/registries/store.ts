/** Which dialog of this feature is open. Menu, palette, sidebar and pages open the same ones. */
import { create } from 'zustand';
import type { CollectionDetail, CollectionSummary, RegistrySummary } from '#shared/contract/index.ts';

export type RegistryDialog =
  | { readonly kind: 'new registry' }
  | { readonly kind: 'edit registry'; readonly registry: RegistrySummary }
  | { readonly kind: 'lifecycle'; readonly registry: RegistrySummary }
  | { readonly kind: 'cards'; readonly registry: RegistrySummary; readonly type?: string }
  | { readonly kind: 'delete registry'; readonly registry: RegistrySummary }
  | { readonly kind: 'new collection'; readonly registry: RegistrySummary | null }
  | { readonly kind: 'rename collection'; readonly collection: CollectionSummary | CollectionDetail }
  | { readonly kind: 'delete collection'; readonly collection: CollectionSummary | CollectionDetail };

export const useRegistryDialog = create<{ readonly open: RegistryDialog | null }>(() => ({ open: null }));

export function openRegistryDialog(dialog: RegistryDialog): void {
  useRegistryDialog.setState({ open: dialog });
}

export function closeRegistryDialog(): void {
  useRegistryDialog.setState({ open: null });
}

export function openNewRegistry(): void {
  openRegistryDialog({ kind: 'new registry' });
}

/** With no registry given, the dialog asks for one. */
export function openNewCollection(registry: RegistrySummary | null = null): void {
  openRegistryDialog({ kind: 'new collection', registry });
}

/** The states of a registry, the ways between them, and what they are at remotes. */
export function openLifecycle(registry: RegistrySummary): void {
  openRegistryDialog({ kind: 'lifecycle', registry });
}
