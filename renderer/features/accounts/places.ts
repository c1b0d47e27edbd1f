import { definePlaces } from '../../app/routes/registry.ts';

export const places = definePlaces({ 'registry members': () => import('./MembersPlace.tsx').then((module) => module.MembersPlace) });
