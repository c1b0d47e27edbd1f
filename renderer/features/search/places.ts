import { definePlaces } from '../../app/routes/registry.ts';

export const places = definePlaces({ search: () => import('./SearchPlace.tsx').then((module) => module.SearchPlace) });
