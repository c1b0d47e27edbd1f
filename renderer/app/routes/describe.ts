/** Places in words: what the breadcrumb, the window's title and the palette call them. */
import { assertNever } from '#shared/domain/assert.ts';
import { formatSelector } from '#shared/domain/addresses.ts';
import type { Place } from '#shared/domain/places.ts';

export type Crumb = { readonly label: string; readonly place: Place };

const root = (label: string, place: Place): readonly Crumb[] => [{ label, place }];

/** From the root of the place's own branch to the place itself. */
export function crumbsOf(place: Place): readonly Crumb[] {
  switch (place.place) {
    case 'start':
      return root('Start', place);
    case 'registries':
      return root('Registries', place);
    case 'projects':
      return root('Projects', place);
    case 'storage':
      return root('Storage', place);
    case 'trash':
      return root('Trash', place);
    case 'automations':
      return root('Automations', place);
    case 'approvals':
      return root('Approvals', place);
    case 'sync':
      return root('Sync', place);
    case 'settings':
      return root('Settings', { place: 'settings' });
    case 'search':
      return root('Search', place);
    case 'lineage':
      return [...(place.focus === undefined ? [] : crumbsOf(place.focus)), { label: 'Lineage', place }];
    case 'history':
      return [...(place.focus === undefined ? [] : crumbsOf(place.focus)), { label: 'History', place }];
    case 'registry':
      return [...root('Registries', { place: 'registries' }), { label: place.registry, place: { place: 'registry', registry: place.registry } }];
    case 'collection':
      return [...crumbsOf({ place: 'registry', registry: place.registry }), { label: place.collection, place: { place: 'collection', registry: place.registry, collection: place.collection } }];
    case 'linked version':
      return [...crumbsOf({ place: 'collection', registry: place.registry, collection: place.collection }), { label: formatSelector(place.selector), place }];
    case 'project':
      return [...root('Projects', { place: 'projects' }), { label: `${place.entity}/${place.project}`, place: { place: 'project', entity: place.entity, project: place.project } }];
    case 'artifact':
      return [...crumbsOf({ place: 'project', entity: place.entity, project: place.project }), { label: place.artifact, place: { place: 'artifact', entity: place.entity, project: place.project, artifact: place.artifact } }];
    case 'source version':
      return [...crumbsOf({ place: 'artifact', entity: place.entity, project: place.project, artifact: place.artifact }), { label: formatSelector(place.selector), place }];
    case 'compared runs':
      return [...crumbsOf({ place: 'project', entity: place.entity, project: place.project }), { label: `${place.runs.length} runs compared`, place }];
    case 'registry members':
      return [...crumbsOf({ place: 'registry', registry: place.registry }), { label: 'Members', place }];
    case 'alias board':
      return [...(place.registry === undefined ? [] : crumbsOf({ place: 'registry', registry: place.registry })), { label: 'Alias board', place }];
    case 'run':
      return [...crumbsOf({ place: 'project', entity: place.entity, project: place.project }), { label: place.run, place }];
    default:
      return assertNever(place, 'place');
  }
}

/** One line for the window's title. */
export function titleOf(place: Place): string {
  if (place.place === 'search' && place.query !== '') return `Search: ${place.query}`;
  return crumbsOf(place)
    .slice(-2)
    .map((crumb) => crumb.label)
    .join(' / ');
}
