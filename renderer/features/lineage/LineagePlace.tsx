import type { VersionSummary } from '#shared/contract/index.ts';
import { useOperation } from '../../app/api/index.ts';
import { formatPlace, PlaceLink, placeOf, type Place, type PlaceProps } from '../../app/routes/index.ts';
import { PlaceBody, PlaceFailure, PlaceHeader } from '../../app/shell/index.ts';
import { AliasChips } from '../../ui/AliasChip.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { Workflow } from '../../ui/icons.ts';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { SkeletonLines } from '../../ui/Skeleton.tsx';
import { TypeIcon } from '../../ui/TypeIcon.tsx';
import { LineagePanel, type LineageRoot } from './LineagePanel.tsx';
import styles from './LineagePlace.module.css';

/** The lineage place: of what its address names, or a choice of what to look at. */
export function LineagePlace({ place }: PlaceProps<'lineage'>) {
  return place.focus === undefined ? <Choice /> : <Focused focus={place.focus} />;
}

type Focus = NonNullable<Extract<Place, { place: 'lineage' }>['focus']>;

function Focused({ focus }: { readonly focus: Focus }) {
  const address = formatPlace('tab' in focus || 'file' in focus ? { ...focus, tab: undefined, file: undefined } : focus);
  const { data, error, retry } = useOperation('addresses.resolve', { address });
  if (error !== null && data === undefined) {
    return (
      <Framed title="Lineage">
        <PlaceFailure error={error} retry={retry} />
      </Framed>
    );
  }
  if (data === undefined) return <Waiting />;
  const { object, versionId } = data;
  if (versionId !== null)
    return <Shown root={{ kind: 'version', id: versionId as Extract<LineageRoot, { kind: 'version' }>['id'] }} title={object.label} />;
  switch (object.kind) {
    case 'run':
      return <Shown root={{ kind: 'run', id: object.id as Extract<LineageRoot, { kind: 'run' }>['id'] }} title={object.label} />;
    case 'artifact':
      return <NewestOf query={{ artifactId: object.id }} title={object.label} />;
    case 'project':
      return <Choice projectId={object.id} title={object.label} />;
    case 'collection':
      return <NewestLink collectionId={object.id} title={object.label} />;
    default:
      return <Choice title={object.label} />;
  }
}

type VersionsQuery = { readonly artifactId: number };

/** An artifact has the lineage of its newest version. */
function NewestOf({ query, title }: { readonly query: VersionsQuery; readonly title: string }) {
  const { data, error, retry } = useOperation('versions.list', {
    artifactId: query.artifactId as never,
    sort: 'index',
    direction: 'descending',
    limit: 1,
  });
  if (error !== null && data === undefined)
    return (
      <Framed title={title}>
        <PlaceFailure error={error} retry={retry} />
      </Framed>
    );
  if (data === undefined) return <Waiting />;
  const [newest] = data.items;
  return newest === undefined ? <Nothing title={title} /> : <Shown root={{ kind: 'version', id: newest.id }} title={`${title} v${newest.index}`} />;
}

/** A collection has the lineage of what was linked into it last. */
function NewestLink({ collectionId, title }: { readonly collectionId: number; readonly title: string }) {
  const { data, error, retry } = useOperation('links.list', {
    collectionId: collectionId as never,
    sort: 'index',
    direction: 'descending',
    limit: 1,
  });
  if (error !== null && data === undefined)
    return (
      <Framed title={title}>
        <PlaceFailure error={error} retry={retry} />
      </Framed>
    );
  if (data === undefined) return <Waiting />;
  const [newest] = data.items;
  return newest === undefined ? (
    <Nothing title={title} />
  ) : (
    <Shown root={{ kind: 'version', id: newest.version.id }} title={`${title} v${newest.index}`} />
  );
}

function Shown({ root, title }: { readonly root: LineageRoot; readonly title: string }) {
  return (
    <Framed title={title}>
      <LineagePanel key={`${root.kind}:${root.id}`} root={root} />
    </Framed>
  );
}

function Framed({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <>
      <PlaceHeader icon={Workflow} title={title} facts={title === 'Lineage' ? undefined : 'Lineage'} />
      <PlaceBody layout="fill">{children}</PlaceBody>
    </>
  );
}

function Waiting() {
  return (
    <Framed title="Lineage">
      <div className={styles.waiting}>
        <SkeletonLines lines={4} />
      </div>
    </Framed>
  );
}

function Nothing({ title }: { readonly title: string }) {
  return (
    <Framed title={title}>
      <EmptyState
        icon={Workflow}
        title="No versions yet"
        text="Lineage begins with a version: log one, and what it came from and what uses it appear here."
      />
    </Framed>
  );
}

/** Without a focus: versions to begin with, the newest first. */
function Choice({ projectId, title = 'Lineage' }: { readonly projectId?: number; readonly title?: string }) {
  const { data, error, retry } = useOperation('versions.list', {
    ...(projectId === undefined ? {} : { projectId: projectId as never }),
    sort: 'created',
    direction: 'descending',
    limit: 30,
  });
  return (
    <>
      <PlaceHeader icon={Workflow} title={title} facts="Choose a version to see what it came from and what came of it" />
      <PlaceBody>
        {error !== null && data === undefined ? (
          <PlaceFailure error={error} retry={retry} />
        ) : data === undefined ? (
          <SkeletonLines lines={6} />
        ) : data.items.length === 0 ? (
          <EmptyState
            icon={Workflow}
            title="No lineage yet"
            text="Once runs log and use versions, each version has a graph of what it came from and what came of it."
          />
        ) : (
          <ul className={styles.list} aria-label="Newest versions">
            {data.items.map((version) => (
              <ChoiceRow key={version.id} version={version} />
            ))}
          </ul>
        )}
      </PlaceBody>
    </>
  );
}

function ChoiceRow({ version }: { readonly version: VersionSummary }) {
  const focus = placeOf.version(version);
  if (focus.place !== 'source version') return null;
  return (
    <li>
      <PlaceLink to={{ place: 'lineage', focus }} className={styles.choice}>
        <TypeIcon type={version.type} />
        <span className={styles.name}>{version.artifact}</span>
        <span className={styles.number}>v{version.index}</span>
        <AliasChips aliases={version.aliases.map((alias) => alias.name)} most={2} />
        <span className={styles.project}>{version.project}</span>
        <span className={styles.time}>
          <RelativeTime time={version.createdAt} />
        </span>
      </PlaceLink>
    </li>
  );
}
