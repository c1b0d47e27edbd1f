import { HUE_COUNT, HUE_NAMES, hueStyle, Popover } from '../../../ui/index.ts';
import styles from './Lifecycle.module.css';

/** A hue, chosen from the twelve that there are. */
export function HuePicker({ label, value, onValueChange }: { readonly label: string; readonly value: number; readonly onValueChange: (hue: number) => void }) {
  return (
    <Popover label={label} trigger={<button type="button" className={styles.hue} style={hueStyle(value)} aria-label={label} />}>
      <div className={styles.hues} role="radiogroup" aria-label={label}>
        {Array.from({ length: HUE_COUNT }, (_, hue) => (
          <button key={hue} type="button" role="radio" aria-checked={hue === value} aria-label={HUE_NAMES[hue]} className={styles.hue} style={hueStyle(hue)} onClick={() => onValueChange(hue)} />
        ))}
      </div>
    </Popover>
  );
}
