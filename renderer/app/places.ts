/** The features that are there, found by their files: adding one needs no change here. */
import { registerPlaces, type FeaturePlaces } from './routes/index.ts';

const found = import.meta.glob<{ readonly places: FeaturePlaces }>('../features/*/places.ts', { eager: true });

export function registerFeatures(): void {
  registerPlaces(Object.values(found).map((module) => module.places));
}
