/**
 * Which component shows which kind of place. Each feature tells with a `places.ts` of its own, found by its name alone: a feature that is
 * not there leaves its places out and breaks nothing.
 */
import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { Place } from '#shared/domain/places.ts';

export type PlaceKind = Place['place'];
export type PlaceProps<Kind extends PlaceKind> = { readonly place: Place & { readonly place: Kind } };
type PlaceComponent<Kind extends PlaceKind> = ComponentType<PlaceProps<Kind>>;
type Loader<Kind extends PlaceKind> = () => Promise<PlaceComponent<Kind>>;

/** A feature's places: for each kind, how to load what shows it. */
export type FeaturePlaces = { readonly [Kind in PlaceKind]?: Loader<Kind> };

/**
 * Declares a feature's places, each loaded when it is first gone to:
 *
 * ```ts
 * export const places = definePlaces({ registry: () => import('./RegistryPlace.tsx').then((module) => module.RegistryPlace) });
 * ```
 */
export function definePlaces(places: FeaturePlaces): FeaturePlaces {
  return places;
}

type AnyLoader = () => Promise<ComponentType<{ readonly place: Place }>>;
type PlaceShown = ComponentType<{ readonly place: Place }> | LazyExoticComponent<ComponentType<{ readonly place: Place }>>;
type Entry = { readonly load: AnyLoader; /** What its code exports, once that is there. */ loaded: ComponentType<{ readonly place: Place }> | null; /** What it is rendered as; never another afterwards, since that would mount it anew. */ shown: PlaceShown | null };

const entries = new Map<PlaceKind, Entry>();

/** Takes up the places of the features that are there. Called once, before the first place is shown. */
export function registerPlaces(features: readonly FeaturePlaces[]): void {
  for (const feature of features) {
    for (const [kind, load] of Object.entries(feature) as [PlaceKind, AnyLoader][]) {
      entries.set(kind, { load, loaded: null, shown: null });
    }
  }
}

/** What shows a kind of place, or null where no feature does. Suspends only where its code is not there yet. */
export function placeComponent(kind: PlaceKind): PlaceShown | null {
  const entry = entries.get(kind);
  if (entry === undefined) return null;
  entry.shown ??= entry.loaded ?? lazy(() => entry.load().then((component) => ({ default: component })));
  return entry.shown;
}

export function hasPlace(kind: PlaceKind): boolean {
  return entries.has(kind);
}

/** Loads the code of a place ahead of need. Resolves in any case: what can’t be loaded is told where it is shown. */
export async function preloadPlace(kind: PlaceKind): Promise<void> {
  const entry = entries.get(kind);
  if (entry === undefined) return;
  try {
    entry.loaded = await entry.load();
  } catch {
    // It is tried again, and told of, by who shows it.
  }
}
