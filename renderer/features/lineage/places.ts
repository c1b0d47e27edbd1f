import { definePlaces } from '../../app/routes/index.ts';

export const places = definePlaces({
  lineage: () => import('./LineagePlace.tsx').then((module) => module.LineagePlace),
});
