/** How things are called and addressed in the history, the trash and on the start page. */
import { formatPlace, formatVersion } from '#shared/domain/index.ts';
import type { EventSubject } from '../history.ts';

export function registrySubject(registry: { readonly id: number; readonly name: string }): EventSubject {
  return { kind: 'registry', id: registry.id, label: registry.name, address: formatPlace({ place: 'registry', registry: registry.name }), registryId: registry.id };
}

export type CollectionNames = { readonly id: number; readonly name: string; readonly registryId: number; readonly registry: string };

export function collectionSubject(collection: CollectionNames): EventSubject {
  return {
    kind: 'collection', id: collection.id, label: `${collection.registry}/${collection.name}`, registryId: collection.registryId,
    address: formatPlace({ place: 'collection', registry: collection.registry, collection: collection.name }),
  };
}

export function linkSubject(collection: CollectionNames, link: { readonly id: number; readonly index: number }): EventSubject {
  return {
    kind: 'link', id: link.id, label: `${collection.registry}/${collection.name}:${formatVersion(link.index)}`, registryId: collection.registryId,
    address: formatPlace({ place: 'linked version', registry: collection.registry, collection: collection.name, selector: { kind: 'number', number: link.index } }),
  };
}

/** A remote is found by whoever sees the registry that follows it. */
export function remoteSubject({ id, name, registryId = null }: { readonly id: number; readonly name: string; readonly registryId?: number | null }): EventSubject {
  return { kind: 'remote', id, label: name, address: `vitrine://sync/${id}`, registryId };
}

export function projectSubject(project: { readonly id: number; readonly entity: string; readonly name: string }): EventSubject {
  return { kind: 'project', id: project.id, label: `${project.entity}/${project.name}`, address: formatPlace({ place: 'project', entity: project.entity, project: project.name }), registryId: null };
}

export type ArtifactNames = { readonly id: number; readonly entity: string; readonly project: string; readonly name: string };

export function artifactSubject(artifact: ArtifactNames): EventSubject {
  return {
    kind: 'artifact', id: artifact.id, label: `${artifact.project}/${artifact.name}`, registryId: null,
    address: formatPlace({ place: 'artifact', entity: artifact.entity, project: artifact.project, artifact: artifact.name }),
  };
}

export function versionSubject(artifact: ArtifactNames, version: { readonly id: number; readonly index: number }): EventSubject {
  return {
    kind: 'version', id: version.id, label: `${artifact.project}/${artifact.name}:${formatVersion(version.index)}`, registryId: null,
    address: formatPlace({ place: 'source version', entity: artifact.entity, project: artifact.project, artifact: artifact.name, selector: { kind: 'number', number: version.index } }),
  };
}

export function runSubject(run: { readonly id: number; readonly entity: string; readonly project: string; readonly runId: string; readonly displayName: string }): EventSubject {
  return {
    kind: 'run', id: run.id, label: `${run.project}/${run.displayName}`, registryId: null,
    address: formatPlace({ place: 'run', entity: run.entity, project: run.project, run: run.runId }),
  };
}
