import { definePlaces } from '../../app/routes/registry.ts';

export const places = definePlaces({ start: () => import('./StartPlace.tsx').then((module) => module.StartPlace) });
