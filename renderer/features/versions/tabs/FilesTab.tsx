import { useEffect, useRef } from 'react';
import type { FileNode } from '#shared/contract/index.ts';
import { runCommand, usePagedRows } from '../../../app/api/index.ts';
import { bridge } from '../../../app/bridge.ts';
import { navigate, usePlaceState } from '../../../app/routes/index.ts';
import { pagedTable } from '../../../app/shell/index.ts';
import {
  Button, copyText, DataTable, Digest, EmptyState, formatBytes, formatCount, formatQuantity, selectIds, Size, SplitPane, Toolbar, ToolbarSpacer, useWidth,
  type Column, type DataTableHandle, type MenuEntry,
} from '../../../ui/index.ts';
import { ChevronRight, Copy, Download, File, FileArchive, FileBox, FileCode, FileImage, FileJson, FileText, Folder, FolderOpen, Globe, Table2, type Icon } from '../../../ui/icons.ts';
import { DragOutHandle, exportVersion } from '../../logging/index.ts';
import { extensionOf } from '../preview/kinds.ts';
import { BytesLine } from '../BytesLine.tsx';
import { PreviewPane } from '../preview/PreviewPane.tsx';
import { placeWith, type Shown } from '../shown.ts';
import styles from './FilesTab.module.css';

/** Pixels of the preview at first. */
const firstWidth = 440;

/** The share of the place that the preview may take: the list stays readable. */
const mostOfRoom = 0.6;

/** Below this, list and preview stand above each other: in pixels, what a list with its sizes and a preview need side by side. */
const roomForBoth = 640;

const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** The files, a folder at a time, so that a folder of a million is as quick as one of ten; beside them what the chosen one holds. */
export function FilesTab({ shown }: { readonly shown: Shown }) {
  const { place, version, rights } = shown;
  const file = place.file ?? null;
  const [folderBefore, setFolder] = usePlaceState('files folder', '');
  // An address that names a file shows the folder it lies in.
  const folder = file === null ? folderBefore : folderOf(file);
  useEffect(() => setFolder(folder), [folder, setFolder]);
  const [width, setWidth] = usePlaceState('files preview width', firstWidth);
  const table = useRef<DataTableHandle>(null);
  const frame = useRef<HTMLDivElement>(null);
  const room = useWidth(frame);
  const input = { id: version.id, folder };
  const rows = usePagedRows('versions.files', input);

  const show = (path: string | undefined): void => navigate(placeWith(place, { file: path }), { replace: true });
  // A row that has the keyboard before it is there (End in a long folder) is shown once it came.
  const awaited = useRef<number | null>(null);
  useEffect(() => {
    const node = awaited.current === null ? undefined : rows.getRow(awaited.current);
    if (node === undefined) return;
    awaited.current = null;
    if (node.kind === 'file') navigate(placeWith(place, { file: node.path }), { replace: true });
  }, [rows, place]);
  const goInto = (path: string): void => {
    setFolder(path);
    show(undefined);
    table.current?.focus();
  };
  const open = (node: FileNode): void => (node.kind === 'folder' ? goInto(node.path) : show(node.path));

  const exportPath = async (node: FileNode): Promise<void> => {
    const target = await bridge().chooseFolder({ title: `Export ${node.name} into` });
    if (target === null) return;
    await runCommand(
      'versions.export',
      { id: version.id, folder: target, path: node.path },
      {
        activity: `Exporting ${node.name}`,
        done: ({ files, bytes }) => `Exported ${formatQuantity(files, 'file')}, ${formatBytes(bytes)}`,
        action: (output) => ({ label: 'Show', onPress: () => void bridge().revealInFolder(output.folder) }),
      },
    );
  };

  const menuOf = (node: FileNode): readonly MenuEntry[] => [
    { id: 'open', label: node.kind === 'folder' ? 'Open folder' : 'Preview', icon: node.kind === 'folder' ? FolderOpen : FileText, onSelect: () => open(node) },
    { id: 'export', label: 'Export…', icon: Download, disabled: rights.download !== null, reason: rights.download ?? '', onSelect: () => void exportPath(node) },
    { kind: 'separator' },
    { id: 'path', label: 'Copy path', icon: Copy, onSelect: () => void copyText(node.path) },
    ...(node.entry?.sha256 == null ? [] : [{ id: 'digest', label: 'Copy SHA-256', onSelect: () => void copyText(node.entry?.sha256 ?? '') }]),
  ];

  const list = (
    <div className={styles.list}>
      <Toolbar label="Folder" lined className={styles.tools}>
        <FolderPath folder={folder} onOpen={goInto} />
        <ToolbarSpacer />
        <span className={styles.dim}>
          {formatCount(version.fileCount)} files, {formatBytes(version.size)} in all
        </span>
        <Button size="small" icon={Download} disabled={rights.download !== null} {...(rights.download === null ? {} : { disabledReason: rights.download })} onClick={() => void exportVersion(version)}>
          Export all…
        </Button>
        {rights.download === null && (
          <span className={styles.wide}>
            <DragOutHandle version={version} size="small" />
          </span>
        )}
      </Toolbar>
      <BytesLine version={version} />
      <DataTable<FileNode>
        ref={table}
        label={folder === '' ? 'Files' : `Files in ${folder}`}
        className={styles.table}
        {...pagedTable(rows)}
        getRowId={(node) => node.path}
        columns={columns}
        selectionMode="single"
        selection={selectIds(file === null ? [] : [file])}
        onActiveChange={(node, index) => {
          awaited.current = node === undefined ? index : null;
          if (node?.kind === 'file') show(node.path);
          else if (node !== undefined && file !== null) show(undefined);
        }}
        onOpen={open}
        onPreview={open}
        typeAhead
        onRowKeyDown={(event) => {
          if ((event.key === 'Backspace' || (event.key === 'ArrowLeft' && !event.altKey)) && folder !== '') {
            goInto(folderOf(folder));
            return true;
          }
          return false;
        }}
        getContextMenu={menuOf}
        scrollKey={`files ${version.id} ${folder}`}
        empty={<EmptyState icon={FolderOpen} title="No files" text="This version was logged without any." />}
      />
    </div>
  );

  const preview = <PreviewPane versionId={version.id} path={file} reason={rights.download} onExport={(node) => void exportPath(node)} />;
  if (room < roomForBoth)
    return (
      <div ref={frame} className={styles.stacked}>
        {list}
        {file !== null && <div className={styles.below}>{preview}</div>}
      </div>
    );
  return (
    <div ref={frame} className={styles.frame}>
      <SplitPane
        label="Width of the preview"
        side="end"
        size={width}
        defaultSize={firstWidth}
        min={260}
        max={Math.max(260, Math.round(room * mostOfRoom))}
        onSizeChange={setWidth}
        start={list}
        end={preview}
      />
    </div>
  );
}

/** Where the table is: every step but the last leads there. */
function FolderPath({ folder, onOpen }: { readonly folder: string; readonly onOpen: (folder: string) => void }) {
  const steps = folder === '' ? [] : folder.split('/');
  const all = [{ name: 'All files', path: '' }, ...steps.map((name, index) => ({ name, path: steps.slice(0, index + 1).join('/') }))];
  return (
    <ol className={styles.path} aria-label="Folder">
      {all.map((step, index) => (
        <li key={step.path}>
          {index === 0 ? <FolderOpen aria-hidden /> : <ChevronRight aria-hidden />}
          {index === all.length - 1 ? (
            <span aria-current="location">{step.name}</span>
          ) : (
            <button type="button" onClick={() => onOpen(step.path)}>
              {step.name}
            </button>
          )}
        </li>
      ))}
    </ol>
  );
}

const icons: Readonly<Record<string, Icon>> = {
  json: FileJson, jsonl: FileJson, ipynb: FileJson, csv: Table2, tsv: Table2, parquet: Table2, md: FileText, txt: FileText, log: FileText, png: FileImage, jpg: FileImage, jpeg: FileImage,
  gif: FileImage, webp: FileImage, py: FileCode, ts: FileCode, js: FileCode, sh: FileCode, yaml: FileCode, yml: FileCode, toml: FileCode, zip: FileArchive, tar: FileArchive, gz: FileArchive,
  safetensors: FileBox, gguf: FileBox, onnx: FileBox, pt: FileBox, pth: FileBox, bin: FileBox, npy: FileBox, npz: FileBox, pkl: FileBox,
};

export function FileMark({ node }: { readonly node: Pick<FileNode, 'kind' | 'name' | 'entry'> }) {
  const Mark = node.kind === 'folder' ? Folder : node.entry?.reference != null ? Globe : (icons[extensionOf(node.name)] ?? File);
  return <Mark className={styles.mark} data-kind={node.kind} aria-hidden />;
}

const columns: readonly Column<FileNode>[] = [
  {
    id: 'name', header: 'Name', width: 160, grow: 1, fixed: true, text: (node) => node.name,
    render: (node) => (
      <span className={styles.name}>
        <FileMark node={node} />
        <span className={styles.clip}>{node.name}</span>
        {node.kind === 'folder' && <span className={styles.dim}>{formatQuantity(node.fileCount, 'file')}</span>}
      </span>
    ),
  },
  { id: 'size', header: 'Size', width: 92, numeric: true, render: (node) => <Size bytes={node.size} /> },
  { id: 'digest', header: 'SHA-256', width: 96, render: (node) => (node.entry?.sha256 == null ? null : <Digest digest={node.entry.sha256} focusable={false} />) },
];
