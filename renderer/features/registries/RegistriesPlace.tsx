import type { RegistrySummary } from '#shared/contract/index.ts';
import { useDropTarget } from '../../app/drag/index.ts';
import { useCommand, useOperation } from '../../app/api/index.ts';
import { PlaceLink, placeOf } from '../../app/routes/index.ts';
import { PlaceBody, PlaceFailure, PlaceHeader } from '../../app/shell/index.ts';
import { Badge, Button, classNames, EmptyState, formatQuantity, IconButton, RegistryGlyph, RelativeTime, Skeleton } from '../../ui/index.ts';
import { Boxes, Lock, Plus, Star } from '../../ui/icons.ts';
import { linkTarget } from '../linking/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { openNewRegistry } from './store.ts';
import styles from './Registries.module.css';

/** Every registry, starred ones first: where to look for what the team chose. */
export function RegistriesPlace() {
  const registries = useOperation('registries.list', {});
  const mayCreate = useWhyNot()('registries.create', 'organization');
  const items = registries.data?.items;
  return (
    <>
      <PlaceHeader
        icon={Boxes}
        title="Registries"
        facts={items === undefined ? undefined : <span>{formatQuantity(items.length, 'registry', 'registries')}</span>}
        actions={
          <Button variant="primary" icon={Plus} onClick={openNewRegistry} {...barred(mayCreate)}>
            New registry
          </Button>
        }
      />
      <PlaceBody>
        {registries.error !== null ? (
          <PlaceFailure error={registries.error} retry={registries.retry} />
        ) : items === undefined ? (
          <div className={styles.grid}>
            {[0, 1, 2].map((one) => (
              <Skeleton key={one} height={128} />
            ))}
          </div>
        ) : items.length === 0 ? (
          <EmptyState icon={Boxes} title="No registries" text="A registry holds collections of chosen versions, with roles of its own." action={<Button onClick={openNewRegistry} {...barred(mayCreate)}>New registry</Button>} />
        ) : (
          <div className={styles.grid}>
            {items.map((registry) => (
              <RegistryCard key={registry.id} registry={registry} />
            ))}
          </div>
        )}
      </PlaceBody>
    </>
  );
}

function RegistryCard({ registry }: { readonly registry: RegistrySummary }) {
  const star = useCommand('stars.set');
  const drop = useDropTarget<HTMLElement>(linkTarget({ registry, collection: null }));
  return (
    <article className={styles.card} ref={drop}>
      <span className={styles.cardHead}>
        <RegistryGlyph name={registry.name} glyph={registry.glyph} hue={registry.hue} />
        <PlaceLink to={placeOf.registry(registry.name)} className={styles.cardName}>
          {registry.name}
        </PlaceLink>
        <IconButton
          icon={Star}
          size="small"
          className={classNames(styles.cardStar, registry.starred && styles.starred)}
          label={registry.starred ? `Remove the star from ${registry.name}` : `Star ${registry.name}`}
          aria-pressed={registry.starred}
          onClick={() => void star.execute({ kind: 'registry', id: registry.id, starred: !registry.starred })}
        />
      </span>
      <span className={styles.cardText}>{registry.description === '' ? (registry.acceptedTypes === null ? 'Takes every type.' : `Takes ${registry.acceptedTypes.join(', ')}.`) : registry.description}</span>
      <span className={styles.cardFacts}>
        <span>{formatQuantity(registry.collectionCount, 'collection')}</span>
        <span>{formatQuantity(registry.linkCount, 'link')}</span>
        <span>
          changed <RelativeTime time={registry.updatedAt} />
        </span>
        {registry.visibility === 'restricted' && <Badge icon={Lock}>members only</Badge>}
      </span>
    </article>
  );
}
