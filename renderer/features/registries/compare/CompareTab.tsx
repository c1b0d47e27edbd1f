import { useMemo } from 'react';
import type { CollectionDetail, TableColumn } from '#shared/contract/index.ts';
import { useOperation } from '../../../app/api/index.ts';
import { navigate, placeOf, usePlaceState } from '../../../app/routes/index.ts';
import { PlaceFailure } from '../../../app/shell/index.ts';
import { EmptyState, formatQuantity, MultiCombobox, SkeletonLines } from '../../../ui/index.ts';
import { ChartLine } from '../../../ui/icons.ts';
import { columnKey, columnLabel, columnOf, columnOrigin, firstColumns } from '../table/tableColumns.ts';
import { MetricChart } from './MetricChart.tsx';
import { pointsOf } from './series.ts';
import styles from './Compare.module.css';

/** Numbers that are drawn when nobody chose any, and at most. */
const firstCharts = 6;
const mostCharts = 20;

/** Metrics across the versions of a collection: one chart per number, with the aliases where they stand. */
export function CompareTab({ collection }: { readonly collection: CollectionDetail }) {
  const known = useOperation('collections.columns', { collectionId: collection.id });
  const [chosen, setChosen] = usePlaceState<readonly string[] | null>('compared', null);
  const numbers = useMemo(() => (known.data?.items ?? []).filter((one) => one.type === 'number'), [known.data]);
  const columns = useMemo<readonly TableColumn[]>(() => (chosen === null ? firstColumns(numbers, firstCharts) : chosen.flatMap((key) => columnOf(key) ?? [])), [chosen, numbers]);
  const series = useOperation('collections.series', { collectionId: collection.id, columns: [...columns] }, { enabled: columns.length > 0, keepPrevious: true });
  const options = useMemo(() => {
    const all = [...new Map([...columns, ...numbers.map((one) => one.column)].map((column) => [columnKey(column), column])).entries()];
    // A run and the metadata may have a number of the same name: then each says whose it is.
    const named = Map.groupBy(all, ([, column]) => columnLabel(column));
    return all.map(([value, column]) => {
      const label = columnLabel(column);
      return { value, label: (named.get(label)?.length ?? 0) > 1 ? `${label} (${columnOrigin(column)})` : label, detail: columnOrigin(column) };
    });
  }, [columns, numbers]);
  const error = known.error ?? series.error;
  if (error !== null) return <PlaceFailure error={error} retry={known.retry} />;
  if (known.data === undefined) return <SkeletonLines lines={6} />;
  if (numbers.length === 0) {
    return <EmptyState icon={ChartLine} title="No numbers to compare" text="Numbers in the metadata of versions, and in the summary of the runs that logged them, are drawn here across versions." />;
  }
  return (
    <div className={styles.tab}>
      <div className={styles.bar}>
        <span className={styles.dim}>{series.data === undefined ? '\u00a0' : `${series.data.truncated ? 'the newest ' : ''}${formatQuantity(series.data.points.length, 'version')}, oldest first`}</span>
        <div className={styles.choice}>
          <MultiCombobox
            label="Numbers"
            mono
            placeholder="accuracy"
            options={options}
            values={columns.map(columnKey)}
            onValuesChange={(keys) => setChosen(keys.slice(0, mostCharts))}
          />
        </div>
      </div>
      <div className={styles.charts} tabIndex={0} role="region" aria-label="Numbers across versions">
        {columns.map((column, at) => (
          <MetricChart
            key={columnKey(column)}
            title={columnLabel(column)}
            origin={columnOrigin(column)}
            points={series.data === undefined || series.previous ? [] : pointsOf(series.data.points, at)}
            onOpen={({ point }) => navigate(placeOf.link({ registry: collection.registry, collection: collection.name, index: point.index }))}
          />
        ))}
      </div>
    </div>
  );
}
