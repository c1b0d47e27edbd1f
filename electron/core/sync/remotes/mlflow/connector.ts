/**
 * MLflow as a remote: registered models are collections, model versions links, and what it does not tell is found by reading again.
 *
 * Its times don't move for aliases and tags, its pages go by offset, and it has neither stable ids nor compare-and-set: so every round reads
 * the models changed last (one request, which is all there is on a small server), a sweep reads all of them, each sweep reads the versions of
 * a few models again whatever their times say, and a push reads right before it writes.
 */
import type { Connector } from '../connector.ts';
import { MlflowApi } from './api.ts';
import { filesOf } from './files.ts';
import type { Place } from './place.ts';
import { probeOf } from './probe.ts';
import { readingOf } from './reading.ts';
import { sendingTo } from './sending.ts';
import { standingOf } from './standing.ts';

export function mlflowConnector(place: Omit<Place, 'api'>): Connector {
  const there: Place = { ...place, api: new MlflowApi(place.http) };
  const { now } = standingOf(there.api);
  return { ...probeOf(there), ...readingOf(there), ...sendingTo(there), ...filesOf(there), now };
}
