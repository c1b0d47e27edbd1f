/** What the version page shows: the version, and the link it is looked at through, if it is. */
import type { AliasHolder, AliasTarget, LinkSummary, RegistrySummary, VersionDetail, VersionSummary } from '#shared/contract/index.ts';
import type { LinkedVersionPlace, SourceVersionPlace } from '#shared/domain/places.ts';
import { formatAddress, type Selector } from '#shared/domain/addresses.ts';
import type { Rights } from './rights.ts';

export type VersionPagePlace = LinkedVersionPlace | SourceVersionPlace;

export type Shown = {
  readonly place: VersionPagePlace;
  readonly version: VersionDetail;
  readonly link: LinkSummary | null;
  /** The registry of the link; null while it is asked for, and where there is no link. */
  readonly registry: RegistrySummary | null;
  readonly rights: Rights;
};

/** What it is called here: by the collection it is linked in, or by its artifact. */
export function nameOf({ version, link }: Pick<Shown, 'version' | 'link'>): { readonly name: string; readonly index: number } {
  return link === null ? { name: version.artifact, index: version.index } : { name: link.collection, index: link.index };
}

export function sourceHolder(version: Pick<VersionSummary, 'id' | 'artifactId' | 'index'>): { readonly holder: AliasHolder; readonly target: AliasTarget; readonly index: number } {
  return { holder: { kind: 'artifact', id: version.artifactId }, target: { kind: 'version', id: version.id }, index: version.index };
}

export function linkHolder(link: LinkSummary): { readonly holder: AliasHolder; readonly target: AliasTarget; readonly index: number } {
  return { holder: { kind: 'collection', id: link.collectionId }, target: { kind: 'link', id: link.id }, index: link.index };
}

/** The address that scripts and the command line take. */
export function addressOf({ version, link }: Pick<Shown, 'version' | 'link'>, selector: Selector): string {
  return link === null
    ? formatAddress({ kind: 'source', entity: version.entity, project: version.project, artifact: version.artifact, selector })
    : formatAddress({ kind: 'registry', organization: null, registry: link.registry, collection: link.collection, selector });
}

/** The same version page under another selector, or another tab. */
export function placeWith(place: VersionPagePlace, change: { readonly selector?: Selector; readonly tab?: VersionPagePlace['tab']; readonly file?: string }): VersionPagePlace {
  return { ...place, ...change };
}
