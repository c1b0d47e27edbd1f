/** Addresses that come from outside (a chat, a browser, the command line) and the places they lead to. */
import { explainViolation } from '#shared/domain/violations.ts';
import { formatPlace, parsePlace, type Place } from '#shared/domain/places.ts';
import type { LinkMark, LinkSummary, ObjectRef, VersionSummary } from '#shared/contract/index.ts';
import { notify } from '../api/notify.ts';
import { navigate } from './history.ts';

/** Opens a `vitrine://` address, or says what is wrong with it. */
export function openAddress(address: string): void {
  const parsed = parsePlace(address);
  if (parsed.ok) navigate(parsed.value);
  else notify({ tone: 'caution', title: 'That link can’t be opened', text: explainViolation(parsed.violation) });
}

/** The place of a thing that events, stars and search results speak of; null when it has none. */
export function placeOfRef(ref: Pick<ObjectRef, 'address'>): Place | null {
  if (ref.address === null) return null;
  const parsed = parsePlace(ref.address);
  return parsed.ok ? parsed.value : null;
}

export const placeOf = {
  registry: (name: string): Place => ({ place: 'registry', registry: name }),
  collection: (registry: string, collection: string): Place => ({ place: 'collection', registry, collection }),
  link: (link: Pick<LinkSummary | LinkMark, 'registry' | 'collection' | 'index'>): Place => ({ place: 'linked version', registry: link.registry, collection: link.collection, selector: { kind: 'number', number: link.index } }),
  project: (entity: string, project: string): Place => ({ place: 'project', entity, project }),
  artifact: (artifact: { readonly entity: string; readonly project: string; readonly name: string }): Place => ({ place: 'artifact', entity: artifact.entity, project: artifact.project, artifact: artifact.name }),
  version: (version: Pick<VersionSummary, 'entity' | 'project' | 'artifact' | 'index'>): Place => ({
    place: 'source version', entity: version.entity, project: version.project, artifact: version.artifact, selector: { kind: 'number', number: version.index },
  }),
  comparedRuns: (project: { readonly entity: string; readonly name: string }, runs: readonly string[]): Place => ({ place: 'compared runs', entity: project.entity, project: project.name, runs }),
  run: (run: { readonly entity: string; readonly project: string; readonly runId: string }): Place => ({ place: 'run', entity: run.entity, project: run.project, run: run.runId }),
} as const;

export { formatPlace, parsePlace, type Place };
