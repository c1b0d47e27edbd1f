import { definePlaces } from '../../app/routes/registry.ts';

export const places = definePlaces({ run: () => import('./RunPlace.tsx').then((module) => module.RunPlace) });
