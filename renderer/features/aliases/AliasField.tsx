import { useId, useState, type KeyboardEvent, type Ref } from 'react';
import { aliasGuard, type AliasGuard } from '#shared/domain/aliasGuard.ts';
import { checkAlias } from '#shared/domain/names.ts';
import { latestAlias } from '#shared/domain/aliases.ts';
import { explainViolation } from '#shared/domain/violations.ts';
import { AliasChip, classNames } from '../../ui/index.ts';
import { useControlProps } from '../../ui/Field.tsx';
import { Check, Lock } from '../../ui/icons.ts';
import type { AliasSuggestion } from './moves.ts';
import styles from './AliasField.module.css';

export type AliasFieldProps = {
  readonly values: readonly string[];
  readonly onValuesChange: (values: readonly string[]) => void;
  readonly suggestions?: readonly AliasSuggestion[];
  /** What the registry protects, by name and by pattern: such aliases show a lock. */
  readonly guard?: AliasGuard;
  /** Why the one who types may not put what the guard protects; null where they may. */
  readonly guardedReason?: string | null;
  /** Tells the form whether what stands in the field can be used as it is. */
  readonly onProblem?: (problem: string | null) => void;
  /** Enter after the last alias: with all that stands there then. Without it Enter only adds. */
  readonly onEnter?: (values: readonly string[]) => void;
  /** Whether something is typed that is not an alias of the list yet. */
  readonly onPending?: (pending: boolean) => void;
  readonly label?: string;
  readonly autoFocus?: boolean;
  readonly ref?: Ref<HTMLInputElement>;
};

const nothingGuarded = aliasGuard([]);

/** As many as one act may put. */
const most = 100;

/** Why an alias can't be put, or null. */
export function aliasProblem(alias: string, suggestions: readonly AliasSuggestion[], guard: AliasGuard = nothingGuarded, guardedReason: string | null = null): string | null {
  if (alias === latestAlias) return '“latest” follows the most recent version by itself.';
  const checked = checkAlias(alias);
  if (!checked.ok) return explainViolation(checked.violation);
  const locked = suggestions.find((suggestion) => suggestion.alias === alias)?.lockedReason ?? null;
  return locked ?? (guard.has(alias) ? guardedReason : null);
}

/** Splits what was typed or pasted: aliases are parted by commas and line breaks (a blank may be part of one). */
export function splitAliases(text: string): readonly string[] {
  return [...new Set(text.split(/[,;\n\r\t]+/u).map((part) => part.trim()).filter((part) => part !== ''))];
}

/** Aliases as chips, added by typing (Enter or a comma), pasting or choosing; taken away by Backspace or their cross. */
export function AliasField({ values, onValuesChange, suggestions = [], guard = nothingGuarded, guardedReason = null, onProblem, onEnter, onPending, label, autoFocus = false, ref }: AliasFieldProps) {
  const [text, keepText] = useState('');
  const setText = (next: string): void => {
    keepText(next);
    onPending?.(next.trim() !== '');
  };
  const [problem, setProblem] = useState<string | null>(null);
  const id = useId();
  const control = useControlProps({ id: undefined, describedBy: problem === null ? undefined : `${id}problem`, invalid: problem === null ? undefined : true });

  const report = (next: string | null): void => {
    setProblem(next);
    onProblem?.(next);
  };

  const add = (parts: readonly string[]): readonly string[] | null => {
    const fresh = parts.filter((part) => !values.includes(part));
    if (values.length + fresh.length > most) {
      report(`One act can put at most ${most} aliases; this would be ${(values.length + fresh.length).toLocaleString('en-US')}.`);
      return null;
    }
    for (const part of fresh) {
      const reason = aliasProblem(part, suggestions, guard, guardedReason);
      if (reason !== null) {
        report(reason);
        return null;
      }
    }
    report(null);
    const all = [...values, ...fresh];
    if (fresh.length > 0) onValuesChange(all);
    return all;
  };

  const type = (next: string): void => {
    if (/[,;\n]/u.test(next)) {
      if (add(splitAliases(next)) !== null) setText('');
      else setText(next.slice(0, 4000));
      return;
    }
    setText(next);
    if (next.trim() === '') report(null);
    else report(aliasProblem(next.trim(), suggestions, guard, guardedReason));
  };

  const press = (event: KeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Enter' && (text.trim() !== '' || onEnter !== undefined)) {
      event.preventDefault();
      event.stopPropagation();
      const all = add(splitAliases(text));
      if (all === null) return;
      setText('');
      onEnter?.(all);
    } else if (event.key === 'Backspace' && text === '' && values.length > 0) onValuesChange(values.slice(0, -1));
  };

  return (
    <div className={styles.field}>
      <div className={styles.box} data-invalid={problem === null ? undefined : true}>
        {values.map((value) => (
          <AliasChip
            key={value}
            alias={value}
            isProtected={guard.has(value) || suggestions.some((suggestion) => suggestion.alias === value && suggestion.protected)}
            onRemove={() => onValuesChange(values.filter((other) => other !== value))}
          />
        ))}
        <input
          {...control}
          ref={ref}
          className={styles.input}
          aria-label={label}
          value={text}
          spellCheck={false}
          autoComplete="off"
          autoFocus={autoFocus}
          placeholder={values.length === 0 ? 'production, staging …' : ''}
          onChange={(event) => type(event.target.value)}
          onPaste={(event) => {
            const pasted = event.clipboardData.getData('text');
            if (!/[,;\n\r\t]/u.test(pasted)) return;
            event.preventDefault();
            if (add(splitAliases(text + pasted)) === null) setText((text + pasted).slice(0, 4000).replaceAll(/[\r\n\t]+/gu, ', '));
            else setText('');
          }}
          onBlur={() => {
            if (text.trim() !== '' && add(splitAliases(text)) !== null) setText('');
          }}
          onKeyDown={press}
        />
      </div>
      {problem !== null && (
        <div id={`${id}problem`} className={styles.problem} role="alert">
          {problem}
        </div>
      )}
      {suggestions.length > 0 && (
        <div className={styles.suggestions} role="group" aria-label="Aliases in use">
          {suggestions.map((suggestion) => {
            const chosen = values.includes(suggestion.alias);
            return (
              <button
                key={suggestion.alias}
                type="button"
                className={classNames(styles.suggestion, chosen && styles.chosen)}
                aria-pressed={chosen}
                aria-disabled={suggestion.lockedReason !== null || undefined}
                title={suggestion.lockedReason ?? undefined}
                onClick={() => {
                  if (suggestion.lockedReason !== null) return;
                  if (chosen) onValuesChange(values.filter((value) => value !== suggestion.alias));
                  else add([suggestion.alias]);
                }}
              >
                {chosen ? <Check aria-hidden /> : suggestion.protected ? <Lock role="img" aria-label="Protected" /> : null}
                <span className={styles.name}>{suggestion.alias}</span>
                {suggestion.standsOn !== null && <span className={styles.from}>{chosen ? `moves from v${suggestion.standsOn}` : `on v${suggestion.standsOn}`}</span>}
              </button>
            );
          })}
        </div>
      )}
    </div>
  );
}
