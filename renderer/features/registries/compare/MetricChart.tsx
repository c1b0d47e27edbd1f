import { useState, type KeyboardEvent, type PointerEvent } from 'react';
import { cellText } from '../table/tableColumns.ts';
import { aliasesOf, changeSince, domainOf, placeNames, type ChartPoint } from './series.ts';
import { useElementWidth } from './useElementWidth.ts';
import styles from './Compare.module.css';

const height = 148;
const inset = { top: 18, right: 14, bottom: 20, left: 52 } as const;
/** Points beyond which single ones are no longer marked. */
const mostMarked = 80;

export type MetricChartProps = {
  readonly title: string;
  readonly origin: string;
  /** Oldest first. */
  readonly points: readonly ChartPoint[];
  readonly onOpen: (point: ChartPoint) => void;
};

/** One number across the versions of a collection: the arrows go from version to version, Enter opens the one that is named. */
export function MetricChart({ title, origin, points, onOpen }: MetricChartProps) {
  const [width, box] = useElementWidth();
  const [at, setAt] = useState<number | null>(null);
  const [low, high] = domainOf(points);
  const inner = { width: Math.max(1, width - inset.left - inset.right), height: height - inset.top - inset.bottom };
  const x = (index: number): number => inset.left + (points.length < 2 ? inner.width / 2 : (index / (points.length - 1)) * inner.width);
  const y = (value: number): number => inset.top + inner.height - ((value - low) / (high - low)) * inner.height;
  const last = points.at(-1);
  const shown = (at === null ? last : points[Math.min(at, points.length - 1)]) ?? last;
  const shownAt = at ?? points.length - 1;
  const change = changeSince(points);

  const near = (event: PointerEvent<HTMLDivElement>): number => {
    const left = event.clientX - event.currentTarget.getBoundingClientRect().left - inset.left;
    return Math.min(points.length - 1, Math.max(0, Math.round((left / inner.width) * (points.length - 1))));
  };
  const press = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = { ArrowRight: shownAt + 1, ArrowUp: shownAt + 1, ArrowLeft: shownAt - 1, ArrowDown: shownAt - 1, Home: 0, End: points.length - 1 };
    const next = steps[event.key];
    if (next !== undefined) setAt(Math.min(points.length - 1, Math.max(0, next)));
    else if (event.key === 'Enter' && shown !== undefined) onOpen(shown);
    else return;
    event.preventDefault();
  };

  return (
    <section className={styles.chart} aria-label={`${title}, ${origin}`}>
      <header className={styles.chartHead}>
        <h2 className={styles.chartTitle} title={`${title}, ${origin}`}>
          {title}
        </h2>
        <span className={styles.origin}>{origin}</span>
        <span className={styles.reading}>
          {shown === undefined ? 'no number' : `v${shown.point.index} · ${cellText(shown.value)}`}
          {shown !== undefined && aliasesOf(shown.point).length > 0 && <span className={styles.alias}>{aliasesOf(shown.point).join(', ')}</span>}
        </span>
      </header>
      {points.length === 0 ? (
        <p className={styles.none}>No version has a number here.</p>
      ) : (
        <div
          ref={box}
          className={styles.plot}
          style={{ height }}
          role="slider"
          tabIndex={0}
          aria-label={`${title}, across versions`}
          aria-valuemin={0}
          aria-valuemax={points.length - 1}
          aria-valuenow={shownAt}
          aria-valuetext={shown === undefined ? '' : `v${shown.point.index}: ${cellText(shown.value)}${aliasesOf(shown.point).length === 0 ? '' : `, ${aliasesOf(shown.point).join(', ')}`}`}
          onKeyDown={press}
          onPointerMove={(event) => setAt(near(event))}
          onPointerLeave={() => setAt(null)}
          onClick={() => shown !== undefined && onOpen(shown)}
        >
          <svg width={width} height={height} aria-hidden>
            {[low + (high - low) * 0.1, (low + high) / 2, high - (high - low) * 0.1].map((value) => (
              <g key={value}>
                <line className={styles.grid} x1={inset.left} x2={width - inset.right} y1={y(value)} y2={y(value)} />
                <text className={styles.tick} x={inset.left - 6} y={y(value) + 4} textAnchor="end">
                  {cellText(Number(value.toPrecision(3)))}
                </text>
              </g>
            ))}
            <polyline className={styles.line} points={points.map((one, index) => `${x(index)},${y(one.value)}`).join(' ')} />
            {points.map((one, index) =>
              points.length <= mostMarked || aliasesOf(one.point).length > 0 ? (
                <circle key={one.point.linkId} className={aliasesOf(one.point).includes('production') ? styles.dotProduction : aliasesOf(one.point).length > 0 ? styles.dotNamed : styles.dot} cx={x(index)} cy={y(one.value)} r={aliasesOf(one.point).length > 0 ? 4.5 : 2.5} />
              ) : null,
            )}
            {placeNames(points, (index) => ({ x: x(index), y: y(points[index]?.value ?? 0) }), { width, height: height - inset.bottom }).map((name) => (
              <text key={name.index} className={styles.name} x={name.x} y={name.y} textAnchor={name.anchor}>
                {name.text}
              </text>
            ))}
            {shown !== undefined && at !== null && <line className={styles.cursor} x1={x(shownAt)} x2={x(shownAt)} y1={inset.top} y2={height - inset.bottom} />}
            {[0, points.length - 1].filter((index, position, all) => all.indexOf(index) === position).map((index) => (
              <text key={index} className={styles.tick} x={x(index)} y={height - 5} textAnchor={points.length === 1 ? 'middle' : index === 0 ? 'start' : 'end'}>
                v{points[index]?.point.index}
              </text>
            ))}
          </svg>
        </div>
      )}
      {change !== null && (
        <p className={styles.change}>
          newest against production (v{change.from.point.index}): {change.share > 0 ? '+' : ''}
          {(change.share * 100).toFixed(Math.abs(change.share) < 0.1 ? 2 : 1)} %
        </p>
      )}
    </section>
  );
}
