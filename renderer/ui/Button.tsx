import type { ComponentPropsWithRef, MouseEvent } from 'react';
import { classNames } from './class-names.ts';
import type { Icon } from './icons.ts';
import { LoaderCircle } from './icons.ts';
import { Tooltip } from './Tooltip.tsx';
import styles from './Button.module.css';

export type ButtonVariant = 'normal' | 'primary' | 'danger' | 'quiet' | 'link';

export interface ButtonProps extends Omit<ComponentPropsWithRef<'button'>, 'disabled'> {
  readonly variant?: ButtonVariant;
  readonly size?: 'normal' | 'small';
  /** Stands before the label. */
  readonly icon?: Icon;
  /** Stands after the label: a chevron for a menu. */
  readonly trailingIcon?: Icon;
  /** While true the button shows that it works, keeps its width and takes no clicks. */
  readonly busy?: boolean;
  /** A disabled button stays focusable, so that its reason can be read. */
  readonly disabled?: boolean;
  /** Why it is disabled: shown as its tooltip, spoken as its description. */
  readonly disabledReason?: string;
  /** A keys expression, shown in the tooltip. */
  readonly keys?: string;
  /** Tooltip of an enabled button whose label isn't enough. */
  readonly tooltip?: string;
}

/** A button. `type` is `button` unless said otherwise. */
export function Button({
  variant = 'normal',
  size = 'normal',
  icon: LeadingIcon,
  trailingIcon: TrailingIcon,
  busy = false,
  disabled = false,
  disabledReason,
  keys,
  tooltip,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const inert = disabled || busy;
  const explanation = disabled ? disabledReason : tooltip;
  const button = (
    <button
      type="button"
      {...rest}
      className={classNames(styles.button, size === 'small' && styles.small, variant !== 'normal' && styles[variant], className)}
      aria-disabled={inert || undefined}
      aria-busy={busy || undefined}
      {...description(disabled ? disabledReason : rest['aria-description'])}
      onClick={(event: MouseEvent<HTMLButtonElement>) => {
        if (inert) {
          event.preventDefault();
          event.stopPropagation();
          return;
        }
        onClick?.(event);
      }}
    >
      {busy ? <LoaderCircle className={styles.spinner} aria-hidden /> : LeadingIcon !== undefined && <LeadingIcon aria-hidden />}
      {children}
      {TrailingIcon !== undefined && <TrailingIcon aria-hidden />}
    </button>
  );
  if (explanation === undefined && keys === undefined) return button;
  return (
    <Tooltip label={explanation ?? children} {...(keys === undefined ? {} : { keys })}>
      {button}
    </Tooltip>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'icon' | 'trailingIcon' | 'children' | 'tooltip'> {
  readonly icon: Icon;
  /** Its accessible name, and its tooltip. */
  readonly label: string;
  readonly tooltipSide?: 'top' | 'bottom' | 'left' | 'right';
}

/** A button that shows only an icon. Quiet unless said otherwise; its label is its name and its tooltip. */
export function IconButton({
  icon: ShownIcon,
  label,
  variant = 'quiet',
  size = 'normal',
  busy = false,
  disabled = false,
  disabledReason,
  keys,
  tooltipSide = 'bottom',
  className,
  onClick,
  ...rest
}: IconButtonProps) {
  const inert = disabled || busy;
  return (
    <Tooltip label={disabled && disabledReason !== undefined ? disabledReason : label} side={tooltipSide} {...(keys === undefined ? {} : { keys })}>
      <button
        type="button"
        {...rest}
        className={classNames(styles.button, styles.icon, size === 'small' && styles.small, variant !== 'normal' && styles[variant], className)}
        aria-label={label}
        aria-disabled={inert || undefined}
        aria-busy={busy || undefined}
        {...description(disabled ? disabledReason : rest['aria-description'])}
        onClick={(event: MouseEvent<HTMLButtonElement>) => {
          if (inert) {
            event.preventDefault();
            event.stopPropagation();
            return;
          }
          onClick?.(event);
        }}
      >
        {busy ? <LoaderCircle className={styles.spinner} aria-hidden /> : <ShownIcon aria-hidden />}
      </button>
    </Tooltip>
  );
}

/** `aria-description` where there is one: younger than most lists of attributes, and spoken by every screen reader in use. */
function description(words: string | undefined): Readonly<Record<string, string>> {
  return words === undefined ? {} : { 'aria-description': words };
}
