import { useRef, type KeyboardEvent, type ReactNode } from 'react';
import { classNames, Field, hueStyle, REGISTRY_GLYPHS } from '../../ui/index.ts';
import styles from './Registries.module.css';

/** In the order of the hues. */
const hueNames = ['red', 'orange', 'amber', 'olive', 'green', 'emerald', 'teal', 'cyan', 'blue', 'indigo', 'purple', 'pink'] as const;
const glyphs = Object.keys(REGISTRY_GLYPHS);
const hues = hueNames.map((_name, hue) => hue);

type Chosen = { readonly glyph: string; readonly hue: number };

/** What a registry is known by at a glance: an icon and a colour. Arrow keys choose, as in a radio group. */
export function MarkChoices({ glyph, hue, onGlyph, onHue }: Chosen & { readonly onGlyph: (glyph: string) => void; readonly onHue: (hue: number) => void }) {
  return (
    <>
      <Field label="Icon">
        <Choices
          label="Icon"
          className={styles.glyphs}
          values={glyphs}
          value={glyph}
          onChange={onGlyph}
          choice={(key) => {
            const Drawing = REGISTRY_GLYPHS[key];
            return { name: key, className: styles.glyphChoice, hue, face: Drawing === undefined ? null : <Drawing aria-hidden /> };
          }}
        />
      </Field>
      <Field label="Colour">
        <Choices label="Colour" className={styles.hues} values={hues} value={hue} onChange={onHue} choice={(one) => ({ name: hueNames[one] ?? String(one), className: styles.hue, hue: one, face: null })} />
      </Field>
    </>
  );
}

type ChoicesProps<Value> = {
  readonly label: string;
  readonly className: string | undefined;
  readonly values: readonly Value[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly choice: (value: Value) => { readonly name: string; readonly className: string | undefined; readonly hue: number; readonly face: ReactNode };
};

function Choices<Value extends string | number>({ label, className, values, value, onChange, choice }: ChoicesProps<Value>) {
  const group = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowRight' || event.key === 'ArrowDown' ? 1 : event.key === 'ArrowLeft' || event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = (values.indexOf(value) + step + values.length) % values.length;
    const next = values[at];
    if (next === undefined) return;
    onChange(next);
    (group.current?.children[at] as HTMLElement | undefined)?.focus();
  };
  // Something of another version of Vitrine: the first can be reached all the same.
  const reached = values.includes(value) ? value : values[0];
  return (
    // oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- the radios have the focus
    <div ref={group} className={className} role="radiogroup" aria-label={label} onKeyDown={move}>
      {values.map((one) => {
        const { name, className: choiceClass, hue, face } = choice(one);
        return (
          <button key={one} type="button" role="radio" aria-checked={one === value} aria-label={name} title={name} tabIndex={one === reached ? 0 : -1} className={classNames(choiceClass, one === value && styles.chosen)} style={hueStyle(hue)} onClick={() => onChange(one)}>
            {face}
          </button>
        );
      })}
    </div>
  );
}
