import styles from './Charts.module.css';

/** A piece of a line as the chart draws it: its colour and its dashes. */
export function Swatch({ color, dash }: { readonly color: string; readonly dash: readonly number[] }) {
  return (
    <svg className={styles.swatch} width={22} height={4} viewBox="0 0 22 4" aria-hidden>
      <line x1={0} x2={22} y1={2} y2={2} strokeWidth={3} style={{ stroke: color }} strokeDasharray={dash.join(' ')} />
    </svg>
  );
}
