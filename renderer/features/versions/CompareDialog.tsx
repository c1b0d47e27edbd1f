import { useMemo, useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { ManifestEntry, VersionId, VitrineError } from '#shared/contract/index.ts';
import { cache, core, useOperation } from '../../app/api/index.ts';
import { PlaceFailure } from '../../app/shell/index.ts';
import { Badge, Combobox, DataTable, Dialog, EmptyState, formatBytes, formatCount, formatQuantity, Segmented, Size, SkeletonLines, Tabs, type Column, type ComboboxOption, type Tone } from '../../ui/index.ts';
import { ArrowRight, CircleCheck } from '../../ui/icons.ts';
import { compareFiles, compareMetadata, type FileChange, type FileDifference, type ValueChange } from './difference.ts';
import type { Neighbour } from './neighbours.ts';
import { nameOf, type Shown } from './shown.ts';
import styles from './CompareDialog.module.css';

const pageSize = 1000;
/** Beyond this, a comparison in the window is no longer honest about its cost. */
const mostEntries = 200_000;

/** All entries of a manifest, page by page. */
async function readManifest(id: VersionId, signal: AbortSignal): Promise<readonly ManifestEntry[] | 'too many'> {
  const entries: ManifestEntry[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof askPage>> = await askPage(id, cursor, signal);
    if (page.total > mostEntries) return 'too many';
    entries.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return entries;
}

function askPage(id: VersionId, cursor: string | null, signal: AbortSignal) {
  return core().query('versions.manifest', { id, limit: pageSize, ...(cursor === null ? {} : { cursor }) }, { signal });
}

function useManifest(id: VersionId | null) {
  return useQuery<readonly ManifestEntry[] | 'too many', VitrineError>(
    { queryKey: ['versions.manifest', 'whole', id], queryFn: ({ signal }) => readManifest(id as VersionId, signal), enabled: id !== null, gcTime: 60_000 },
    cache,
  );
}

/** What differs between this version and another one: before is the other, after is this. */
export function CompareDialog({ shown, previous, onClose }: { readonly shown: Shown; readonly previous: Neighbour | null; readonly onClose: () => void }) {
  const { version } = shown;
  const { name, index } = nameOf(shown);
  const choices = useChoices(shown);
  const [chosen, setChosen] = useState<string | null>(previous === null ? null : String(previous.versionId));
  const otherId = chosen === null ? null : (Number(chosen) as VersionId);
  const other = useOperation('versions.get', { id: otherId as VersionId }, { enabled: otherId !== null });
  const before = useManifest(otherId);
  const after = useManifest(version.id);
  const files = useMemo(() => (Array.isArray(before.data) && Array.isArray(after.data) ? compareFiles(before.data as readonly ManifestEntry[], after.data as readonly ManifestEntry[]) : null), [before.data, after.data]);
  const values = useMemo(() => (other.data === undefined ? null : compareMetadata(other.data.metadata, version.metadata)), [other.data, version.metadata]);
  const [tab, setTab] = useState<'files' | 'metadata'>('files');
  const error = other.error ?? before.error ?? after.error;
  const tooMany = before.data === 'too many' || after.data === 'too many';

  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} width="huge" title="Compare versions">
      <div className={styles.frame}>
        <div className={styles.sides}>
          <Combobox label="Before" className={styles.choice} options={choices} value={chosen} onValueChange={setChosen} placeholder="Choose a version" emptyText="No other version" />
          <ArrowRight role="img" aria-label="compared with" />
          <span className={styles.after}>
            {name} v{index}
          </span>
          {files !== null && <Sums files={files} same={other.data?.digest === version.digest} />}
        </div>
        {otherId === null ? (
          <EmptyState compact title="Nothing to compare with yet" text={choices.length === 0 ? 'This is the only version.' : 'Choose the version that came before.'} />
        ) : error !== null ? (
          <PlaceFailure error={error} compact />
        ) : tooMany ? (
          <EmptyState compact title="Too many files" text={`A comparison here covers up to ${formatCount(mostEntries)} files.`} />
        ) : (
          <Tabs
            label="What differs"
            className={styles.tabs}
            panelClassName={styles.panel}
            tabs={[
              { value: 'files', label: 'Files', ...(files === null ? {} : { count: files.changes.length }) },
              { value: 'metadata', label: 'Metadata', ...(values === null ? {} : { count: values.length }) },
            ]}
            value={tab}
            onValueChange={setTab}
          >
            {(value) =>
              value === 'files' ? files === null ? <SkeletonLines lines={6} /> : <Files difference={files} /> : values === null ? <SkeletonLines lines={6} /> : <Values changes={values} />
            }
          </Tabs>
        )}
      </div>
    </Dialog>
  );
}

/** The other versions of the collection, or of the artifact. */
function useChoices({ version, link }: Shown): readonly ComboboxOption<string>[] {
  const links = useOperation('links.list', { collectionId: link?.collectionId as never, sort: 'index', limit: 500 }, { enabled: link !== null });
  const versions = useOperation('versions.list', { artifactId: version.artifactId, sort: 'index', limit: 500 }, { enabled: link === null });
  return useMemo(() => {
    const all =
      link === null
        ? (versions.data?.items ?? []).map((one) => ({ id: one.id, label: `${one.artifact} v${one.index}`, aliases: one.aliases }))
        : (links.data?.items ?? []).map((one) => ({ id: one.version.id, label: `${one.collection} v${one.index}`, aliases: one.aliases }));
    return all
      .filter((one) => one.id !== version.id)
      .map((one) => ({ value: String(one.id), label: one.label, ...(one.aliases.length === 0 ? {} : { detail: one.aliases.map((alias) => alias.name).join(', ') }) }));
  }, [link, versions.data, links.data, version.id]);
}

function Sums({ files, same }: { readonly files: FileDifference; readonly same: boolean }) {
  if (same) {
    return (
      <Badge tone="good" icon={CircleCheck}>
        the same bytes
      </Badge>
    );
  }
  return (
    <span className={styles.sums}>
      {formatQuantity(files.unchanged, 'file')} unchanged, {files.growth === 0 ? 'the same size in all' : `${formatBytes(Math.abs(files.growth))} ${files.growth > 0 ? 'more' : 'less'}`}
    </span>
  );
}

const kindWords: Readonly<Record<FileChange['kind'], readonly [word: string, tone: Tone]>> = {
  added: ['added', 'good'], removed: ['removed', 'danger'], changed: ['changed', 'caution'], moved: ['moved', 'accent'],
};

function Kind({ kind }: { readonly kind: FileChange['kind'] }) {
  const [word, tone] = kindWords[kind];
  return <Badge tone={tone}>{word}</Badge>;
}

const fileColumns: readonly Column<FileChange>[] = [
  { id: 'kind', header: 'Change', width: 88, render: (change) => <Kind kind={change.kind} /> },
  {
    id: 'path', header: 'File', width: 280, grow: 1, fixed: true, text: (change) => change.path,
    render: (change) => (
      <span className={styles.path}>
        {change.kind === 'moved' && <span className={styles.dim}>{change.before.path} → </span>}
        {change.path}
      </span>
    ),
  },
  { id: 'before', header: 'Before', width: 92, numeric: true, render: (change) => (change.before === null ? null : <Size bytes={change.before.size} />) },
  { id: 'after', header: 'After', width: 92, numeric: true, render: (change) => (change.after === null ? null : <Size bytes={change.after.size} />) },
];

const filters = ['all', 'added', 'removed', 'changed', 'moved'] as const;

function Files({ difference }: { readonly difference: FileDifference }) {
  const [filter, setFilter] = useState<(typeof filters)[number]>('all');
  const shown = useMemo(() => (filter === 'all' ? difference.changes : difference.changes.filter((change) => change.kind === filter)), [difference, filter]);
  if (difference.changes.length === 0) return <EmptyState compact icon={CircleCheck} title="The files are the same" text={`All ${formatQuantity(difference.unchanged, 'file')}, byte by byte.`} />;
  const count = (kind: FileChange['kind']): number => difference.changes.filter((change) => change.kind === kind).length;
  return (
    <>
      <div className={styles.filters}>
        <Segmented
          label="Kind of change"
          size="small"
          value={filter}
          onValueChange={setFilter}
          options={filters.filter((one) => one === 'all' || count(one) > 0).map((one) => ({ value: one, label: one === 'all' ? 'All' : `${one[0]?.toUpperCase() ?? ''}${one.slice(1)} ${formatCount(count(one))}` }))}
        />
      </div>
      <DataTable<FileChange> label="Files that differ" className={styles.table} rowCount={shown.length} getRow={(at) => shown[at]} getRowId={(change) => `${change.kind} ${change.path}`} columns={fileColumns} selectionMode="none" />
    </>
  );
}

const valueColumns: readonly Column<ValueChange>[] = [
  { id: 'kind', header: 'Change', width: 88, render: (change) => <Kind kind={change.kind} /> },
  { id: 'path', header: 'Key', width: 220, grow: 1, fixed: true, text: (change) => change.path, render: (change) => <span className={styles.mono}>{change.path}</span> },
  { id: 'before', header: 'Before', width: 200, grow: 1, text: (change) => words(change.before), render: (change) => <span className={styles.mono}>{words(change.before)}</span> },
  { id: 'after', header: 'After', width: 200, grow: 1, text: (change) => words(change.after), render: (change) => <span className={styles.mono}>{words(change.after)}</span> },
];

function words(value: ValueChange['before']): string {
  return value === undefined ? '' : JSON.stringify(value);
}

function Values({ changes }: { readonly changes: readonly ValueChange[] }) {
  if (changes.length === 0) return <EmptyState compact icon={CircleCheck} title="The metadata is the same" text="Every key has the same value in both." />;
  return <DataTable<ValueChange> label="Metadata that differs" className={styles.table} rowCount={changes.length} getRow={(at) => changes[at]} getRowId={(change) => change.path} columns={valueColumns} selectionMode="none" />;
}
