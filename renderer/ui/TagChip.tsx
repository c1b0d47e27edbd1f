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

export interface TagChipsProps {
  readonly tags: readonly string[];
  /** How many are drawn before "+3"; all stand in the tooltip. */
  readonly most?: number;
}

/** Tags in a table cell: the first of them, the rest behind a count. */
export function TagChips({ tags, most = 2 }: TagChipsProps) {
  const hidden = tags.slice(most);
  return (
    <span className={styles.group} title={tags.length === 0 ? undefined : tags.join(', ')}>
      {tags.slice(0, most).map((tag, index) => (
        // By place, not by name: a row that shows another thing keeps its chips' elements.
        <TagChip key={index} tag={tag} />
      ))}
      {hidden.length > 0 && (
        <span className={styles.more}>+{hidden.length}</span>
      )}
    </span>
  );
}
