import type { ComponentPropsWithRef, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { useControlProps } from './Field.tsx';
import type { Icon } from './icons.ts';
import styles from './Input.module.css';

export interface InputProps extends Omit<ComponentPropsWithRef<'input'>, 'size' | 'onChange'> {
  readonly size?: 'normal' | 'small';
  /** Stands at the start: a magnifier for search. */
  readonly icon?: Icon;
  /** Stands at the end, inside the frame: a unit, a key, a clearing button. */
  readonly trailing?: ReactNode;
  /** For names, aliases, digests and paths. */
  readonly mono?: boolean;
  readonly invalid?: boolean;
  readonly onValueChange?: (value: string) => void;
  readonly onChange?: ComponentPropsWithRef<'input'>['onChange'];
}

/** A one-line text field. Spelling help is off: what is written here are names. */
export function Input({
  size = 'normal',
  icon: LeadingIcon,
  trailing,
  mono = false,
  invalid,
  onValueChange,
  onChange,
  className,
  disabled,
  id,
  ...rest
}: InputProps) {
  const control = useControlProps({ id, describedBy: rest['aria-describedby'], invalid });
  return (
    <div
      className={classNames(styles.box, size === 'small' && styles.small, className)}
      data-invalid={control['aria-invalid']}
      data-disabled={disabled || undefined}
    >
      {LeadingIcon !== undefined && <LeadingIcon aria-hidden />}
      <input
        type="text"
        spellCheck={false}
        autoComplete="off"
        {...rest}
        {...control}
        disabled={disabled}
        className={classNames(styles.input, mono && styles.mono)}
        onChange={(event) => {
          onChange?.(event);
          onValueChange?.(event.target.value);
        }}
      />
      {trailing}
    </div>
  );
}

export interface TextAreaProps extends Omit<ComponentPropsWithRef<'textarea'>, 'onChange'> {
  readonly mono?: boolean;
  readonly invalid?: boolean;
  /** Grows with its text instead of being dragged larger. */
  readonly grows?: boolean;
  readonly onValueChange?: (value: string) => void;
  readonly onChange?: ComponentPropsWithRef<'textarea'>['onChange'];
}

/** A text field of several lines. */
export function TextArea({ mono = false, invalid, grows = false, onValueChange, onChange, className, id, ...rest }: TextAreaProps) {
  const control = useControlProps({ id, describedBy: rest['aria-describedby'], invalid });
  return (
    <textarea
      {...rest}
      {...control}
      className={classNames(styles.area, mono && styles.mono, grows && styles.grows, className)}
      onChange={(event) => {
        onChange?.(event);
        onValueChange?.(event.target.value);
      }}
    />
  );
}
