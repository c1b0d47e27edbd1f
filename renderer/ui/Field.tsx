import { createContext, use, useId, useMemo } from 'react';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { CircleAlert } from './icons.ts';
import styles from './Field.module.css';

interface FieldControl {
  readonly id: string;
  readonly labelId: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
}

const FieldContext = createContext<FieldControl | undefined>(undefined);

/** The ids a control inside a `Field` wires itself with; undefined outside. */
export function useFieldControl(): FieldControl | undefined {
  return use(FieldContext);
}

/** The ARIA properties of a control: its own win over those of the field around it. */
export function useControlProps(own: { readonly id?: string | undefined; readonly describedBy?: string | undefined; readonly invalid?: boolean | undefined }) {
  const field = useFieldControl();
  const invalid = own.invalid ?? field?.invalid ?? false;
  return {
    id: own.id ?? field?.id,
    'aria-describedby': [own.describedBy, field?.describedBy].filter(Boolean).join(' ') || undefined,
    'aria-invalid': invalid || undefined,
  };
}

export interface FieldProps {
  readonly label: ReactNode;
  /** Says what to write; stays while there is an error. */
  readonly hint?: ReactNode;
  /** What is wrong and how to put it right. */
  readonly error?: ReactNode;
  /** Shown quietly beside the label. */
  readonly optional?: boolean;
  /** Label at the left, control at the right: for settings. */
  readonly layout?: 'stacked' | 'inline';
  readonly className?: string;
  /** One control of this library; it takes its id and descriptions from here. */
  readonly children: ReactNode;
}

/** A labelled control with its hint and its error. */
export function Field({ label, hint, error, optional = false, layout = 'stacked', className, children }: FieldProps) {
  const id = useId();
  const hasHint = hint !== undefined && hint !== null;
  const hasError = error !== undefined && error !== null && error !== '' && error !== false;
  const control = useMemo<FieldControl>(
    () => ({
      id: `${id}control`,
      labelId: `${id}label`,
      describedBy: [hasError ? `${id}error` : '', hasHint ? `${id}hint` : ''].filter(Boolean).join(' ') || undefined,
      invalid: hasError,
    }),
    [id, hasError, hasHint],
  );
  const hintLine = hasHint && (
    <div id={`${id}hint`} className={styles.hint}>
      {hint}
    </div>
  );
  return (
    <FieldContext value={control}>
      <div className={classNames(styles.field, layout === 'inline' && styles.inline, className)}>
        <div className={styles.head}>
          <label id={control.labelId} htmlFor={control.id} className={styles.label}>
            {label}
          </label>
          {optional && <span className={styles.optional}>Optional</span>}
          {layout === 'inline' && hintLine}
        </div>
        <div className={styles.body}>
          {children}
          {hasError && (
            <div id={`${id}error`} className={styles.error} role="alert">
              <CircleAlert aria-hidden />
              <span>{error}</span>
            </div>
          )}
          {layout === 'stacked' && hintLine}
        </div>
      </div>
    </FieldContext>
  );
}
