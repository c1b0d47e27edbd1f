import type { CollectionSummary, RegistrySummary } from '#shared/contract/index.ts';
import { PlaceLink, placeOf } from '../../app/routes/index.ts';
import { RegistryGlyph, RelativeTime, TypeIcon } from '../../ui/index.ts';
import { useVersionTarget } from './useVersionTarget.ts';
import styles from './Board.module.css';

/** A collection's name, with its registry's glyph where several registries are shown. */
export function BoardName({ row, registry }: { readonly row: CollectionSummary; readonly registry: RegistrySummary | undefined }) {
  return (
    <span className={styles.name}>
      {registry === undefined ? <TypeIcon type={row.type} label={row.type} /> : <RegistryGlyph name={registry.name} glyph={registry.glyph} hue={registry.hue} size="small" labelled />}
      <PlaceLink to={placeOf.collection(row.registry, row.name)} className={styles.clip} tabIndex={-1}>
        {row.name}
      </PlaceLink>
    </span>
  );
}

/** The newest version: it follows by itself, and takes what is dropped on it. */
export function LatestCell({ row, mayMoveProtected }: { readonly row: CollectionSummary; readonly mayMoveProtected: boolean }) {
  const ref = useVersionTarget(row.id, row.latest?.index ?? null, mayMoveProtected);
  return (
    <div ref={ref} className={styles.cell}>
      {row.latest === null ? (
        <span className={styles.late}>nothing linked</span>
      ) : (
        <>
          <span className={styles.latest}>v{row.latest.index}</span>
          <span className={styles.late}>
            <RelativeTime time={row.latest.linkedAt} />
          </span>
        </>
      )}
    </div>
  );
}
