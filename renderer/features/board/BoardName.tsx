import type { RegistrySummary } from '#shared/contract/index.ts';
import { PlaceLink, placeOf } from '../../app/routes/index.ts';
import { RegistryGlyph, RelativeTime, TypeIcon } from '../../ui/index.ts';
import { StateChip, stateHue } from '../registries/index.ts';
import { latestOf, type BoardRow } from './cells.ts';
import { useVersionTarget } from './useVersionTarget.ts';
import styles from './Board.module.css';

/** A collection's name, with its registry where several registries are shown. */
export function BoardName({ row, registry }: { readonly row: BoardRow; readonly registry: RegistrySummary | undefined }) {
  return (
    <span className={styles.name}>
      {registry === undefined ? <TypeIcon type={row.type} label={row.type} /> : <RegistryGlyph name={registry.name} glyph={registry.glyph} hue={registry.hue} size="small" labelled />}
      <span className={styles.stacked}>
        <PlaceLink to={placeOf.collection(row.registry, row.name)} className={styles.clip} tabIndex={-1}>
          {row.name}
        </PlaceLink>
        <span className={styles.since}>
          {registry === undefined ? row.type : row.registry} · {row.linkCount === 1 ? '1 version' : `${row.linkCount} versions`}
        </span>
      </span>
    </span>
  );
}

/** The newest version: it follows by itself, and takes what is dropped on it. */
export function LatestCell({ row, registry }: { readonly row: BoardRow; readonly registry: RegistrySummary | undefined }) {
  const latest = latestOf(row);
  const ref = useVersionTarget(row.collectionId, latest?.index ?? null, row.mayChangeProtected);
  return (
    <div ref={ref} className={styles.cell}>
      {latest === undefined ? (
        <span className={styles.late}>nothing linked</span>
      ) : (
        <>
          <span className={styles.line}>
            <span className={styles.latest}>v{latest.index}</span>
            {latest.state === null ? null : <StateChip state={latest.state} hue={stateHue(registry?.lifecycle ?? null, latest.state)} />}
          </span>
          <span className={styles.since}>{latest.since !== null && <RelativeTime time={latest.since} />}</span>
        </>
      )}
    </div>
  );
}
