import { definePlaces } from '../../app/routes/registry.ts';

export const places = definePlaces({ storage: () => import('./StoragePlace.tsx').then((module) => module.StoragePlace) });
