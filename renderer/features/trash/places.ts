import { definePlaces } from '../../app/routes/registry.ts';

export const places = definePlaces({ trash: () => import('./TrashPlace.tsx').then((module) => module.TrashPlace) });
