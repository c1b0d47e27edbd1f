import type { RunState, RunSummary } from '#shared/contract/index.ts';
import { PlaceLink, placeOf } from '../../../app/routes/index.ts';
import { StatusDot, type Tone } from '../../../ui/index.ts';
import styles from '../tabs/tabs.module.css';

export const runTones: Readonly<Record<RunState, Tone>> = { running: 'accent', finished: 'good', failed: 'danger', crashed: 'danger', killed: 'caution' };

/** A run by its name, with the dot of its state. */
export function RunLink({ run }: { readonly run: RunSummary }) {
  return (
    <PlaceLink to={placeOf.run(run)} className={styles.rowName}>
      <StatusDot tone={runTones[run.state]} label={run.state} wordless busy={run.state === 'running'} />
      <span>{run.displayName}</span>
    </PlaceLink>
  );
}
