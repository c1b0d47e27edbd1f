/** Search hits of any kind, seen alike: an id, a name, a place, what it can be used for. */
import type { SearchHit } from '#shared/contract/index.ts';
import { assertNever } from '#shared/domain/assert.ts';
import { placeOf, type Place } from '../../app/routes/index.ts';
import { selected, versionRef, type Selected, type VersionRef } from '../../app/selection.ts';

export function hitId(hit: SearchHit): string {
  return `${hit.kind}:${hitObject(hit).id}`;
}

function hitObject(hit: SearchHit): { readonly id: number; readonly updatedAt?: string; readonly createdAt?: string } {
  switch (hit.kind) {
    case 'version':
      return hit.version;
    case 'artifact':
      return hit.artifact;
    case 'collection':
      return hit.collection;
    case 'registry':
      return hit.registry;
    case 'run':
      return hit.run;
    case 'project':
      return hit.project;
    default:
      return assertNever(hit, 'hit');
  }
}

export function hitName(hit: SearchHit): string {
  switch (hit.kind) {
    case 'version':
      return `${hit.version.artifact} v${hit.version.index}`;
    case 'run':
      return hit.run.displayName;
    case 'artifact':
      return hit.artifact.name;
    case 'collection':
      return hit.collection.name;
    case 'registry':
      return hit.registry.name;
    case 'project':
      return hit.project.name;
    default:
      return assertNever(hit, 'hit');
  }
}

/** Where it is, in words. */
export function hitWhere(hit: SearchHit): string {
  switch (hit.kind) {
    case 'version':
      return hit.version.project;
    case 'artifact':
      return hit.artifact.project;
    case 'run':
      return hit.run.project;
    case 'collection':
      return hit.collection.registry;
    case 'project':
      return hit.project.entity;
    case 'registry':
      return '';
    default:
      return assertNever(hit, 'hit');
  }
}

export function hitType(hit: SearchHit): string {
  switch (hit.kind) {
    case 'version':
      return hit.version.type;
    case 'artifact':
      return hit.artifact.type;
    case 'collection':
      return hit.collection.type;
    case 'run':
      return hit.run.jobType ?? '';
    case 'registry':
    case 'project':
      return '';
    default:
      return assertNever(hit, 'hit');
  }
}

export function hitTime(hit: SearchHit): string {
  return hit.kind === 'run' ? hit.run.createdAt : (hitObject(hit).updatedAt ?? '');
}

export function hitPlace(hit: SearchHit): Place {
  switch (hit.kind) {
    case 'version':
      return placeOf.version(hit.version);
    case 'artifact':
      return placeOf.artifact(hit.artifact);
    case 'collection':
      return placeOf.collection(hit.collection.registry, hit.collection.name);
    case 'registry':
      return placeOf.registry(hit.registry.name);
    case 'run':
      return placeOf.run(hit.run);
    case 'project':
      return placeOf.project(hit.project.entity, hit.project.name);
    default:
      return assertNever(hit, 'hit');
  }
}

/** What it is to the inspector; null for what the inspector does not show. */
export function hitSelected(hit: SearchHit): Selected | null {
  switch (hit.kind) {
    case 'version':
      return selected.version(hit.version);
    case 'collection':
      return selected.collection(hit.collection);
    case 'registry':
      return selected.registry(hit.registry);
    case 'run':
      return selected.run(hit.run);
    default:
      return null;
  }
}

/** The version that a hit can be dragged and linked as. */
export function hitVersion(hit: SearchHit): VersionRef | null {
  return hit.kind === 'version' ? versionRef(hit.version) : null;
}
