import { useEffect } from 'react';
import type { ArtifactSummary, ProjectSummary } from '#shared/contract/index.ts';
import { core, useOperation, usePagedRows } from '../../app/api/index.ts';
import { formatPlace, navigate, placeOf, useMovedTo, usePlaceState, type PlaceProps } from '../../app/routes/index.ts';
import { select } from '../../app/selection.ts';
import { PlaceFailure, PlaceHeader, pagedTable } from '../../app/shell/index.ts';
import { RunsTable } from '../runs/index.ts';
import {
  Button, copyText, DataTable, EmptyState, formatCount, formatQuantity, NOTHING_SELECTED, RelativeTime, Segmented, Select, Size, SkeletonLines, Tabs, Toolbar, ToolbarSpacer, TypeIcon,
  type Column, type Selection, type Sort,
} from '../../ui/index.ts';
import { Copy, FolderTree, History, Package, Play } from '../../ui/icons.ts';
import { useLegacyPlace } from './legacy.ts';
import { LogButton } from './LogButton.tsx';
import list from '../../app/shell/List.module.css';
import styles from './artifacts.module.css';

/** One project: its artifacts, and the runs that logged and used them. */
export function ProjectPlace({ place }: PlaceProps<'project'>) {
  const project = useOperation('projects.get', { entity: place.entity, name: place.project });
  const legacy = useLegacyPlace(place);
  useMovedTo(place, legacy === 'asking' ? null : legacy);
  const id = project.data?.id;
  useEffect(() => {
    if (id !== undefined) core().execute('recents.touch', { kind: 'project', id }).catch(() => undefined);
  }, [id]);
  // Where it leads elsewhere, that there is no such project is nothing to say.
  if (legacy === null && project.error !== null && (project.data === undefined || project.error.code === 'not_found')) return <PlaceFailure alone error={project.error} retry={project.retry} />;
  if (project.data === undefined) {
    return (
      <div className={styles.place}>
        <PlaceHeader icon={FolderTree} title={place.project} />
        <SkeletonLines lines={8} />
      </div>
    );
  }
  return <Project project={project.data} place={place} />;
}

type Tab = 'artifacts' | 'runs';

function Project({ project, place }: { readonly project: ProjectSummary; readonly place: PlaceProps<'project'>['place'] }) {
  const [tab, setTab] = usePlaceState<Tab>('tab', 'artifacts');
  const firstLine = project.description.split('\n')[0] ?? '';
  return (
    <div className={styles.place}>
      <div className={styles.tabbed}>
        <PlaceHeader
          icon={FolderTree}
          title={project.name}
          facts={
            <>
              <span>{project.entity}</span>
              <span>{formatQuantity(project.versionCount, 'version')}</span>
              <span>
                changed <RelativeTime time={project.updatedAt} />
              </span>
            </>
          }
          actions={
            <>
              <Button icon={History} onClick={() => navigate({ place: 'history', focus: place })}>
                History
              </Button>
              <LogButton variant="primary" project={{ entity: project.entity, name: project.name }} />
            </>
          }
        />
        {firstLine !== '' && (
          <p className={styles.description} title={project.description}>
            {firstLine}
          </p>
        )}
      </div>
      <Tabs<Tab>
        label="Parts of the project"
        className={styles.tabs}
        panelClassName={styles.panel}
        tabs={[
          { value: 'artifacts', label: 'Artifacts', icon: Package, count: project.artifactCount },
          { value: 'runs', label: 'Runs', icon: Play, count: project.runCount },
        ]}
        value={tab}
        onValueChange={(next) => {
          select([]);
          setTab(next);
        }}
      >
        {(value) => (value === 'artifacts' ? <Artifacts project={project} /> : <RunsTable project={project} />)}
      </Tabs>
    </div>
  );
}

const everyType = '\u0000';
const sortable = ['name', 'updated', 'created'] as const;
type ArtifactSort = (typeof sortable)[number];

function Artifacts({ project }: { readonly project: ProjectSummary }) {
  const [type, setType] = usePlaceState('type', everyType);
  const [sort, setSort] = usePlaceState<Sort & { readonly column: ArtifactSort }>('artifact sort', { column: 'updated', direction: 'descending' });
  const [selection, setSelection] = usePlaceState<Selection>('artifact selection', NOTHING_SELECTED);
  const types = useOperation('artifacts.types', { projectId: project.id });
  const rows = usePagedRows('artifacts.list', { projectId: project.id, sort: sort.column, direction: sort.direction, ...(type === everyType ? {} : { type }) });
  const open = (row: ArtifactSummary): void => navigate(placeOf.artifact(row));
  const known = types.data?.items ?? [];
  return (
    <div className={list.fill}>
      <Toolbar label="Filter the artifacts" lined className={list.tools}>
        {known.length > 4 ? (
          <Select label="Type" size="small" options={[{ value: everyType, label: 'All types' }, ...known.map((one) => ({ value: one.type, label: one.type, detail: formatCount(one.artifactCount) }))]} value={type} onValueChange={setType} />
        ) : (
          <Segmented label="Type" size="small" options={[{ value: everyType, label: 'All types' }, ...known.map((one) => ({ value: one.type, label: `${one.type} ${formatCount(one.artifactCount)}` }))]} value={type} onValueChange={setType} />
        )}
        <ToolbarSpacer />
        <span className={list.dim}>{rows.pending ? '\u00a0' : formatQuantity(rows.rowCount, 'artifact')}</span>
      </Toolbar>
      <DataTable<ArtifactSummary>
        label="Artifacts"
        className={list.table}
        {...pagedTable(rows)}
        getRowId={(row) => String(row.id)}
        columns={artifactColumns}
        selectionMode="single"
        selection={selection}
        onSelectionChange={setSelection}
        sort={sort}
        onSortChange={(next) => setSort({ column: sortable.find((one) => one === next.column) ?? 'updated', direction: next.direction })}
        onOpen={open}
        onPreview={open}
        typeAhead
        getContextMenu={(row) => [
          { id: 'open', label: 'Open', keys: 'Enter', onSelect: () => open(row) },
          ...(row.latest === null
            ? []
            : [{ id: 'latest', label: `Open latest, v${row.latest.index}`, onSelect: () => navigate(placeOf.version({ entity: row.entity, project: row.project, artifact: row.name, index: row.latest?.index ?? 0 })) }]),
          { id: 'copy', label: 'Copy link', icon: Copy, onSelect: () => void copyText(formatPlace(placeOf.artifact(row))) },
        ]}
        scrollKey={`artifacts ${project.id} ${type} ${sort.column} ${sort.direction}`}
        empty={
          type === everyType ? (
            <EmptyState
              icon={Package}
              title="No artifacts yet"
              text="An artifact is a series of versions of one thing: a model, a dataset, anything made of files. Drop files or a folder here, or log them."
              action={<LogButton variant="primary" label="Log the first version" project={{ entity: project.entity, name: project.name }} />}
            />
          ) : (
            <EmptyState icon={Package} title={`No artifact of type ${type}`} action={<Button onClick={() => setType(everyType)}>Show all types</Button>} />
          )
        }
      />
    </div>
  );
}

const artifactColumns: readonly Column<ArtifactSummary>[] = [
  {
    id: 'name', header: 'Artifact', width: 196, grow: 1, fixed: true, sortable: true, text: (row) => row.name,
    render: (row) => (
      <span className={list.name}>
        <TypeIcon type={row.type} />
        <span className={list.strong}>{row.name}</span>
      </span>
    ),
  },
  { id: 'type', header: 'Type', width: 96, text: (row) => row.type },
  { id: 'versions', header: 'Versions', width: 76, numeric: true, text: (row) => formatCount(row.versionCount) },
  { id: 'latest', header: 'Latest', width: 64, text: (row) => (row.latest === null ? '' : `v${row.latest.index}`) },
  { id: 'size', header: 'Size', width: 80, numeric: true, render: (row) => (row.latest === null ? null : <Size bytes={row.latest.size} />) },
  { id: 'created', header: 'Created', width: 92, sortable: true, render: (row) => <RelativeTime time={row.createdAt} /> },
  { id: 'updated', header: 'Changed', width: 92, sortable: true, render: (row) => <RelativeTime time={row.updatedAt} /> },
];
