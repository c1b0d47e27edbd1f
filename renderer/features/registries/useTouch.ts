import { useEffect } from 'react';
import type { InputOf } from '#shared/contract/index.ts';
import { core } from '../../app/api/index.ts';

/** Notes that a thing was opened, for the start page. Where that fails (a read-only catalog), nothing is lost that anybody would miss. */
export function useTouch(kind: InputOf<'recents.touch'>['kind'], id: number): void {
  useEffect(() => {
    core().execute('recents.touch', { kind, id }).catch(() => undefined);
  }, [kind, id]);
}
