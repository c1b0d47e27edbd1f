import type { ArtifactId, ArtifactSummary, CollectionId, LineageNodeId, ProjectId, RunId, VersionId } from '#shared/contract/index.ts';
import { useOperation } from '../../app/api/index.ts';
import { formatPlace, PlaceLink, type Place, type PlaceProps } from '../../app/routes/index.ts';
import { PlaceBody, PlaceFailure, PlaceHeader } from '../../app/shell/index.ts';
import { Button } from '../../ui/Button.tsx';
import { EmptyState } from '../../ui/EmptyState.tsx';
import { formatQuantity } from '../../ui/format.ts';
import { FolderInput, Workflow } from '../../ui/icons.ts';
import { RelativeTime } from '../../ui/RelativeTime.tsx';
import { SkeletonLines } from '../../ui/Skeleton.tsx';
import { TypeIcon } from '../../ui/TypeIcon.tsx';
import { ImportDialog } from './exchange/ImportDialog.tsx';
import { openLineageImport } from './exchange/importStore.ts';
import { LineagePanel, type LineageRoot } from './LineagePanel.tsx';
import styles from './LineagePlace.module.css';

/** The lineage place: of what its address names, or a choice of what to look at. */
export function LineagePlace({ place }: PlaceProps<'lineage'>) {
  if (place.nodes !== undefined) {
    return <Shown root={{ kind: 'selection', nodes: [...place.nodes] as LineageNodeId[] }} title={`Lineage of ${formatQuantity(place.nodes.length, 'node')}`} />;
  }
  return place.focus === undefined ? <Choice /> : <Focused focus={place.focus} />;
}

type Focus = NonNullable<Extract<Place, { place: 'lineage' }>['focus']>;

function Focused({ focus }: { readonly focus: Focus }) {
  const address = formatPlace(focus.place === 'run' ? { ...focus, tab: undefined } : 'tab' in focus || 'file' in focus ? { ...focus, tab: undefined, file: undefined } : focus);
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
  if (versionId !== null) return <Shown root={{ kind: 'version', id: versionId as VersionId }} title={object.label} />;
  switch (object.kind) {
    case 'run':
      return <Shown root={{ kind: 'run', id: object.id as RunId }} title={object.label} />;
    case 'artifact':
      return <NewestVersion artifactId={object.id as ArtifactId} title={object.label} />;
    case 'project':
      return <Choice projectId={object.id as ProjectId} title={object.label} />;
    case 'collection':
      return <OfCollection id={object.id as CollectionId} title={object.label} />;
    default:
      return <Choice title={object.label} />;
  }
}

/** An artifact has the lineage of its newest version. */
function NewestVersion({ artifactId, title }: { readonly artifactId: ArtifactId; readonly title: string }) {
  const { data, error, retry } = useOperation('versions.list', {
    artifactId,
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

/** A collection has the lineage of every version that it links. */
function OfCollection({ id, title }: { readonly id: CollectionId; readonly title: string }) {
  const { data, error, retry } = useOperation('collections.get', { id });
  if (error !== null && data === undefined)
    return (
      <Framed title={title}>
        <PlaceFailure error={error} retry={retry} />
      </Framed>
    );
  if (data === undefined) return <Waiting />;
  return data.latest === null ? <Nothing title={title} /> : <Shown root={{ kind: 'collection', id }} title={title} />;
}

function Shown({ root, title }: { readonly root: LineageRoot; readonly title: string }) {
  return (
    <Framed title={title}>
      <LineagePanel root={root} />
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

/** Without a focus: artifacts to begin with, the last changed first. Each leads to the lineage of its newest version. */
function Choice({ projectId, title = 'Lineage' }: { readonly projectId?: ProjectId; readonly title?: string }) {
  const { data, error, retry } = useOperation('artifacts.list', {
    ...(projectId === undefined ? {} : { projectId }),
    sort: 'updated',
    direction: 'descending',
    limit: 50,
  });
  const artifacts = data?.items.filter((artifact) => artifact.latest !== null);
  return (
    <>
      <PlaceHeader
        icon={Workflow}
        title={title}
        facts="Choose what to see the origin and the uses of"
        actions={
          <Button icon={FolderInput} onClick={openLineageImport}>
            Import OpenLineage…
          </Button>
        }
      />
      <PlaceBody>
        {error !== null && data === undefined ? (
          <PlaceFailure error={error} retry={retry} />
        ) : artifacts === undefined ? (
          <SkeletonLines lines={6} />
        ) : artifacts.length === 0 ? (
          <EmptyState
            icon={Workflow}
            title="No lineage yet"
            text="Once runs log and use versions, each version has a graph of what it came from and what came of it."
          />
        ) : (
          <ul className={styles.list} aria-label="Artifacts, last changed first">
            {artifacts.map((artifact) => (
              <ChoiceRow key={artifact.id} artifact={artifact} />
            ))}
          </ul>
        )}
      </PlaceBody>
      <ImportDialog />
    </>
  );
}

function ChoiceRow({ artifact }: { readonly artifact: ArtifactSummary }) {
  const focus: Focus = { place: 'artifact', entity: artifact.entity, project: artifact.project, artifact: artifact.name };
  return (
    <li>
      <PlaceLink to={{ place: 'lineage', focus }} className={styles.choice}>
        <TypeIcon type={artifact.type} />
        <span className={styles.name}>{artifact.name}</span>
        {artifact.latest !== null && <span className={styles.number}>v{artifact.latest.index}</span>}
        <span className={styles.project}>{artifact.project}</span>
        <span className={styles.time}>
          <RelativeTime time={artifact.updatedAt} />
        </span>
      </PlaceLink>
    </li>
  );
}
