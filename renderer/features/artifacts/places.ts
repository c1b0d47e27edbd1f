import { definePlaces } from '../../app/routes/registry.ts';

export const places = definePlaces({
  projects: () => import('./ProjectsPlace.tsx').then((module) => module.ProjectsPlace),
  project: () => import('./ProjectPlace.tsx').then((module) => module.ProjectPlace),
  artifact: () => import('./ArtifactPlace.tsx').then((module) => module.ArtifactPlace),
});
