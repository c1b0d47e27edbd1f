import { useEffect, useMemo } from 'react';
import type { LinkId, ObjectRef, VersionId } from '#shared/contract/index.ts';
import { core, useOperation, useReadOnly } from '../../app/api/index.ts';
import { useWhyNot } from '../../app/rights.ts';
import { formatPlace, placeOfRef, useMovedTo, type PlaceProps } from '../../app/routes/index.ts';
import { select, selected } from '../../app/selection.ts';
import { PlaceFailure } from '../../app/shell/index.ts';
import { EmptyState } from '../../ui/index.ts';
import { Package } from '../../ui/icons.ts';
import { rightsOf } from './rights.ts';
import type { VersionPagePlace } from './shown.ts';
import { VersionPage, VersionPageSkeleton } from './VersionPage.tsx';

export function LinkedVersionPlace({ place }: PlaceProps<'linked version'>) {
  return <Resolving place={place} />;
}

export function SourceVersionPlace({ place }: PlaceProps<'source version'>) {
  return <Resolving place={place} />;
}

/** From the address to what it names. An alias that moves takes the page along. */
function Resolving({ place }: { readonly place: VersionPagePlace }) {
  const address = formatPlace({ ...place, tab: undefined, file: undefined });
  const found = useOperation('addresses.resolve', { address });
  useMovedTo(place, found.data === undefined ? null : movedVersion(place, found.data.object));
  // What is gone is gone; any other failure leaves what is known on show.
  if (found.error !== null && (found.data === undefined || found.error.code === 'not_found')) return <PlaceFailure alone error={found.error} retry={found.retry} />;
  if (found.data === undefined) return <VersionPageSkeleton place={place} />;
  if (found.data.versionId === null || (place.place === 'linked version' && found.data.linkId === null)) {
    return <EmptyState icon={Package} title="There is no version at this address" text="It may have been unlinked or deleted; the history and the trash know." />;
  }
  return <Loading key={found.data.versionId} place={place} versionId={found.data.versionId as VersionId} linkId={place.place === 'linked version' ? (found.data.linkId as LinkId) : null} />;
}

/** The same selector under the names of now; an entry of W&B's registry of old is where that was brought to. */
function movedVersion(place: VersionPagePlace, object: ObjectRef): VersionPagePlace | null {
  const now = placeOfRef(object);
  if (now?.place !== 'linked version' && now?.place !== 'source version') return null;
  return { ...now, selector: place.selector, ...(place.tab === undefined ? {} : { tab: place.tab }), ...(place.file === undefined ? {} : { file: place.file }), ...('organization' in place && place.organization !== undefined ? { organization: place.organization } : {}) } as VersionPagePlace;
}

function Loading({ place, versionId, linkId }: { readonly place: VersionPagePlace; readonly versionId: VersionId; readonly linkId: LinkId | null }) {
  const version = useOperation('versions.get', { id: versionId });
  const link = useOperation('links.get', { id: linkId as LinkId }, { enabled: linkId !== null });
  const registryName = place.place === 'linked version' ? place.registry : '';
  const registry = useOperation('registries.get', { name: registryName }, { enabled: linkId !== null });
  const readOnly = useReadOnly();
  const whyNot = useWhyNot();

  useEffect(() => {
    // For the start page's list; that it can't be kept in a read-only catalog is nothing to say.
    core().execute('recents.touch', { kind: 'version', id: versionId }).catch(() => undefined);
  }, [versionId]);

  const loadedVersion = version.data;
  const loadedLink = linkId === null ? null : link.data;
  // “Link to…”, M and the palette act on the version that is looked at.
  useEffect(() => {
    if (loadedVersion === undefined || loadedLink === undefined) return;
    select([loadedLink === null ? selected.version(loadedVersion) : selected.link(loadedLink)]);
  }, [loadedVersion, loadedLink]);

  const shown = useMemo(
    () =>
      loadedVersion === undefined || loadedLink === undefined
        ? null
        : { place, version: loadedVersion, link: loadedLink, registry: registry.data ?? null, rights: rightsOf(readOnly, whyNot, loadedVersion, loadedLink, registry.data ?? null) },
    [place, loadedVersion, loadedLink, registry.data, readOnly, whyNot],
  );

  const error = version.error ?? (linkId === null ? null : link.error);
  if (shown === null) return error === null ? <VersionPageSkeleton place={place} /> : <PlaceFailure alone error={error} retry={version.error === null ? link.retry : version.retry} />;
  return <VersionPage shown={shown} />;
}
