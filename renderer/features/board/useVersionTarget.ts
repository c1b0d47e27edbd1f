import type { RefCallback } from 'react';
import type { CollectionId } from '#shared/contract/index.ts';
import { useDropTarget } from '../../app/drag/index.ts';
import { foreseenVerdict, moveVerdict, planMove } from '../aliases/index.ts';
import { linkTargetOf } from './cells.ts';

/** A version of a collection, by its number, as what an alias of that collection can be dropped on. A null index is no target. */
export function useVersionTarget(collectionId: CollectionId, index: number | null, mayMoveProtected: boolean): RefCallback<HTMLElement> {
  const holder = { kind: 'collection', id: collectionId } as const;
  return useDropTarget(
    index === null
      ? undefined
      : {
          label: `version v${index}`,
          accepts: (payload) => (payload.kind === 'alias' ? moveVerdict(payload, { holder, index, mayMoveProtected }) : null),
          foresee: async (payload) => {
            const target = payload.kind === 'alias' ? await linkTargetOf(collectionId, index) : null;
            return payload.kind === 'alias' && target !== null ? foreseenVerdict(payload, { target, index }) : null;
          },
          onDrop: (payload) => {
            if (payload.kind !== 'alias') return;
            void linkTargetOf(collectionId, index).then(async (target) => {
              if (target !== null) await planMove({ alias: payload, to: { holder, target, index, mayMoveProtected } });
            });
          },
        },
  );
}
