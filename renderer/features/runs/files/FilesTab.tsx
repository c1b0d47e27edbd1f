import { useMemo, useState } from 'react';
import type { RunDetail, RunFile } from '#shared/contract/index.ts';
import { runCommand, useOperation, usePagedRows } from '../../../app/api/index.ts';
import { bridge } from '../../../app/bridge.ts';
import { barred, barredEntry, useWhyNot } from '../../../app/rights.ts';
import { usePlaceState } from '../../../app/routes/index.ts';
import { pagedTable } from '../../../app/shell/index.ts';
import { Button, classNames, copyText, DataTable, EmptyState, formatBytes, formatQuantity, NOTHING_SELECTED, RelativeTime, Size, SplitPane, Toolbar, ToolbarSpacer, type Column, type Selection } from '../../../ui/index.ts';
import { Copy, Download, Files } from '../../../ui/icons.ts';
import { firstBytes, NoPreview, PreviewFrame } from '../../versions/index.ts';
import list from '../../../app/shell/List.module.css';
import styles from './Files.module.css';

/** Asks where to, then writes; all files without names. */
async function exportFiles(run: RunDetail, names?: readonly string[]): Promise<void> {
  const folder = await bridge().chooseFolder({ title: `Export files of ${run.displayName} into` });
  if (folder === null) return;
  await runCommand(
    'runs.exportFiles',
    { id: run.id, folder, ...(names === undefined ? {} : { names: [...names] }) },
    {
      activity: `Exporting files of ${run.displayName}`,
      done: ({ files, bytes }) => `Exported ${formatQuantity(files, 'file')}, ${formatBytes(bytes)}`,
      action: (output) => ({ label: 'Show', onPress: () => void bridge().revealInFolder(output.folder) }),
    },
  );
}

/** Files that the script saved, and those the client adds: its requirements, its console, its metadata. */
export function FilesTab({ run }: { readonly run: RunDetail }) {
  const rows = usePagedRows('runs.files', { id: run.id });
  const mayExport = useWhyNot()('runs.exportFiles', { team: run.entity });
  const [selection, setSelection] = usePlaceState<Selection>('file selection', NOTHING_SELECTED);
  const [chosen, setChosen] = usePlaceState<string | null>('file', null);
  const [width, setWidth] = usePlaceState('preview width', 380);
  return (
    <div className={styles.files}>
      <SplitPane
        label="Preview width"
        side="end"
        size={width}
        defaultSize={380}
        min={260}
        max={720}
        onSizeChange={setWidth}
        start={
          <div className={styles.list}>
            <Toolbar label="Files" lined className={classNames(list.tools, styles.tools)}>
              <span className={list.dim}>{rows.pending ? '\u00a0' : formatQuantity(rows.rowCount, 'file')}</span>
              <ToolbarSpacer />
              <Button size="small" icon={Download} {...barred(mayExport ?? (rows.rowCount === 0 ? 'There is nothing to export.' : null))} onClick={() => void exportFiles(run)}>
                Export all…
              </Button>
            </Toolbar>
            <DataTable<RunFile>
              label={`Files of ${run.displayName}`}
              className={list.table}
              {...pagedTable(rows)}
              getRowId={(row) => row.name}
              columns={columns}
              selectionMode="single"
              selection={selection}
              onSelectionChange={setSelection}
              onActiveChange={(row) => row !== undefined && setChosen(row.name)}
              onOpen={(row) => setChosen(row.name)}
              onPreview={(row) => setChosen(row.name)}
              typeAhead
              getContextMenu={(row) => [
                { id: 'export', label: 'Export…', icon: Download, ...barredEntry(mayExport), onSelect: () => void exportFiles(run, [row.name]) },
                { id: 'copy', label: 'Copy name', icon: Copy, onSelect: () => void copyText(row.name) },
              ]}
              scrollKey={`files of run ${run.id}`}
              empty={<EmptyState icon={Files} title="No files" text="Files that the script saves appear here, and those its client adds: requirements, console, metadata. In Python: run.save(“notes.txt”)." />}
            />
          </div>
        }
        end={chosen === null ? <NoPreview title="Choose a file" text="Its head is shown here. Nothing is run." /> : <Preview key={chosen} run={run} name={chosen} />}
      />
    </div>
  );
}

const columns: readonly Column<RunFile>[] = [
  { id: 'name', header: 'File', width: 220, grow: 1, fixed: true, text: (row) => row.name },
  { id: 'size', header: 'Size', width: 90, numeric: true, render: (row) => <Size bytes={row.size} /> },
  { id: 'updated', header: 'Changed', width: 100, render: (row) => <RelativeTime time={row.updatedAt} /> },
];

function Preview({ run, name }: { readonly run: RunDetail; readonly name: string }) {
  const [maximumBytes, setMaximumBytes] = useState(() => firstBytes(name));
  const preview = useOperation('runs.previewFile', { id: run.id, name, maximumBytes }, { keepPrevious: true });
  const { data } = preview;
  // Drawn by the same hands as the files of versions, which are known by their path.
  const shown = useMemo(() => (data === undefined ? undefined : { path: data.name, size: data.size, kind: data.kind, mediaType: data.mediaType, text: data.text, base64: data.base64, truncated: data.truncated }), [data]);
  return <PreviewFrame path={name} preview={{ ...preview, data: shown }} maximumBytes={maximumBytes} onMore={setMaximumBytes} onExport={() => void exportFiles(run, [name])} />;
}
