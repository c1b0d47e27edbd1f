import { useStoreApi } from '@xyflow/react';
import { useCallback, useEffect, useRef } from 'react';
import type { GraphStore } from './store.ts';

/** How long the camera has stood still when it is said to rest, in milliseconds: longer than between two turns of a wheel or two steps of a hand. */
const restTime = 100;

/** Says in the store, and to the style sheet by `data-travelling`, whether the camera is on its way. What it returns says that it has arrived. */
export function useTravel(frame: React.RefObject<HTMLElement | null>, store: GraphStore, ready: boolean): () => void {
  const flow = useStoreApi();
  const arrive = useRef<() => void>(() => undefined);
  useEffect(() => {
    const element = frame.current;
    if (element === null || !ready) return undefined;
    let transform = flow.getState().transform;
    let resting: ReturnType<typeof setTimeout> | undefined;
    const rest = (): void => {
      clearTimeout(resting);
      delete element.dataset.travelling;
      store.setState({ travelling: false });
    };
    arrive.current = rest;
    const stop = flow.subscribe((state) => {
      if (state.transform === transform) return;
      const stands = state.transform.every((value, at) => value === transform[at]);
      transform = state.transform;
      if (stands) return;
      clearTimeout(resting);
      resting = setTimeout(rest, restTime);
      if (store.getState().travelling) return;
      element.dataset.travelling = '';
      store.setState({ travelling: true });
    });
    return () => {
      stop();
      rest();
    };
  }, [frame, store, flow, ready]);
  return useCallback(() => arrive.current(), []);
}
