import type { CollectionDetail } from '#shared/contract/index.ts';
import { placeOf } from '../../app/routes/index.ts';
import { AliasMoves } from '../versions/index.ts';
import styles from './Registries.module.css';

/** The moves of the collection's aliases. */
export function TimelineTab({ collection, reason }: { readonly collection: CollectionDetail; /** Why the person may move no alias; null when they may. */ readonly reason: string | null }) {
  return (
    <AliasMoves
      holder={{ kind: 'collection', id: collection.id }}
      known={collection.aliases.map((alias) => alias.name)}
      protectedAliases={collection.protectedAliases}
      revertReason={reason}
      placeOfVersion={(index) => placeOf.link({ registry: collection.registry, collection: collection.name, index })}
    >
      {({ facts, filter, list }) => (
        <>
          <div className={styles.cardBar}>
            <span className={styles.score}>{facts}</span>
            <span className={styles.spacer} />
            {filter}
          </div>
          <div className={styles.timeline} tabIndex={0} role="region" aria-label="Aliases over time">
            {list}
          </div>
        </>
      )}
    </AliasMoves>
  );
}
