import { useRef } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { useFieldControl } from './Field.tsx';
import type { Icon } from './icons.ts';
import styles from './Segmented.module.css';

export interface SegmentedOption<Value extends string> {
  readonly value: Value;
  /** Its words; its accessible name and tooltip when only the icon is shown. */
  readonly label: string;
  readonly icon?: Icon;
  /** Show the icon alone. */
  readonly iconOnly?: boolean;
  readonly disabled?: boolean;
  /** After the label: a count. */
  readonly trailing?: ReactNode;
}

export interface SegmentedProps<Value extends string> {
  /** Accessible name of the group; not needed inside a `Field`. */
  readonly label?: string;
  readonly options: ReadonlyArray<SegmentedOption<Value>>;
  readonly value: Value;
  readonly onValueChange: (value: Value) => void;
  readonly size?: 'normal' | 'small';
}

/** A few choices that exclude each other, all in sight. Arrow keys choose, as in a radio group. */
export function Segmented<Value extends string>({ label, options, value, onValueChange, size = 'normal' }: SegmentedProps<Value>) {
  const field = useFieldControl();
  const group = useRef<HTMLDivElement>(null);
  const usable = options.filter((option) => option.disabled !== true);

  const moveBy = (step: number) => {
    const current = usable.findIndex((option) => option.value === value);
    const next = usable[(current + step + usable.length) % usable.length];
    if (next === undefined) return;
    onValueChange(next.value);
    group.current?.querySelector<HTMLElement>(`[data-value="${CSS.escape(next.value)}"]`)?.focus();
  };

  const handleKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowRight' || event.key === 'ArrowDown') moveBy(1);
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowUp') moveBy(-1);
    else return;
    event.preventDefault();
  };

  return (
    <div
      ref={group}
      role="radiogroup"
      aria-label={label}
      aria-labelledby={label === undefined ? field?.labelId : undefined}
      aria-describedby={field?.describedBy}
      className={classNames(styles.group, size === 'small' && styles.small)}
    >
      {options.map(({ value: optionValue, label: optionLabel, icon: ShownIcon, iconOnly = false, disabled = false, trailing }) => (
        <button
          key={optionValue}
          type="button"
          role="radio"
          aria-checked={optionValue === value}
          aria-label={iconOnly ? optionLabel : undefined}
          title={iconOnly ? optionLabel : undefined}
          data-value={optionValue}
          disabled={disabled}
          tabIndex={optionValue === value || (usable[0]?.value === optionValue && !usable.some((option) => option.value === value)) ? 0 : -1}
          className={classNames(styles.segment, iconOnly && styles.iconOnly)}
          onClick={() => onValueChange(optionValue)}
          onKeyDown={handleKeyDown}
        >
          {ShownIcon !== undefined && <ShownIcon aria-hidden />}
          {!iconOnly && optionLabel}
          {trailing}
        </button>
      ))}
    </div>
  );
}
