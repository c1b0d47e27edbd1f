import { memo, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { DataTable, Dialog, EmptyState, ErrorState, IconButton, Segmented, Skeleton, Switch, type Column } from '../../../ui/index.ts';
import { explainError, type VitrineError } from '#shared/contract/index.ts';
import { Maximize2 } from '../../../ui/icons.ts';
import { axes, type AxisKind } from './axis.ts';
import { ChartView } from './ChartView.tsx';
import type { CursorStore } from './cursor.ts';
import { nearest, xDomain, type ChartLine, type Points } from './lines.ts';
import type { Domain } from './scale.ts';
import { Swatch } from './Swatch.tsx';
import { smooth } from './smoothing.ts';
import { formatValue } from './ticks.ts';
import { hueAt, useChartColors } from './useChartColors.ts';
import styles from './Charts.module.css';

/** One run's points of a metric, before they are drawn. */
export type PanelSeries = Points & { readonly id: string; readonly label: string; /** Its place in the order of colours. */ readonly hue: number };

export type ChartPanelProps = {
  readonly id: string;
  readonly title: string;
  readonly series: readonly PanelSeries[] | undefined;
  readonly error: VitrineError | null;
  readonly retry: () => void;
  readonly axis: AxisKind;
  readonly zoom: Domain | null;
  readonly onZoom: (zoom: Domain | null) => void;
  readonly logarithmic: boolean;
  readonly smoothing: number;
  readonly cursor: CursorStore;
  readonly onEnlarge: () => void;
};

const panelHeight = 180;

function useLines(series: readonly PanelSeries[] | undefined, smoothing: number, zoom: Domain | null): readonly ChartLine[] | undefined {
  const { hues } = useChartColors();
  return useMemo(() => {
    if (series === undefined) return undefined;
    const domain = zoom ?? xDomain(series);
    const span = domain === null ? 0 : domain[1] - domain[0];
    return series.map((one) => {
      const { place, dash } = hueAt(one.hue);
      return { ...one, color: hues[place] ?? '', dash, front: smooth(one.x, one.y, smoothing, span) };
    });
  }, [series, smoothing, zoom, hues]);
}

/** One metric in a frame: its name, what it is at the crosshair or at its end, and the chart. */
export const ChartPanel = memo(function ChartPanel({ id, title, series, error, retry, axis, zoom, onZoom, logarithmic, smoothing, cursor, onEnlarge }: ChartPanelProps) {
  const lines = useLines(series, smoothing, zoom);
  return (
    <section className={styles.panel} aria-label={title}>
      <div className={styles.panelHead}>
        <h3 className={styles.panelTitle} title={title}>
          {title}
        </h3>
        <div className={styles.panelActs}>
          <IconButton icon={Maximize2} size="small" label={`Enlarge ${title}`} onClick={onEnlarge} />
        </div>
        <Readout lines={lines ?? []} axis={axis} cursor={cursor} />
      </div>
      <PanelBody id={id} title={title} lines={lines} error={error} retry={retry} axis={axis} zoom={zoom} onZoom={onZoom} logarithmic={logarithmic} smoothing={smoothing} cursor={cursor} height={panelHeight} onEnlarge={onEnlarge} />
    </section>
  );
});

type BodyProps = Omit<ChartPanelProps, 'series' | 'onEnlarge'> & { readonly lines: readonly ChartLine[] | undefined; readonly height: number; readonly onEnlarge?: () => void };

function PanelBody({ id, title, lines, error, retry, axis, zoom, onZoom, logarithmic, smoothing, cursor, height, onEnlarge }: BodyProps) {
  if (lines === undefined && error !== null) {
    const { title: what, sentence } = explainError(error);
    return (
      <div className={styles.none} style={{ minHeight: height }}>
        <ErrorState compact title={what} text={sentence} onRetry={retry} />
      </div>
    );
  }
  if (lines === undefined) return <Skeleton width="100%" height={height} />;
  const nothingAbove = logarithmic && lines.every((line) => line.high.every((value) => value === null || value <= 0));
  if (lines.every((line) => line.x.length === 0)) {
    return (
      <div className={styles.none} style={{ minHeight: height }}>
        {zoom === null ? 'No values yet.' : 'No values in this stretch. Double-click a chart to see all.'}
      </div>
    );
  }
  return (
    <>
      <ChartView id={id} label={title} lines={lines} axis={axis} zoom={zoom} onZoom={onZoom} yKind={logarithmic && !nothingAbove ? 'logarithmic' : 'linear'} smoothed={smoothing > 0} cursor={cursor} height={height} {...(onEnlarge === undefined ? {} : { onOpen: onEnlarge })} />
      {lines.length > 1 && <Values id={id} lines={lines} axis={axis} cursor={cursor} zoom={zoom} />}
    </>
  );
}

/** At the right of the name: the value under the crosshair, else the last one. Written without React: it changes in all charts with every move of the pointer. */
function Readout({ lines, axis, cursor }: { readonly lines: readonly ChartLine[]; readonly axis: AxisKind; readonly cursor: CursorStore }) {
  const value = useRef<HTMLElement>(null);
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const write = (): void => {
      const words = readoutOf(lines, axis, cursor.read().x);
      writeText(value.current, words.value);
      writeText(place.current, words.place);
    };
    write();
    return cursor.subscribe(write);
  }, [lines, axis, cursor]);
  return (
    <span className={styles.readout}>
      <strong ref={value} />
      <span ref={place} />
    </span>
  );
}

/** One line's value and where it is; of several only where they are read. */
function readoutOf(lines: readonly ChartLine[], axis: AxisKind, x: number | null): { readonly value: string; readonly place: string } {
  const [line] = lines;
  if (line === undefined || line.x.length === 0) return { value: '', place: '' };
  if (lines.length > 1) return { value: '', place: x === null ? '' : axes[axis].at(x) };
  const index = x === null ? line.x.length - 1 : nearest(line.x, x);
  return { value: formatValue(line.y[index] ?? null), place: x === null ? '' : ` ${axes[axis].at(line.x[index] ?? 0)}` };
}

function writeText(element: HTMLElement | null, text: string): void {
  if (element === null) return;
  const node = element.firstChild;
  // The same node with other words: a new one would be laid out from nothing.
  if (!(node instanceof Text)) element.textContent = text;
  else if (node.data !== text) node.data = text;
}

/** Lines named in the list beside the crosshair, at most. */
const mostValues = 12;

/** The values of all lines beside the crosshair, in the chart under the pointer. */
function Values({ id, lines, axis, cursor, zoom }: { readonly id: string; readonly lines: readonly ChartLine[]; readonly axis: AxisKind; readonly cursor: CursorStore; readonly zoom: Domain | null }) {
  const { x, chart } = useSyncExternalStore(cursor.subscribe, cursor.read);
  if (x === null || chart !== id) return null;
  const domain = zoom ?? xDomain(lines);
  const rows = lines
    .map((line) => ({ line, value: line.front[nearest(line.x, x)] ?? null }))
    .sort((one, other) => (other.value ?? Number.NEGATIVE_INFINITY) - (one.value ?? Number.NEGATIVE_INFINITY));
  return (
    <div className={styles.values} data-side={domain !== null && x < (domain[0] + domain[1]) / 2 ? 'right' : 'left'} aria-hidden>
      <div className={styles.dim}>{axes[axis].at(x)}</div>
      <ul>
        {rows.slice(0, mostValues).map(({ line, value }) => (
          <li key={line.id}>
            <Swatch color={line.color} dash={line.dash} />
            <span className={styles.name}>{line.label}</span>
            <span className={styles.number}>{formatValue(value)}</span>
          </li>
        ))}
      </ul>
      {rows.length > mostValues && <div className={styles.dim}>and {rows.length - mostValues} more</div>}
    </div>
  );
}

export type LargeChartProps = Omit<ChartPanelProps, 'onEnlarge' | 'cursor'> & { readonly cursor: CursorStore; readonly onLogarithmic: (on: boolean) => void; readonly onClose: () => void };

/** One chart as large as a dialog, and the same as a table. */
export function LargeChart({ onClose, onLogarithmic, series, ...rest }: LargeChartProps) {
  const lines = useLines(series, rest.smoothing, rest.zoom);
  const [way, setWay] = useState<'chart' | 'table'>('chart');
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={<code>{rest.title}</code>} width="huge">
      <div className={styles.large}>
        <div className={styles.largeTools}>
          <Segmented label="Shown as" size="small" options={[{ value: 'chart', label: 'Chart' }, { value: 'table', label: 'Table' }]} value={way} onValueChange={setWay} />
          <Switch checked={rest.logarithmic} onCheckedChange={onLogarithmic} label="Logarithmic" />
          <Readout lines={lines ?? []} axis={rest.axis} cursor={rest.cursor} />
        </div>
        {way === 'chart' ? <PanelBody {...rest} id={`${rest.id} large`} lines={lines} height={400} /> : <ChartTable title={rest.title} lines={lines ?? []} axis={rest.axis} />}
      </div>
    </Dialog>
  );
}

type TableRow = { readonly line: ChartLine; readonly index: number };

/** The points of a chart as rows: the same to read, to hear and to copy. */
export function ChartTable({ title, lines, axis }: { readonly title: string; readonly lines: readonly ChartLine[]; readonly axis: AxisKind }) {
  const rows = useMemo<readonly TableRow[]>(() => lines.flatMap((line) => line.x.map((_, index) => ({ line, index }))), [lines]);
  const gathered = lines.some((line) => line.low.some((low, index) => low !== line.high[index]));
  const columns = useMemo<readonly Column<TableRow>[]>(() => {
    const words = axes[axis];
    return [
      ...(lines.length > 1 ? [{ id: 'run', header: 'Run', width: 200, grow: 1, text: (row: TableRow) => row.line.label }] : []),
      { id: 'x', header: words.label, width: 200, numeric: axis !== 'wall', text: (row) => (axis === 'step' ? String(Math.round(row.line.x[row.index] ?? 0)) : words.at(row.line.x[row.index] ?? 0)) },
      { id: 'y', header: gathered ? 'Mean' : 'Value', width: 140, numeric: true, text: (row) => formatValue(row.line.y[row.index] ?? null) },
      ...(gathered
        ? [
            { id: 'low', header: 'Least', width: 140, numeric: true, text: (row: TableRow) => formatValue(row.line.low[row.index] ?? null) },
            { id: 'high', header: 'Greatest', width: 140, numeric: true, text: (row: TableRow) => formatValue(row.line.high[row.index] ?? null) },
          ]
        : []),
    ];
  }, [axis, gathered, lines.length]);
  return (
    <DataTable<TableRow>
      label={`Values of ${title}`}
      className={styles.largeTable}
      rowCount={rows.length}
      getRow={(index) => rows[index]}
      getRowId={(row) => `${row.line.id} ${row.index}`}
      columns={columns}
      selectionMode="none"
      empty={<EmptyState compact title="No values yet" />}
    />
  );
}
