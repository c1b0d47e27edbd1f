import { Select as Base } from '@base-ui/react/select';
import type { ReactNode, Ref } from 'react';
import { classNames } from './class-names.ts';
import { useControlProps, useFieldControl } from './Field.tsx';
import { Check, ChevronDown } from './icons.ts';
import styles from './Select.module.css';

export interface SelectOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** Before the label: an icon or a glyph. */
  readonly leading?: ReactNode;
  /** A quiet second line in the list. */
  readonly detail?: string;
  readonly disabled?: boolean;
}

export interface SelectProps<Value extends string> {
  /** Accessible name; not needed inside a `Field`. */
  readonly label?: string;
  readonly options: ReadonlyArray<SelectOption<Value>>;
  readonly value: Value | null;
  readonly onValueChange: (value: Value) => void;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  /** Why it is disabled: its tooltip, and spoken as its description. */
  readonly disabledReason?: string;
  readonly size?: 'normal' | 'small';
  /** Without a frame: in toolbars. */
  readonly quiet?: boolean;
  readonly className?: string;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** One choice out of a list that is known and short. For long lists take `Combobox`. */
export function Select<Value extends string>({
  label,
  options,
  value,
  onValueChange,
  placeholder = 'Choose…',
  disabled = false,
  disabledReason,
  size = 'normal',
  quiet = false,
  className,
  ref,
}: SelectProps<Value>) {
  const control = useControlProps({});
  const field = useFieldControl();
  const chosen = options.find((option) => option.value === value);
  return (
    <Base.Root
      value={value}
      disabled={disabled}
      modal={false}
      items={options.map(({ value: optionValue, label: optionLabel }) => ({ value: optionValue, label: optionLabel }))}
      onValueChange={(next) => {
        if (next !== null) onValueChange(next);
      }}
    >
      <Base.Trigger
        {...(ref === undefined ? {} : { ref })}
        {...control}
        {...(disabled && disabledReason !== undefined ? { title: disabledReason, 'aria-description': disabledReason } : {})}
        aria-label={label}
        aria-labelledby={label === undefined ? field?.labelId : undefined}
        className={classNames(styles.trigger, size === 'small' && styles.small, quiet && styles.quiet, className)}
      >
        <span className={styles.value} data-placeholder={chosen === undefined || undefined}>
          {chosen?.leading}
          <Base.Value>{() => chosen?.label ?? placeholder}</Base.Value>
        </span>
        <Base.Icon>
          <ChevronDown aria-hidden />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className={styles.positioner} sideOffset={4} alignItemWithTrigger={false} collisionPadding={8}>
          <Base.Popup className={styles.popup}>
            {options.map((option) => (
              <Base.Item
                key={option.value}
                value={option.value}
                {...(option.disabled === undefined ? {} : { disabled: option.disabled })}
                className={styles.item}
              >
                <Base.ItemIndicator className={styles.check}>
                  <Check aria-hidden />
                </Base.ItemIndicator>
                <span className={styles.words}>
                  <span className={styles.itemLabel}>
                    {option.leading}
                    <Base.ItemText>{option.label}</Base.ItemText>
                  </span>
                  {option.detail !== undefined && <span className={styles.detail}>{option.detail}</span>}
                </span>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
