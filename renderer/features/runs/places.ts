import { definePlaces } from '../../app/routes/registry.ts';

export const places = definePlaces({
  run: () => import('./RunPlace.tsx').then((module) => module.RunPlace),
  'compared runs': () => import('./compare/ComparedRunsPlace.tsx').then((module) => module.ComparedRunsPlace),
});
