import { Checkbox as Base } from '@base-ui/react/checkbox';
import { Switch as BaseSwitch } from '@base-ui/react/switch';
import { useId } from 'react';
import type { ReactNode, Ref } from 'react';
import { useControlProps, useFieldControl } from './Field.tsx';
import { Check, Minus } from './icons.ts';
import styles from './Checkbox.module.css';

interface ToggleProps {
  readonly checked?: boolean;
  readonly defaultChecked?: boolean;
  readonly onCheckedChange?: (checked: boolean) => void;
  readonly disabled?: boolean;
  /** Why it is disabled: its tooltip, and spoken as its description. */
  readonly disabledReason?: string;
  /** Words beside it. Without them give `aria-label`, or stand it in a `Field`. */
  readonly label?: ReactNode;
  /** A quiet second line. */
  readonly hint?: ReactNode;
  readonly 'aria-label'?: string;
  readonly ref?: Ref<HTMLElement>;
}

export interface CheckboxProps extends ToggleProps {
  /** Some of what it stands for is chosen, some isn't. */
  readonly indeterminate?: boolean;
}

/** A box to tick, with its words. */
export function Checkbox({ label, hint, onCheckedChange, indeterminate = false, disabledReason, ref, ...rest }: CheckboxProps) {
  const labelId = useId();
  const control = useControlProps({});
  const field = useFieldControl();
  const box = (
    <Base.Root
      {...rest}
      {...whyDisabled(rest.disabled, disabledReason)}
      {...(ref === undefined ? {} : { ref })}
      id={label === undefined ? control.id : undefined}
      aria-describedby={hint === undefined ? control['aria-describedby'] : `${labelId}hint`}
      aria-labelledby={namesOf(rest['aria-label'], label === undefined ? undefined : labelId, field?.labelId)}
      indeterminate={indeterminate}
      className={styles.box}
      onCheckedChange={(checked) => onCheckedChange?.(checked)}
    >
      <Base.Indicator className={styles.indicator}>{indeterminate ? <Minus aria-hidden /> : <Check aria-hidden />}</Base.Indicator>
    </Base.Root>
  );
  return label === undefined ? box : <Worded box={box} labelId={labelId} label={label} hint={hint} />;
}

export type SwitchProps = ToggleProps;

/** On or off, at once, with no saving afterwards. */
export function Switch({ label, hint, onCheckedChange, disabledReason, ref, ...rest }: SwitchProps) {
  const labelId = useId();
  const control = useControlProps({});
  const field = useFieldControl();
  const track = (
    <BaseSwitch.Root
      {...rest}
      {...whyDisabled(rest.disabled, disabledReason)}
      {...(ref === undefined ? {} : { ref })}
      id={label === undefined ? control.id : undefined}
      aria-describedby={hint === undefined ? control['aria-describedby'] : `${labelId}hint`}
      aria-labelledby={namesOf(rest['aria-label'], label === undefined ? undefined : labelId, field?.labelId)}
      className={styles.track}
      onCheckedChange={(checked) => onCheckedChange?.(checked)}
    >
      <BaseSwitch.Thumb className={styles.thumb} />
    </BaseSwitch.Root>
  );
  return label === undefined ? track : <Worded box={track} labelId={labelId} label={label} hint={hint} />;
}

/** A disabled box takes no focus: the words are shown to whoever points at it, and read with it. */
function whyDisabled(disabled: boolean | undefined, reason: string | undefined): Readonly<Record<string, string>> {
  return disabled === true && reason !== undefined ? { title: reason, 'aria-description': reason } : {};
}

/** The field’s label says what is switched, the words beside it how it stands: both are the name. */
function namesOf(own: string | undefined, labelId: string | undefined, fieldId: string | undefined): string | undefined {
  if (labelId === undefined) return own === undefined ? fieldId : undefined;
  return fieldId === undefined ? labelId : `${fieldId} ${labelId}`;
}

function Worded({ box, labelId, label, hint }: { readonly box: ReactNode; readonly labelId: string; readonly label: ReactNode; readonly hint: ReactNode }) {
  return (
    <label className={styles.row}>
      {box}
      <span className={styles.words}>
        <span id={labelId}>{label}</span>
        {hint !== undefined && (
          <span id={`${labelId}hint`} className={styles.hint}>
            {hint}
          </span>
        )}
      </span>
    </label>
  );
}
