import { definePlaces } from '../../app/routes/registry.ts';

export const places = definePlaces({ settings: () => import('./SettingsPlace.tsx').then((module) => module.SettingsPlace) });
