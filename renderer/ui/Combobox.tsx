import { Combobox as Base } from '@base-ui/react/combobox';
import { useMemo, useState } from 'react';
import type { KeyboardEvent, ReactNode, Ref } from 'react';
import { classNames } from './class-names.ts';
import { useControlProps, useFieldControl } from './Field.tsx';
import { Check, ChevronsUpDown, Plus, X } from './icons.ts';
import styles from './Select.module.css';

export interface ComboboxOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly leading?: ReactNode;
  readonly detail?: string;
  readonly disabled?: boolean;
  /** Chosen, and no answer to the query: it lends its chip a name, and stands in no list. */
  readonly unlisted?: boolean;
}

interface ComboboxCommonProps<Value extends string> {
  /** Accessible name; not needed inside a `Field`. */
  readonly label?: string;
  /** The options in sight. With `onQueryChange` they are the answer to the query; without it they are filtered here. */
  readonly options: ReadonlyArray<ComboboxOption<Value>>;
  readonly onQueryChange?: (query: string) => void;
  /** True while options for the query are on their way. */
  readonly loading?: boolean;
  readonly placeholder?: string;
  /** What stands in the list when nothing matches. */
  readonly emptyText?: string;
  readonly disabled?: boolean;
  /** Given, what is typed can be taken as new; returns why not, or undefined when it may be. */
  readonly onCreate?: (query: string) => void;
  readonly validateNew?: (query: string) => string | undefined;
  /** Names, aliases, digests and paths. */
  readonly mono?: boolean;
  readonly className?: string;
  readonly ref?: Ref<HTMLInputElement>;
}

export interface ComboboxProps<Value extends string> extends ComboboxCommonProps<Value> {
  readonly value: Value | null;
  readonly onValueChange: (value: Value | null) => void;
}

export interface MultiComboboxProps<Value extends string> extends ComboboxCommonProps<Value> {
  readonly values: readonly Value[];
  readonly onValuesChange: (values: Value[]) => void;
}

interface Entry {
  readonly value: string;
  readonly label: string;
  readonly option: ComboboxOption<string> | undefined;
}

const NEW = '\u0000new';

/** With its list closed, Escape is for the dialog around it: it must not clear what was chosen. */
function keepChoiceOnEscape(event: KeyboardEvent<HTMLInputElement> & { preventBaseUIHandler?: () => void }): void {
  if (event.key === 'Escape' && event.currentTarget.getAttribute('aria-expanded') !== 'true') event.preventBaseUIHandler?.();
}

function useEntries(options: ReadonlyArray<ComboboxOption<string>>, query: string, filterHere: boolean, creatable: boolean): readonly Entry[] {
  return useMemo(() => {
    const wanted = query.trim().toLowerCase();
    const entries: Entry[] = [];
    for (const option of options) {
      if (option.unlisted === true) continue;
      if (!filterHere || wanted === '' || option.label.toLowerCase().includes(wanted) || option.detail?.toLowerCase().includes(wanted) === true) {
        entries.push({ value: option.value, label: option.label, option });
      }
    }
    if (creatable && wanted !== '' && !options.some((option) => option.label.toLowerCase() === wanted)) {
      entries.push({ value: NEW, label: query.trim(), option: undefined });
    }
    return entries;
  }, [options, query, filterHere, creatable]);
}

/** One choice out of many, found by typing. Options may come from far away (`onQueryChange`, `loading`). */
export function Combobox<Value extends string>(props: ComboboxProps<Value>) {
  const { value, onValueChange, options, onQueryChange, onCreate, validateNew, disabled = false, placeholder, mono, className, label, ref } = props;
  const [query, setQuery] = useState('');
  const [typed, setTyped] = useState(false);
  const [known, setKnown] = useState<Entry | null>(null);
  const entries = useEntries(options, typed ? query : '', onQueryChange === undefined, onCreate !== undefined);
  const control = useControlProps({});
  const field = useFieldControl();
  const chosen = useMemo<Entry | null>(() => {
    if (value === null) return null;
    const option = options.find((candidate) => candidate.value === value);
    if (option !== undefined) return { value, label: option.label, option };
    return known?.value === value ? known : { value, label: value, option: undefined };
  }, [options, value, known]);

  return (
    <Base.Root<Entry>
      items={entries}
      filter={null}
      value={chosen}
      disabled={disabled}
      autoHighlight
      itemToStringLabel={(entry) => entry.label}
      isItemEqualToValue={(one, other) => one.value === other.value}
      onInputValueChange={(next, details) => {
        const fromTyping = details.reason === 'input-change' || details.reason === 'input-clear';
        setQuery(next);
        setTyped(fromTyping && next !== '');
        if (fromTyping) onQueryChange?.(next);
      }}
      onOpenChange={(open) => {
        if (!open) setTyped(false);
      }}
      onValueChange={(entry) => {
        if (entry === null) onValueChange(null);
        else if (entry.value === NEW) {
          if (validateNew?.(entry.label) === undefined) onCreate?.(entry.label);
        } else {
          setKnown(entry);
          onValueChange(entry.value as Value);
        }
      }}
    >
      <div className={classNames(styles.inputRow, className)} data-invalid={control['aria-invalid']}>
        <Base.Input
          {...(ref === undefined ? {} : { ref })}
          {...control}
          aria-label={label}
          aria-labelledby={label === undefined ? field?.labelId : undefined}
          placeholder={placeholder}
          spellCheck={false}
          onKeyDown={keepChoiceOnEscape}
          className={classNames(styles.input, mono && styles.mono)}
        />
        <Base.Trigger className={styles.open} aria-label="Show the choices">
          <ChevronsUpDown aria-hidden />
        </Base.Trigger>
      </div>
      <Choices {...props} />
    </Base.Root>
  );
}

/** Several choices out of many; the chosen stand as chips before the text, Backspace takes the last away. */
export function MultiCombobox<Value extends string>(props: MultiComboboxProps<Value>) {
  const {
    values,
    onValuesChange,
    options,
    onQueryChange,
    onCreate,
    validateNew,
    disabled = false,
    placeholder,
    mono,

    className,
    label,
    ref,
  } = props;
  const [query, setQuery] = useState('');
  const entries = useEntries(options, query, onQueryChange === undefined, onCreate !== undefined);
  const control = useControlProps({});
  const field = useFieldControl();
  const chosen = useMemo<Entry[]>(
    () => values.map((value) => ({ value, label: options.find((option) => option.value === value)?.label ?? value, option: undefined })),
    [values, options],
  );
  return (
    <Base.Root<Entry, true>
      multiple
      items={entries}
      filter={null}
      value={chosen}
      disabled={disabled}
      autoHighlight
      itemToStringLabel={(entry) => entry.label}
      isItemEqualToValue={(one, other) => one.value === other.value}
      inputValue={query}
      onInputValueChange={(next) => {
        setQuery(next);
        onQueryChange?.(next);
      }}
      onValueChange={(next) => {
        const created = next.find((entry) => entry.value === NEW);
        if (created === undefined) onValuesChange(next.map((entry) => entry.value as Value));
        else if (validateNew?.(created.label) === undefined) onCreate?.(created.label);
        setQuery('');
        onQueryChange?.('');
      }}
    >
      <Base.Chips className={classNames(styles.inputRow, className)} data-invalid={control['aria-invalid']}>
        {chosen.map((entry) => (
          <Base.Chip key={entry.value} className={styles.chip} aria-label={entry.label}>
            {entry.label}
            <Base.ChipRemove className={styles.chipRemove} aria-label={`Remove ${entry.label}`}>
              <X aria-hidden />
            </Base.ChipRemove>
          </Base.Chip>
        ))}
        <Base.Input
          {...(ref === undefined ? {} : { ref })}
          {...control}
          aria-label={label}
          aria-labelledby={label === undefined ? field?.labelId : undefined}
          placeholder={chosen.length === 0 ? placeholder : undefined}
          spellCheck={false}
          onKeyDown={keepChoiceOnEscape}
          className={classNames(styles.input, mono && styles.mono)}
        />
      </Base.Chips>
      <Choices {...props} />
    </Base.Root>
  );
}

function Choices<Value extends string>({ loading = false, emptyText = 'Nothing matches', validateNew }: ComboboxCommonProps<Value>) {
  return (
    <Base.Portal>
      <Base.Positioner className={styles.positioner} sideOffset={4} collisionPadding={8}>
        <Base.Popup className={styles.popup}>
          <Base.Status className={styles.status}>{loading ? 'Searching…' : null}</Base.Status>
          <Base.Empty className={styles.empty}>{loading ? null : emptyText}</Base.Empty>
          <Base.List>
            {(entry: Entry) => {
              const objection = entry.value === NEW ? validateNew?.(entry.label) : undefined;
              return (
                <Base.Item key={entry.value} value={entry} className={styles.item} disabled={objection !== undefined || entry.option?.disabled === true}>
                  {entry.value === NEW ? (
                    <span className={styles.check}>
                      <Plus aria-hidden />
                    </span>
                  ) : (
                    <Base.ItemIndicator className={styles.check}>
                      <Check aria-hidden />
                    </Base.ItemIndicator>
                  )}
                  <span className={styles.words}>
                    <span className={styles.itemLabel}>
                      {entry.option?.leading}
                      {entry.value === NEW ? `Create “${entry.label}”` : entry.label}
                    </span>
                    {(objection ?? entry.option?.detail) !== undefined && <span className={styles.detail}>{objection ?? entry.option?.detail}</span>}
                  </span>
                </Base.Item>
              );
            }}
          </Base.List>
        </Base.Popup>
      </Base.Positioner>
    </Base.Portal>
  );
}
