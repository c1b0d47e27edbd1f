import { classNames } from './class-names.ts';
import { X } from './icons.ts';
import styles from './chips.module.css';

export interface TagChipProps {
  readonly tag: string;
  readonly onPress?: () => void;
  readonly onRemove?: () => void;
}

/** A tag: words people sort by. Pressing it usually filters. */
export function TagChip({ tag, onPress, onRemove }: TagChipProps) {
  const name = <span className={styles.name}>{tag}</span>;
  return (
    <span className={classNames(styles.chip, styles.tag, onPress !== undefined && styles.pressable)} title={tag.length > 24 ? tag : undefined}>
      {onPress === undefined ? (
        name
      ) : (
        <button type="button" className={styles.name} onClick={onPress}>
          {tag}
        </button>
      )}
      {onRemove !== undefined && (
        <button type="button" className={styles.remove} aria-label={`Remove tag ${tag}`} onClick={onRemove}>
          <X aria-hidden />
        </button>
      )}
    </span>
  );
}
