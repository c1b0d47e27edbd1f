import { definePlaces } from '../../app/routes/registry.ts';

export const places = definePlaces({ automations: () => import('./AutomationsPlace.tsx').then((module) => module.AutomationsPlace) });
