import { useMemo } from 'react';
import type { ProjectSummary } from '#shared/contract/index.ts';
import { usePagedRows } from '../../app/api/index.ts';
import { formatPlace, navigate, placeOf, usePlaceState } from '../../app/routes/index.ts';
import { PlaceBody, PlaceHeader, pagedTable } from '../../app/shell/index.ts';
import { CodeBlock, copyText, DataTable, EmptyState, formatCount, formatQuantity, NOTHING_SELECTED, RelativeTime, type Column, type Selection } from '../../ui/index.ts';
import { Copy, FolderTree } from '../../ui/icons.ts';
import { LogButton } from './LogButton.tsx';
import list from '../../app/shell/List.module.css';

const wandbExample = 'run = wandb.init(project="my-project")\nrun.log_artifact("./model", name="my-model", type="model")';

/** All projects: where versions come from, before any of them is curated. */
export function ProjectsPlace() {
  const rows = usePagedRows('projects.list', {});
  const [selection, setSelection] = usePlaceState<Selection>('selection', NOTHING_SELECTED);
  const columns = useMemo<readonly Column<ProjectSummary>[]>(
    () => [
      {
        id: 'name', header: 'Project', width: 260, grow: 1, fixed: true, text: (row) => row.name,
        render: (row) => (
          <span className={list.name}>
            <FolderTree aria-hidden />
            <span className={list.strong}>{row.name}</span>
            <span className={list.dim}>{row.description.split('\n')[0]}</span>
          </span>
        ),
      },
      { id: 'team', header: 'Team', width: 110, text: (row) => row.entity },
      { id: 'artifacts', header: 'Artifacts', width: 80, numeric: true, text: (row) => formatCount(row.artifactCount) },
      { id: 'versions', header: 'Versions', width: 80, numeric: true, text: (row) => formatCount(row.versionCount) },
      { id: 'runs', header: 'Runs', width: 72, numeric: true, text: (row) => formatCount(row.runCount) },
      { id: 'updated', header: 'Changed', width: 104, render: (row) => <RelativeTime time={row.updatedAt} /> },
    ],
    [],
  );
  const open = (row: ProjectSummary): void => navigate(placeOf.project(row.entity, row.name));
  return (
    <>
      <PlaceHeader icon={FolderTree} title="Projects" facts={rows.pending || rows.error !== null ? undefined : formatQuantity(rows.rowCount, 'project')} actions={<LogButton />} />
      <PlaceBody layout="fill">
        <DataTable<ProjectSummary>
          label="Projects"
          className={list.table}
          {...pagedTable(rows)}
          getRowId={(row) => String(row.id)}
          columns={columns}
          selectionMode="single"
          selection={selection}
          onSelectionChange={setSelection}
          onOpen={open}
          onPreview={open}
          typeAhead
          getContextMenu={(row) => [
            { id: 'open', label: 'Open', keys: 'Enter', onSelect: () => open(row) },
            { id: 'copy', label: 'Copy link', icon: Copy, onSelect: () => void copyText(formatPlace(placeOf.project(row.entity, row.name))) },
          ]}
          scrollKey="projects"
          empty={
            <EmptyState icon={FolderTree} title="No projects yet" text="A project holds the artifacts and runs of one piece of work. It is made with the first version that is logged into it." action={<LogButton variant="primary" label="Log the first version" />}>
              <CodeBlock title="From Python" code={wandbExample} />
            </EmptyState>
          }
        />
      </PlaceBody>
    </>
  );
}
