import { createElement, Suspense, useEffect } from 'react';
import { EmptyState, ErrorBoundary, SkeletonLines } from '../../ui/index.ts';
import { Compass } from '../../ui/icons.ts';
import { crumbsOf, PlaceMemory, placeComponent, usePlace } from '../routes/index.ts';
import { memoryKey } from '../routes/memory.ts';
import { select } from '../selection.ts';
import styles from './Frame.module.css';

/** The place on show. A failure in it stays in it. */
export function PlaceSlot() {
  const place = usePlace();
  const key = memoryKey(place);
  const component = placeComponent(place.place);
  // Effects of the place that comes run after this one: it may select something at once.
  useEffect(() => () => select([]), [key]);
  return (
    <main className={styles.place} id="place" tabIndex={-1} aria-label={crumbsOf(place).at(-1)?.label}>
      <ErrorBoundary what="This place" resetKey={key} onError={(error, stack) => console.error(error, stack)}>
        <PlaceMemory value={key}>
          {component === null ? (
            <EmptyState icon={Compass} title="This place is not in this version" text="Its link is right, but there is nothing to show it with yet." />
          ) : (
            <Suspense fallback={<div className={styles.loading}><SkeletonLines lines={6} /></div>}>
              {createElement(component, { key, place })}
            </Suspense>
          )}
        </PlaceMemory>
      </ErrorBoundary>
    </main>
  );
}
