import { memo, useMemo, useRef, useState } from 'react';
import type { RunId, RunState } from '#shared/contract/index.ts';
import { useLiveOperation, useLiveOperations } from '../../../app/api/index.ts';
import { usePlaceState } from '../../../app/routes/index.ts';
import { PlaceFailure } from '../../../app/shell/index.ts';
import { Button, classNames, EmptyState, formatQuantity, IconButton, Input, Segmented, Skeleton, Switch, Toolbar, ToolbarSpacer } from '../../../ui/index.ts';
import { Activity, ChevronDown, ChevronRight, RotateCcw, Search, X } from '../../../ui/icons.ts';
import { axisKinds, type AxisKind } from './axis.ts';
import { ChartPanel, LargeChart, type PanelSeries } from './ChartPanel.tsx';
import { createCursor, type CursorStore } from './cursor.ts';
import { growMetrics } from './growing.ts';
import { InSight } from './InSight.tsx';
import { Swatch } from './Swatch.tsx';
import { filterKeys, groupKeys, groupSystemKeys } from './panels.ts';
import type { Domain } from './scale.ts';
import { hueAt } from './useChartColors.ts';
import list from '../../../app/shell/List.module.css';
import styles from './Charts.module.css';

export type ChartedRun = { readonly id: RunId; readonly displayName: string; readonly state: RunState };
export type Stream = 'history' | 'system';

const axisWords: Readonly<Record<AxisKind, string>> = { step: 'Step', relative: 'Relative time', wall: 'Wall time' };

/** Every metric of one or more runs, a panel each, read together: one axis, one crosshair, one zoom. */
export const ChartsTab = memo(function ChartsTab({ runs, stream }: { readonly runs: readonly ChartedRun[]; readonly stream: Stream }) {
  const states = useLiveOperations('runs.metricKeys', runs.map(({ id }) => ({ id, stream })));
  const failed = states.find((state) => state.error !== null && state.data === undefined);
  const known = states.filter((state) => state.data !== undefined);
  const { numbers, others } = useSameWhileEqual(useMemo(() => sortKeys(known.flatMap((state) => state.data?.items ?? [])), [states])); // eslint-disable-line react-hooks/exhaustive-deps

  const [axis, setAxis] = usePlaceState<AxisKind>(`${stream} axis`, stream === 'system' ? 'relative' : 'step');
  const [smoothing, setSmoothing] = usePlaceState(`${stream} smoothing`, 0);
  const [logarithmic, setLogarithmic] = usePlaceState(`${stream} logarithmic`, false);
  const [exceptions, setExceptions] = usePlaceState<readonly string[]>(`${stream} other scale`, []);
  const [words, setWords] = usePlaceState(`${stream} filter`, '');
  const [folded, setFolded] = usePlaceState<readonly string[]>(`${stream} folded`, []);
  const [zoom, setZoom] = usePlaceState<Domain | null>(`${stream} zoom`, null);
  const [large, setLarge] = useState<string | null>(null);
  const [cursor] = useState(createCursor);
  const largeCursor = useRef<CursorStore>(createCursor());

  const groups = useMemo(() => {
    const shown = filterKeys(numbers, words);
    return stream === 'system' ? groupSystemKeys(shown) : groupKeys(shown);
  }, [numbers, words, stream]);
  const scaleOf = (key: string): boolean => logarithmic !== exceptions.includes(key);
  const setScale = (key: string, on: boolean): void => setExceptions((before) => (on === logarithmic ? before.filter((one) => one !== key) : [...before.filter((one) => one !== key), key]));

  if (failed !== undefined && known.length === 0) return <PlaceFailure error={failed.error!} retry={failed.retry} />;
  if (known.length === 0) {
    return (
      <div className={styles.scroll}>
        <div className={styles.group}>
          <div className={styles.grid}>
            {Array.from({ length: 6 }, (_, index) => (
              <Skeleton key={index} width="100%" height={216} />
            ))}
          </div>
        </div>
      </div>
    );
  }
  if (numbers.length === 0) {
    const running = runs.some((run) => run.state === 'running');
    return stream === 'system' ? (
      <EmptyState icon={Activity} title="Nothing was measured of the machine" text={running ? 'The client measures processor, memory, disk and GPU every few seconds; the first values are to come.' : 'The client sent no measurements of processor, memory or GPU with this run.'} />
    ) : (
      <EmptyState icon={Activity} title="No metrics yet" text={running ? 'Each number that the script logs becomes a chart here, as it comes. In Python: run.log({"loss": loss}).' : 'The script logged no numbers. In Python: run.log({"loss": loss}).'} />
    );
  }
  return (
    <div className={list.fill}>
      <Toolbar label="Charts" lined className={classNames(list.tools, styles.tools)}>
        <Input
          size="small"
          icon={Search}
          className={styles.filter}
          aria-label="Filter the charts"
          placeholder="Filter"
          value={words}
          onValueChange={setWords}
          onKeyDown={(event) => event.key === 'Escape' && setWords('')}
          {...(words === '' ? {} : { trailing: <IconButton icon={X} size="small" label="Clear the filter" onClick={() => setWords('')} /> })}
        />
        <Segmented
          label="Horizontal axis"
          size="small"
          options={axisKinds.map((kind) => ({ value: kind, label: axisWords[kind] }))}
          value={axis}
          onValueChange={(next) => {
            setAxis(next);
            setZoom(null);
          }}
        />
        <label className={styles.smoothing}>
          Smoothing
          <input type="range" min={0} max={0.99} step={0.01} value={smoothing} onChange={(event) => setSmoothing(Number(event.target.value))} />
          <output>{smoothing.toFixed(2)}</output>
        </label>
        <Switch
          checked={logarithmic}
          onCheckedChange={(on) => {
            setLogarithmic(on);
            setExceptions([]);
          }}
          label="Logarithmic"
        />
        <ToolbarSpacer />
        {zoom !== null && (
          <Button size="small" icon={RotateCcw} onClick={() => setZoom(null)}>
            Show all
          </Button>
        )}
      </Toolbar>
      {runs.length > 1 && (
        <ul className={styles.legend} aria-label="Runs">
          {runs.map((run, index) => (
            <li key={run.id} className={styles.legendItem}>
              <Swatch color={hueAt(index).token} dash={hueAt(index).dash} />
              <span className={styles.legendName}>{run.displayName}</span>
              {/* In words: beside the colour of a line a dot of another colour reads as one more line. */}
              <span className={styles.dim}>{run.state}</span>
            </li>
          ))}
        </ul>
      )}
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={stream === 'system' ? 'System metrics' : 'Charts'}>
        {groups.length === 0 && <EmptyState compact icon={Search} title="Nothing matches" text={`No metric’s name holds “${words.trim()}”.`} action={<Button onClick={() => setWords('')}>Show all</Button>} />}
        {groups.map((group) => {
          const open = !folded.includes(group.name);
          return (
            <section key={group.name} className={styles.group} aria-label={group.name === '' ? 'Metrics' : group.name}>
              <h2 className={styles.groupHead}>
                <button type="button" aria-expanded={open} onClick={() => setFolded((before) => (open ? [...before, group.name] : before.filter((one) => one !== group.name)))}>
                  {open ? <ChevronDown aria-hidden /> : <ChevronRight aria-hidden />}
                  {group.name === '' ? 'Metrics' : group.name}
                </button>
                <span className={styles.dim}>{group.keys.length}</span>
              </h2>
              {open && (
                <div className={styles.grid}>
                  {group.keys.map((key) => (
                    <InSight key={key}>
                      <SeriesPanel runs={runs} stream={stream} metric={key} axis={axis} zoom={zoom} onZoom={setZoom} logarithmic={scaleOf(key)} smoothing={smoothing} cursor={cursor} onEnlarge={setLarge} />
                    </InSight>
                  ))}
                </div>
              )}
            </section>
          );
        })}
        {others.length > 0 && words === '' && (
          <p className={styles.dim}>
            {formatQuantity(others.length, 'key')} without numbers: {others.slice(0, 8).join(', ')}
            {others.length > 8 && ' …'}
          </p>
        )}
      </div>
      {large !== null && <LargePanel runs={runs} stream={stream} metric={large} axis={axis} zoom={zoom} onZoom={setZoom} logarithmic={scaleOf(large)} onLogarithmic={(on) => setScale(large, on)} smoothing={smoothing} cursor={largeCursor.current} onClose={() => setLarge(null)} />}
    </div>
  );
});

/** The value before as long as it says the same: which metrics there are is told with every line, and changes seldom. */
function useSameWhileEqual<Value>(value: Value): Value {
  const [kept, setKept] = useState(value);
  if (kept === value) return kept;
  if (JSON.stringify(kept) === JSON.stringify(value)) return kept;
  setKept(value);
  return value;
}

/** Names of metrics by whether they can be drawn; what the client writes for itself (`_step`, `_runtime`) is neither. */
function sortKeys(items: readonly { readonly key: string; readonly type: string }[]): { readonly numbers: readonly string[]; readonly others: readonly string[] } {
  const numbers = new Set<string>();
  const others = new Set<string>();
  for (const { key, type } of items) if (!key.startsWith('_')) (type === 'number' ? numbers : others).add(key);
  return { numbers: [...numbers], others: [...others].filter((key) => !numbers.has(key)) };
}

type SourceProps = { readonly runs: readonly ChartedRun[]; readonly stream: Stream; readonly metric: string; readonly axis: AxisKind; readonly zoom: Domain | null; readonly onZoom: (zoom: Domain | null) => void; readonly logarithmic: boolean; readonly smoothing: number; readonly cursor: CursorStore };

function useSeries({ runs, stream, metric, axis, zoom }: SourceProps, points: number) {
  // The clock is asked in seconds and drawn in milliseconds, as `Date` has it.
  const unit = axis === 'wall' ? 1000 : 1;
  const answer = useLiveOperation('runs.metrics', {
    ids: runs.map((run) => run.id),
    stream,
    keys: [metric],
    x: axis,
    points,
    ...(zoom === null ? {} : { from: zoom[0] / unit, to: zoom[1] / unit }),
  }, growMetrics);
  const series = useMemo<readonly PanelSeries[] | undefined>(
    () =>
      answer.data === undefined
        ? undefined
        : runs.flatMap((run, index): readonly PanelSeries[] => {
            const found = answer.data?.series.find((one) => one.id === run.id && one.key === metric);
            if (found === undefined || found.x.length === 0) return [];
            return [{ id: String(run.id), label: run.displayName, hue: index, x: unit === 1 ? found.x : found.x.map((value) => value * unit), y: found.mean, low: found.min, high: found.max }];
          }),
    [answer.data, runs, metric, unit],
  );
  return { series, error: answer.error, retry: answer.retry };
}

/** Points per line: a panel has about as many pixels. */
const panelPoints = 400;
const largePoints = 1200;

const SeriesPanel = memo(function SeriesPanel({ onEnlarge, ...props }: SourceProps & { readonly onEnlarge: (metric: string) => void }) {
  const { series, error, retry } = useSeries(props, panelPoints);
  const enlarge = useRef(() => onEnlarge(props.metric)).current;
  return <ChartPanel id={props.metric} title={props.metric} series={series} error={error} retry={retry} axis={props.axis} zoom={props.zoom} onZoom={props.onZoom} logarithmic={props.logarithmic} smoothing={props.smoothing} cursor={props.cursor} onEnlarge={enlarge} />;
});

function LargePanel({ onClose, onLogarithmic, ...props }: SourceProps & { readonly onClose: () => void; readonly onLogarithmic: (on: boolean) => void }) {
  const { series, error, retry } = useSeries(props, largePoints);
  return <LargeChart id={props.metric} title={props.metric} series={series} error={error} retry={retry} axis={props.axis} zoom={props.zoom} onZoom={props.onZoom} logarithmic={props.logarithmic} onLogarithmic={onLogarithmic} smoothing={props.smoothing} cursor={props.cursor} onClose={onClose} />;
}
