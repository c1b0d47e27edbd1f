import { definePlaces } from '../../app/routes/registry.ts';

export const places = definePlaces({
  'linked version': () => import('./VersionPlace.tsx').then((module) => module.LinkedVersionPlace),
  'source version': () => import('./VersionPlace.tsx').then((module) => module.SourceVersionPlace),
});
