import { definePlaces } from '../../app/routes/registry.ts';

export const places = definePlaces({ sync: () => import('./SyncPlace.tsx').then((module) => module.SyncPlace) });
