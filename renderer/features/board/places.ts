import { definePlaces } from '../../app/routes/registry.ts';

export const places = definePlaces({ 'alias board': () => import('./BoardPlace.tsx').then((module) => module.BoardPlace) });
