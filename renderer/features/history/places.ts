import { definePlaces } from '../../app/routes/registry.ts';

export const places = definePlaces({ history: () => import('./HistoryPlace.tsx').then((module) => module.HistoryPlace) });
