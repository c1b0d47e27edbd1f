import type { DragEvent, HTMLAttributes, KeyboardEvent, MouseEvent, Ref } from 'react';
import { classNames } from './class-names.ts';
import { Lock, X } from './icons.ts';
import styles from './chips.module.css';

/** Whether an alias is given by the catalog itself (`latest`, `v0`, `v1` …) rather than chosen by a person. */
export function isSystemAlias(alias: string): boolean {
  return alias === 'latest' || /^v\d+$/u.test(alias);
}

export interface AliasChipProps extends Omit<HTMLAttributes<HTMLSpanElement>, 'children' | 'onClick' | 'onDragStart' | 'onDragEnd'> {
  readonly alias: string;
  /** Protected: drawn with a lock, named so for screen readers. */
  readonly isProtected?: boolean;
  /** Pressing the chip: opens its timeline or a menu. Makes it a button. */
  readonly onPress?: () => void;
  /** Shows the small cross; Delete or Backspace on the focused chip does the same. */
  readonly onRemove?: () => void;
  /** Given, the chip can be dragged. */
  readonly onDragStart?: (event: DragEvent<HTMLSpanElement>) => void;
  readonly onDragEnd?: (event: DragEvent<HTMLSpanElement>) => void;
  /** While it is on its way. */
  readonly dragging?: boolean;
  readonly ref?: Ref<HTMLSpanElement>;
}

/** An alias: a pill in mono. Protected ones carry a lock; `latest` and `vN` are quieter than those a person chose. */
export function AliasChip({
  alias,
  isProtected = false,
  onPress,
  onRemove,
  onDragStart,
  onDragEnd,
  dragging = false,
  className,
  onKeyDown,
  ...rest
}: AliasChipProps) {
  const interactive = onPress !== undefined || onRemove !== undefined || onDragStart !== undefined;
  const handleKeyDown = (event: KeyboardEvent<HTMLSpanElement>) => {
    onKeyDown?.(event);
    if (event.defaultPrevented || event.target !== event.currentTarget) return;
    if (onPress !== undefined && (event.key === 'Enter' || event.key === ' ')) onPress();
    else if (onRemove !== undefined && (event.key === 'Delete' || event.key === 'Backspace')) onRemove();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- it has a role whenever there is something to do with it
    <span
      tabIndex={interactive ? 0 : undefined}
      role={onPress !== undefined ? 'button' : interactive ? 'group' : undefined}
      aria-label={interactive ? (isProtected ? `Protected alias ${alias}` : `Alias ${alias}`) : undefined}
      {...rest}
      data-alias={alias}
      aria-keyshortcuts={onRemove === undefined ? undefined : 'Delete'}
      title={alias.length > 24 ? alias : undefined}
      draggable={onDragStart !== undefined || undefined}
      className={classNames(
        styles.chip,
        styles.alias,
        isSystemAlias(alias) && styles.aliasQuiet,
        isProtected && styles.protected,
        dragging && styles.dragging,
        onPress !== undefined && styles.pressable,
        className,
      )}
      onClick={onPress}
      onDragStart={onDragStart}
      onDragEnd={onDragEnd}
      onKeyDown={interactive ? handleKeyDown : onKeyDown}
    >
      {isProtected && <Lock role="img" aria-label="Protected" aria-hidden={false} />}
      <span className={styles.name}>{alias}</span>
      {onRemove !== undefined && <RemoveCross alias={alias} onRemove={onRemove} insideButton={onPress !== undefined} />}
    </span>
  );
}

/** A button can't hold a button: inside one the cross is for the pointer alone, and the chip's own Delete key is its twin. */
function RemoveCross({ alias, onRemove, insideButton }: { readonly alias: string; readonly onRemove: () => void; readonly insideButton: boolean }) {
  const remove = (event: MouseEvent) => {
    event.stopPropagation();
    onRemove();
  };
  if (insideButton) {
    return (
      <span className={styles.remove} data-remove="" data-own-events="" aria-hidden onClick={remove}>
        <X />
      </span>
    );
  }
  return (
    <button type="button" tabIndex={-1} className={styles.remove} data-remove="" aria-label={`Remove alias ${alias}`} onClick={remove}>
      <X aria-hidden />
    </button>
  );
}

export interface AliasChipsProps {
  readonly aliases: readonly string[];
  readonly isProtected?: (alias: string) => boolean;
  /** How many are drawn before "+3"; the rest stand in its tooltip. */
  readonly most?: number;
  readonly wrap?: boolean;
}

/** The more somebody meant by an alias, the further in front. */
const rank = (alias: string, isProtected: AliasChipsProps['isProtected']): number => (isProtected?.(alias) === true ? 0 : isSystemAlias(alias) ? 2 : 1);

/** Aliases in a table cell or on a card: protected ones first, then those a person chose, the rest behind a count. */
export function AliasChips({ aliases, isProtected, most = 3, wrap = false }: AliasChipsProps) {
  const ordered = [...aliases].sort((one, other) => rank(one, isProtected) - rank(other, isProtected));
  const shown = ordered.length === most + 1 ? ordered : ordered.slice(0, most);
  const hidden = ordered.slice(shown.length);
  return (
    <span className={classNames(styles.group, wrap && styles.wrap)} title={wrap || ordered.length === 0 ? undefined : ordered.join(', ')}>
      {shown.map((alias, index) => (
        // By place, not by name: a row that shows another version keeps its chips' elements.
        <AliasChip key={index} alias={alias} isProtected={isProtected?.(alias) ?? false} />
      ))}
      {hidden.length > 0 && (
        <span className={styles.more} title={hidden.join(', ')}>
          +{hidden.length}
        </span>
      )}
    </span>
  );
}
