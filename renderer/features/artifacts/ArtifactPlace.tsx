import { useEffect, useState } from 'react';
import type { ArtifactSummary } from '#shared/contract/index.ts';
import { ask, core, runCommand, useOperation, usePagedRows } from '../../app/api/index.ts';
import { barredEntry, useWhyNot } from '../../app/rights.ts';
import { formatPlace, navigate, PlaceLink, placeOf, useMovedTo, usePlaceState, type PlaceProps } from '../../app/routes/index.ts';
import { select } from '../../app/selection.ts';
import { PlaceFailure, PlaceHeader } from '../../app/shell/index.ts';
import { EditableText, EventList, KeepingSection, TabBody, VersionTable } from '../versions/index.ts';
import { copyText, EmptyState, IconButton, Menu, RelativeTime, Size, SkeletonLines, Tabs, TypeIcon, type Sort } from '../../ui/index.ts';
import { Copy, Ellipsis, History, Package, Pencil } from '../../ui/icons.ts';
import { LogButton } from './LogButton.tsx';
import { useLegacyPlace } from './legacy.ts';
import { RenameDialog } from './RenameDialog.tsx';
import list from '../../app/shell/List.module.css';
import styles from './artifacts.module.css';

/** One artifact: its versions, from the first to the latest. */
export function ArtifactPlace({ place }: PlaceProps<'artifact'>) {
  const legacy = useLegacyPlace(place);
  const artifact = useOperation('artifacts.get', { entity: place.entity, project: place.project, name: place.artifact });
  useMovedTo(place, legacy !== null && legacy !== 'asking' ? legacy : artifact.data === undefined ? null : placeOf.artifact(artifact.data));
  const id = artifact.data?.id;
  useEffect(() => {
    if (id !== undefined) core().execute('recents.touch', { kind: 'artifact', id }).catch(() => undefined);
  }, [id]);
  // Where it leads elsewhere, that there is no such artifact is nothing to say.
  if (legacy === null && artifact.error !== null && (artifact.data === undefined || artifact.error.code === 'not_found')) return <PlaceFailure alone error={artifact.error} retry={artifact.retry} />;
  if (artifact.data === undefined) {
    return (
      <div className={styles.place}>
        <PlaceHeader title={place.artifact} />
        <SkeletonLines lines={8} />
      </div>
    );
  }
  return <Artifact artifact={artifact.data} place={place} />;
}

type Tab = 'versions' | 'description' | 'history';

function Artifact({ artifact, place }: { readonly artifact: ArtifactSummary; readonly place: PlaceProps<'artifact'>['place'] }) {
  const [tab, setTab] = usePlaceState<Tab>('tab', 'versions');
  const [renaming, setRenaming] = useState(false);
  const mayEdit = useWhyNot()('artifacts.update', { team: artifact.entity });
  const { latest } = artifact;
  return (
    <div className={styles.place}>
      <div className={styles.tabbed}>
        <PlaceHeader
          mark={<TypeIcon type={artifact.type} label={artifact.type} className={styles.typeMark} />}
          title={artifact.name}
          facts={
            <>
              <span>{artifact.type}</span>
              {latest !== null && (
                <span>
                  latest <PlaceLink className={styles.textLink} to={placeOf.version({ entity: artifact.entity, project: artifact.project, artifact: artifact.name, index: latest.index })}>v{latest.index}</PlaceLink>, <Size bytes={latest.size} />
                </span>
              )}
              <span>
                changed <RelativeTime time={artifact.updatedAt} />
              </span>
            </>
          }
          actions={
            <>
              <LogButton variant="primary" project={{ entity: artifact.entity, name: artifact.project }} />
              <Menu
                align="end"
                trigger={<IconButton icon={Ellipsis} label="More" />}
                items={[
                  { id: 'rename', label: 'Rename…', icon: Pencil, ...barredEntry(mayEdit), onSelect: () => setRenaming(true) },
                  { id: 'copy', label: 'Copy link', icon: Copy, onSelect: () => void copyText(formatPlace(place)) },
                  { id: 'history', label: 'Open in History', icon: History, onSelect: () => navigate({ place: 'history', focus: place }) },
                ]}
              />
            </>
          }
        />
      </div>
      <Tabs<Tab>
        label="Parts of the artifact"
        className={styles.tabs}
        panelClassName={styles.panel}
        tabs={[
          { value: 'versions', label: 'Versions', count: artifact.versionCount },
          { value: 'description', label: 'Description' },
          { value: 'history', label: 'History' },
        ]}
        value={tab}
        onValueChange={(next) => {
          select([]);
          setTab(next);
        }}
      >
        {(value) => {
          switch (value) {
            case 'versions':
              return <Versions artifact={artifact} />;
            case 'description':
              return (
                <TabBody name="description" label="Description">
                  <EditableText
                    title="Description"
                    text={artifact.description}
                    empty={`No description yet: what ${artifact.name} is, where it comes from, what it is for. It is the artifact’s own; each version has one, too.`}
                    placeholder="What it is, where it comes from, what it is for."
                    reason={mayEdit}
                    longest={1_000_000}
                    onSave={async (description) => {
                      await runCommand('artifacts.update', { id: artifact.id, description }, { toast: false });
                    }}
                  />
                  <KeepingSection target={{ kind: 'artifact', id: artifact.id }} name={artifact.name} team={artifact.entity} />
                </TabBody>
              );
            case 'history':
              return (
                <TabBody name="history" label="History">
                  <EventList title="History" objects={[{ kind: 'artifact', id: artifact.id }]} empty="Changes to the artifact and to its versions appear here." />
                </TabBody>
              );
          }
        }}
      </Tabs>
      {renaming && <RenameDialog artifact={artifact} onClose={() => setRenaming(false)} />}
    </div>
  );
}

const sortable = ['index', 'created', 'size'] as const;
type VersionSort = (typeof sortable)[number];

function Versions({ artifact }: { readonly artifact: ArtifactSummary }) {
  const [sort, setSort] = usePlaceState<Sort & { readonly column: VersionSort }>('version sort', { column: 'index', direction: 'descending' });
  const input = { artifactId: artifact.id, sort: sort.column, direction: sort.direction } as const;
  const rows = usePagedRows('versions.list', input);
  return (
    <VersionTable
      team={artifact.entity}
      label={`Versions of ${artifact.name}`}
      rows={rows}
      loadRows={async (position, limit) => (await ask('versions.list', { ...input, position, limit })).items}
      sort={sort}
      onSortChange={(next) => setSort({ column: sortable.find((one) => one === next.column) ?? 'index', direction: next.direction })}
      empty={
        <EmptyState
          icon={Package}
          title="No versions"
          text={artifact.versionCount === 0 ? 'All of them were deleted; the trash may still have them. The next one that is logged gets the next number.' : 'Versions appear here as they are logged.'}
          action={<LogButton variant="primary" project={{ entity: artifact.entity, name: artifact.project }} />}
        />
      }
      tools={<span className={list.dim}>Drag rows onto a collection to link them</span>}
    />
  );
}
