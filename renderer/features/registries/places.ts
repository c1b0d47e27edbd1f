import { definePlaces } from '../../app/routes/registry.ts';

export const places = definePlaces({
  registries: () => import('./RegistriesPlace.tsx').then((module) => module.RegistriesPlace),
  registry: () => import('./RegistryPlace.tsx').then((module) => module.RegistryPlace),
  collection: () => import('./CollectionPlace.tsx').then((module) => module.CollectionPlace),
});
