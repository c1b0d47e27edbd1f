import { hueStyle } from '../../../ui/index.ts';
import { stateHue } from './states.ts';
import styles from './States.module.css';

/** A lifecycle state: a dot in its hue and its name. */
export function StateChip({ state, hue }: { readonly state: string; readonly hue?: number }) {
  return (
    <span className={styles.chip} style={hueStyle(hue ?? stateHue(null, state))}>
      <span className={styles.dot} aria-hidden />
      <span className={styles.name}>{state}</span>
    </span>
  );
}
