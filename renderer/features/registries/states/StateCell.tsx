import { useRef } from 'react';
import type { Lifecycle, LinkSummary } from '#shared/contract/index.ts';
import { classNames } from '../../../ui/index.ts';
import { StateChip } from './StateChip.tsx';
import { openStateMenu, stateHue } from './states.ts';
import styles from './States.module.css';

/** The state of a link; pressed, it offers the ways that lead on. */
export function StateCell({ link, lifecycle, editable }: { readonly link: Pick<LinkSummary, 'id' | 'index' | 'collection' | 'state'>; readonly lifecycle: Lifecycle | null; readonly editable: boolean }) {
  const button = useRef<HTMLButtonElement>(null);
  const { state } = link;
  if (state === null) return null;
  const chip = <StateChip state={state} hue={stateHue(lifecycle, state)} />;
  if (!editable) return chip;
  return (
    <button
      ref={button}
      type="button"
      className={classNames(styles.press)}
      aria-haspopup="menu"
      aria-label={`State ${state} of v${link.index}`}
      onPointerDown={(event) => event.stopPropagation()}
      onClick={() => {
        const box = button.current?.getBoundingClientRect();
        void openStateMenu([{ id: link.id, label: `${link.collection} v${link.index}`, state }], { x: box?.left ?? 0, y: box?.bottom ?? 0 });
      }}
    >
      {chip}
    </button>
  );
}
