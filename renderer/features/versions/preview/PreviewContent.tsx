import { useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { Badge, DataTable, EmptyState, formatBytes, formatCount, formatQuantity, Markdown, Segmented, Size, type Column } from '../../../ui/index.ts';
import { Globe, TriangleAlert } from '../../../ui/icons.ts';
import { openLink } from '../parts/openLink.ts';
import { parseDelimited } from './delimited.ts';
import { hexRows } from './hex.ts';
import { bytesOf, mostBytes, previewKind, separatorOf, type Preview } from './kinds.ts';
import { formatParameters, readTensorHeader, type Tensor } from './tensors.ts';
import styles from './Preview.module.css';

/** What a file holds, as far as its head tells. Nothing is run, nothing is fetched. */
export function PreviewContent({ preview }: { readonly preview: Preview }) {
  const head = useMemo(() => (preview.base64 === null || preview.kind === 'image' ? null : bytesOf(preview.base64)), [preview]);
  const kind = previewKind(preview, head);
  if (preview.size === 0 && kind !== 'reference') return <EmptyState compact title="An empty file" text="It has no bytes at all." />;
  switch (kind) {
    case 'reference':
      return <EmptyState compact icon={Globe} title="Its bytes are elsewhere" text="This entry refers to a file that was not copied in. Its address is in the manifest." />;
    case 'image':
      return <Picture preview={preview} />;
    case 'markdown':
      return (
        <TwoWays first="Rendered" text={preview.text ?? ''}>
          <div className={styles.document}>
            <Markdown source={preview.text ?? ''} onOpenLink={openLink} />
          </div>
        </TwoWays>
      );
    case 'json':
      return <Json text={preview.text ?? ''} truncated={preview.truncated} />;
    case 'table':
      return (
        <TwoWays first="Table" text={preview.text ?? ''}>
          <Table text={preview.text ?? ''} separator={separatorOf(preview.path) ?? ','} truncated={preview.truncated} label={preview.path} />
        </TwoWays>
      );
    case 'lines of json':
    case 'text':
      return <Plain text={preview.text ?? ''} />;
    case 'tensors':
      return <Tensors head={head ?? new Uint8Array()} preview={preview} />;
    case 'pickle':
      return (
        <>
          <div className={styles.warning} role="note">
            <TriangleAlert aria-hidden />
            <p>
              <strong>It can hold a pickle.</strong> Loading a pickle runs whatever code it carries. Vitrine never loads it; only its bytes are shown. Load it in Python only if you trust who made it, or ask
              for a safetensors file.
            </p>
          </div>
          <Bytes head={head} size={preview.size} />
        </>
      );
    case 'binary':
      return <Bytes head={head} size={preview.size} />;
  }
}

/** Shown as what it is, or as the text it is made of. */
function TwoWays({ first, text, children }: { readonly first: string; readonly text: string; readonly children: ReactNode }) {
  const [way, setWay] = useState<'first' | 'source'>('first');
  return (
    <>
      <div className={styles.ways}>
        <Segmented label="Shown as" size="small" options={[{ value: 'first', label: first }, { value: 'source', label: 'Source' }]} value={way} onValueChange={setWay} />
      </div>
      {way === 'first' ? children : <Plain text={text} />}
    </>
  );
}

/** Lines beyond this are cut: one line of a megabyte would hold up the window. */
const longestLine = 4_000;
const mostLines = 5_000;

function Plain({ text, label = 'Text of the file' }: { readonly text: string; readonly label?: string }) {
  const lines = useMemo(() => text.split(/\r\n|\n|\r/u), [text]);
  const shown = lines.slice(0, mostLines);
  return (
    <div className={styles.text} tabIndex={0} role="region" aria-label={label}>
      <pre className={styles.numbers} aria-hidden>
        {shown.map((_, index) => index + 1).join('\n')}
      </pre>
      <pre className={styles.lines}>{shown.map((line) => (line.length > longestLine ? `${line.slice(0, longestLine)} …` : line)).join('\n')}</pre>
      {lines.length > mostLines && <p className={styles.more}>{formatCount(lines.length - mostLines)} more lines; export the file to see them.</p>}
    </div>
  );
}

function Json({ text, truncated }: { readonly text: string; readonly truncated: boolean }) {
  const tidy = useMemo(() => {
    if (truncated) return null;
    try {
      return JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      return null;
    }
  }, [text, truncated]);
  if (tidy === null) {
    return (
      <>
        <p className={styles.note}>{truncated ? 'Only its beginning is here, so it is shown as it is written.' : 'It can’t be read as JSON, so it is shown as it is written.'}</p>
        <Plain text={text} />
      </>
    );
  }
  return (
    <TwoWays first="In order" text={text}>
      <Plain text={tidy} label="JSON of the file" />
    </TwoWays>
  );
}

type TableRow = { readonly id: string; readonly cells: readonly string[] };

function Table({ text, separator, truncated, label }: { readonly text: string; readonly separator: string; readonly truncated: boolean; readonly label: string }) {
  const table = useMemo(() => parseDelimited(text, separator, truncated), [text, separator, truncated]);
  const rows = useMemo<readonly TableRow[]>(() => table.rows.map((cells, index) => ({ id: String(index), cells })), [table]);
  const columns = useMemo<readonly Column<TableRow>[]>(
    () => [
      { id: '#', header: '#', width: 52, numeric: true, fixed: true, text: (row) => String(Number(row.id) + 1) },
      ...table.header.map((name, index): Column<TableRow> => {
        const longest = table.rows.slice(0, 50).reduce((most, row) => Math.max(most, row[index]?.length ?? 0), name.length);
        return { id: String(index), header: name === '' ? `column ${index + 1}` : name, width: Math.min(280, Math.max(64, longest * 7.4 + 28)), numeric: table.numeric[index] === true, text: (row) => row.cells[index] ?? '' };
      }),
    ],
    [table],
  );
  return (
    <>
      <p className={styles.note}>
        {formatQuantity(rows.length, 'row')} by {formatQuantity(table.header.length, 'column')}
        {truncated && ' in this part'}
        {table.uneven > 0 && (
          <Badge tone="caution" icon={TriangleAlert}>
            {formatQuantity(table.uneven, 'row')} with another number of cells
          </Badge>
        )}
      </p>
      <DataTable<TableRow> label={`Table ${label}`} className={styles.table} rowCount={rows.length} getRow={(index) => rows[index]} getRowId={(row) => row.id} columns={columns} selectionMode="none" empty={<EmptyState compact title="No rows" text="The file has a header at most." />} />
    </>
  );
}

function Picture({ preview }: { readonly preview: Preview }) {
  const [measured, setMeasured] = useState<string | null>(null);
  if (preview.base64 === null) return <EmptyState compact title="Too large to show here" text={`Pictures up to ${formatBytes(mostBytes)} are shown. Export it to look at it.`} />;
  return (
    <div className={styles.picture}>
      <img src={`data:${preview.mediaType};base64,${preview.base64}`} alt={preview.path} onLoad={(event) => setMeasured(`${event.currentTarget.naturalWidth} × ${event.currentTarget.naturalHeight} pixels`)} />
      <span className={styles.dim}>{measured ?? '\u00a0'}</span>
    </div>
  );
}

const tensorColumns: readonly Column<Tensor>[] = [
  { id: 'name', header: 'Tensor', width: 112, grow: 1, fixed: true, text: (tensor) => tensor.name },
  { id: 'type', header: 'Type', width: 56, text: (tensor) => tensor.elementType },
  { id: 'shape', header: 'Shape', width: 96, text: (tensor) => (tensor.shape.length === 0 ? 'scalar' : tensor.shape.join(' × ')) },
  { id: 'parameters', header: 'Parameters', width: 84, numeric: true, text: (tensor) => formatCount(tensor.parameters) },
  { id: 'size', header: 'Size', width: 74, numeric: true, render: (tensor) => <Size bytes={tensor.bytes} /> },
];

function Tensors({ head, preview }: { readonly head: Uint8Array; readonly preview: Preview }) {
  const header = useMemo(() => readTensorHeader(head, preview.size), [head, preview.size]);
  if (header.kind !== 'read') {
    return (
      <>
        <p className={styles.note}>
          {header.kind === 'longer' ? `Its header has ${formatBytes(header.headerBytes)}, more than a preview reads.` : `It is no readable safetensors file. ${header.reason}`}
        </p>
        <Bytes head={head} size={preview.size} />
      </>
    );
  }
  return (
    <>
      <dl className={styles.sums}>
        <div>
          <dt>Parameters</dt>
          <dd title={formatCount(header.parameters)}>{formatParameters(header.parameters)}</dd>
        </div>
        <div>
          <dt>Tensors</dt>
          <dd>{formatCount(header.tensors.length)}</dd>
        </div>
        <div>
          <dt>Types</dt>
          <dd>{header.elementTypes.map(([name, count]) => `${name} ${header.parameters === 0 ? '' : `${Math.round((count / header.parameters) * 100)} %`}`).join(', ') || 'none'}</dd>
        </div>
        {header.notes.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <DataTable<Tensor> label="Tensors" className={styles.table} rowCount={header.tensors.length} getRow={(index) => header.tensors[index]} getRowId={(tensor) => tensor.name} columns={tensorColumns} selectionMode="none" empty={<EmptyState compact title="No tensors" />} />
    </>
  );
}

const mostHexBytes = 16_384;

/** Pixels that sixteen bytes in a row need. */
const roomForSixteen = 540;

function Bytes({ head, size }: { readonly head: Uint8Array | null; readonly size: number }) {
  const frame = useRef<HTMLDivElement>(null);
  const [perRow, setPerRow] = useState<8 | 16>(8);
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setPerRow(element.clientWidth >= roomForSixteen ? 16 : 8));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const rows = useMemo(() => hexRows((head ?? new Uint8Array()).subarray(0, mostHexBytes), perRow), [head, perRow]);
  return (
    <>
      <p className={styles.note}>
        The first {formatBytes(Math.min(mostHexBytes, head?.length ?? 0))} of {formatBytes(size)}, as bytes and as text.
      </p>
      <div ref={frame} className={styles.text} tabIndex={0} role="region" aria-label="Bytes of the file">
        <pre className={styles.numbers} aria-hidden>
          {rows.map((row) => row.offset).join('\n')}
        </pre>
        <pre className={styles.lines}>{rows.map((row) => `${row.bytes}   ${row.text}`).join('\n')}</pre>
      </div>
    </>
  );
}
