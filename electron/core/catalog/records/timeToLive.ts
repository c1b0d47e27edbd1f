/** How times to live are kept in the file. */
import type { TimeToLive } from '#shared/domain/index.ts';

/** A setting as it is kept: null says nothing, 0 is for good. */
export function timeToLiveOf(kept: number | null): TimeToLive {
  return kept === null ? { kind: 'inherit' } : kept === 0 ? { kind: 'off' } : { kind: 'days', days: kept };
}

export function keptTimeToLive(setting: TimeToLive): number | null {
  return setting.kind === 'inherit' ? null : setting.kind === 'off' ? 0 : setting.days;
}
