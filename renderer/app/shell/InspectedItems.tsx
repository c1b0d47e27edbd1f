import { useMemo, type ReactNode } from 'react';
import type { LinkSummary, VersionDetail } from '#shared/contract/index.ts';
import { Avatar, Badge, Button, Digest, formatQuantity, IconButton, RegistryGlyph, RelativeTime, Size, SkeletonLines, StatusDot, TagChip, TypeIcon } from '../../ui/index.ts';
import { Link2, Star, Workflow } from '../../ui/icons.ts';
import { AliasBar } from '../../features/aliases/index.ts';
import { openLinkPicker } from '../../features/linking/index.ts';
import { DragOutHandle } from '../../features/logging/index.ts';
import { pressToDrag } from '../drag/index.ts';
import { runCommand, useOperation } from '../api/index.ts';
import { barred, useWhyNot } from '../rights.ts';
import { hasPlace, PlaceLink, placeOf } from '../routes/index.ts';
import { versionRef, type Selected, type VersionRef } from '../selection.ts';
import { excerptOf } from './excerpt.ts';
import { PlaceFailure } from './PlaceFailure.tsx';
import styles from './Inspector.module.css';

/** What the inspector says of what is selected. */
export function InspectedItems({ items }: { readonly items: readonly Selected[] }) {
  const [first] = items;
  if (first === undefined) return null;
  return items.length > 1 ? <Several items={items} /> : <One item={first} />;
}

function One({ item }: { readonly item: Selected }) {
  switch (item.kind) {
    case 'version':
      return <Version key={item.version.id} item={item} />;
    case 'collection':
      return <Collection key={item.id} id={item.id} />;
    case 'registry':
      return <Registry key={item.id} id={item.id} />;
    case 'run':
      return <Run key={item.id} id={item.id} />;
  }
}

function Several({ items }: { readonly items: readonly Selected[] }) {
  const versions = items.flatMap((item) => (item.kind === 'version' ? [item.version] : []));
  const types = [...new Set(versions.map((version) => version.type))];
  return (
    <div className={styles.stack} {...dragProps(versions)}>
      <p className={styles.dim}>{types.length === 0 ? formatQuantity(items.length, 'thing') : `${formatQuantity(versions.length, 'version')} of ${types.length === 1 ? `type ${types[0]}` : formatQuantity(types.length, 'type')}`}</p>
      {versions.length > 0 && (
        <Button icon={Link2} keys="l" onClick={() => openLinkPicker(versions)}>
          Link {versions.length} versions to…
        </Button>
      )}
    </div>
  );
}

function dragProps(versions: readonly VersionRef[]) {
  return { onPointerDown: (event: React.PointerEvent) => pressToDrag(event, () => (versions.length === 0 ? null : { kind: 'versions', versions })) };
}

function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className={styles.facts}>{children}</dl>;
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Version({ item }: { readonly item: Extract<Selected, { readonly kind: 'version' }> }) {
  const version = useOperation('versions.get', { id: item.version.id });
  const link = useOperation('links.get', { id: item.link?.id as never }, { enabled: item.link !== null });
  if (version.error !== null) return <PlaceFailure error={version.error} retry={version.retry} compact />;
  if (version.data === undefined) return <SkeletonLines lines={8} />;
  return <VersionFacts version={version.data} link={item.link === null ? null : (link.data ?? null)} />;
}

function VersionFacts({ version, link }: { readonly version: VersionDetail; readonly link: LinkSummary | null }) {
  const registry = useOperation('registries.get', { name: link?.registry ?? '' }, { enabled: link !== null });
  const whyNot = useWhyNot();
  const mayLink = whyNot('links.create', 'somewhere');
  const ref = useMemo(() => versionRef(version), [version]);
  const place = link === null ? placeOf.version(version) : placeOf.link(link);
  const holder = useMemo(
    () => (link === null ? ({ kind: 'artifact', id: version.artifactId } as const) : ({ kind: 'collection', id: link.collectionId } as const)),
    [link, version.artifactId],
  );
  const target = useMemo(() => (link === null ? ({ kind: 'version', id: version.id } as const) : ({ kind: 'link', id: link.id } as const)), [link, version.id]);
  return (
    <div className={styles.stack}>
      <div className={styles.title} {...dragProps([ref])} title="Drag it onto a collection to link it">
        <TypeIcon type={version.type} />
        <PlaceLink to={place} className={styles.name}>
          {link === null ? `${version.artifact} v${version.index}` : `${link.collection} v${link.index}`}
        </PlaceLink>
        <IconButton
          icon={Star}
          size="small"
          label={version.starred ? 'Remove the star' : 'Star this version'}
          aria-pressed={version.starred}
          onClick={() => void runCommand('stars.set', { kind: 'version', id: version.id, starred: !version.starred })}
        />
      </div>
      <div data-version-card="">
        <AliasBar
          holder={holder}
          target={target}
          index={link?.index ?? version.index}
          aliases={link?.aliases ?? version.aliases}
          mayMoveProtected={link === null || registry.data?.role === 'admin'}
          editable={whyNot('aliases.set', link === null ? { team: version.entity } : { registry: link.registry }) === null}
        />
      </div>
      {version.tags.length > 0 && (
        <div className={styles.chips}>
          {version.tags.map((tag) => (
            <TagChip key={tag} tag={tag} />
          ))}
        </div>
      )}
      {link !== null && link.note !== '' && <p className={styles.note}>{link.note}</p>}
      <Facts>
        {link !== null && (
          <Fact name="Source">
            <PlaceLink to={placeOf.version(version)}>
              {version.artifact} v{version.index}
            </PlaceLink>
          </Fact>
        )}
        <Fact name="Project">
          <PlaceLink to={placeOf.project(version.entity, version.project)}>{version.project}</PlaceLink>
        </Fact>
        <Fact name="Type">{version.type}</Fact>
        <Fact name="Size">
          <Size bytes={version.size} /> in {formatQuantity(version.fileCount, 'file')}
        </Fact>
        <Fact name="Logged">
          <RelativeTime time={version.createdAt} />
        </Fact>
        <Fact name="By">
          <Avatar name={version.createdBy.displayName} /> {version.createdBy.displayName}
        </Fact>
        {version.loggedBy !== null && (
          <Fact name="Run">
            <PlaceLink to={placeOf.run(version.loggedBy)}>{version.loggedBy.displayName}</PlaceLink>
          </Fact>
        )}
        <Fact name="Digest">
          <Digest digest={version.digest} />
        </Fact>
      </Facts>
      {version.links.length > 0 && (
        <section className={styles.section}>
          <h3 className={styles.heading}>Linked in</h3>
          <ul className={styles.list}>
            {version.links.map((mark) => (
              <li key={mark.linkId}>
                <PlaceLink to={placeOf.link(mark)} className={styles.mark}>
                  <RegistryGlyph name={mark.registry} glyph={mark.glyph} hue={mark.hue} size="small" />
                  <span className={styles.clip}>{mark.collection}</span>
                  <span className={styles.dim}>v{mark.index}</span>
                </PlaceLink>
              </li>
            ))}
          </ul>
        </section>
      )}
      <div className={styles.actions}>
        <Button icon={Link2} keys="l" {...barred(mayLink)} onClick={() => openLinkPicker([ref])}>
          Link to…
        </Button>
        {hasPlace('lineage') && (
          <PlaceLink to={{ place: 'lineage', focus: { place: 'source version', entity: version.entity, project: version.project, artifact: version.artifact, selector: { kind: 'number', number: version.index } } }} className={styles.action}>
            <Workflow aria-hidden /> Lineage
          </PlaceLink>
        )}
        <DragOutHandle version={version} />
      </div>
    </div>
  );
}

function Collection({ id }: { readonly id: Extract<Selected, { readonly kind: 'collection' }>['id'] }) {
  const { data, error, retry } = useOperation('collections.get', { id });
  if (error !== null) return <PlaceFailure error={error} retry={retry} compact />;
  if (data === undefined) return <SkeletonLines lines={6} />;
  return (
    <div className={styles.stack}>
      <div className={styles.title}>
        <TypeIcon type={data.type} />
        <PlaceLink to={placeOf.collection(data.registry, data.name)} className={styles.name}>
          {data.name}
        </PlaceLink>
      </div>
      {data.tags.length > 0 && (
        <div className={styles.chips}>
          {data.tags.map((tag) => (
            <TagChip key={tag} tag={tag} />
          ))}
        </div>
      )}
      <Facts>
        <Fact name="Registry">
          <PlaceLink to={placeOf.registry(data.registry)}>{data.registry}</PlaceLink>
        </Fact>
        <Fact name="Type">{data.type}</Fact>
        <Fact name="Versions">{data.linkCount}</Fact>
        <Fact name="Changed">
          <RelativeTime time={data.updatedAt} />
        </Fact>
      </Facts>
      {data.aliases.length > 0 && (
        <section className={styles.section}>
          <h3 className={styles.heading}>Aliases</h3>
          <ul className={styles.list}>
            {data.aliases.slice(0, 30).map((alias) => (
              <li key={alias.name}>
                <PlaceLink to={placeOf.link({ registry: data.registry, collection: data.name, index: alias.index })} className={styles.mark}>
                  <span className={styles.mono}>{alias.name}</span>
                  <span className={styles.dim}>v{alias.index}</span>
                </PlaceLink>
              </li>
            ))}
          </ul>
        </section>
      )}
      {excerptOf(data.description) !== '' && <p className={styles.excerpt}>{excerptOf(data.description)}</p>}
    </div>
  );
}

function Registry({ id }: { readonly id: Extract<Selected, { readonly kind: 'registry' }>['id'] }) {
  const { data, error, retry } = useOperation('registries.get', { id });
  if (error !== null) return <PlaceFailure error={error} retry={retry} compact />;
  if (data === undefined) return <SkeletonLines lines={6} />;
  return (
    <div className={styles.stack}>
      <div className={styles.title}>
        <RegistryGlyph name={data.name} glyph={data.glyph} hue={data.hue} />
        <PlaceLink to={placeOf.registry(data.name)} className={styles.name}>
          {data.name}
        </PlaceLink>
        {data.core && <Badge>Core</Badge>}
      </div>
      {excerptOf(data.description) !== '' && <p className={styles.excerpt}>{excerptOf(data.description)}</p>}
      <Facts>
        <Fact name="Accepts">{data.acceptedTypes === null ? 'every type' : data.acceptedTypes.join(', ')}</Fact>
        <Fact name="Collections">{data.collectionCount}</Fact>
        <Fact name="Links">{data.linkCount}</Fact>
        <Fact name="Your role">{data.role.replace('_', ' ')}</Fact>
        <Fact name="Protected">{data.protectedAliases.length === 0 ? 'no alias' : data.protectedAliases.join(', ')}</Fact>
      </Facts>
    </div>
  );
}

const runTones = { running: 'accent', finished: 'good', failed: 'danger', crashed: 'danger', killed: 'caution' } as const;

function Run({ id }: { readonly id: Extract<Selected, { readonly kind: 'run' }>['id'] }) {
  const { data, error, retry } = useOperation('runs.get', { id });
  if (error !== null) return <PlaceFailure error={error} retry={retry} compact />;
  if (data === undefined) return <SkeletonLines lines={6} />;
  return (
    <div className={styles.stack}>
      <div className={styles.title}>
        <PlaceLink to={placeOf.run(data)} className={styles.name}>
          {data.displayName}
        </PlaceLink>
      </div>
      <Facts>
        <Fact name="State">
          <StatusDot tone={runTones[data.state]} label={data.state} busy={data.state === 'running'} />
        </Fact>
        <Fact name="Project">
          <PlaceLink to={placeOf.project(data.entity, data.project)}>{data.project}</PlaceLink>
        </Fact>
        {data.jobType !== null && <Fact name="Job type">{data.jobType}</Fact>}
        <Fact name="Began">
          <RelativeTime time={data.createdAt} />
        </Fact>
        <Fact name="Used">{formatQuantity(data.inputCount, 'version')}</Fact>
        <Fact name="Logged">{formatQuantity(data.outputCount, 'version')}</Fact>
      </Facts>
    </div>
  );
}
