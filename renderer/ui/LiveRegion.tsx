import { useEffect, useState } from 'react';
import { listenToAnnouncements } from './announce.ts';
import type { Urgency } from './announce.ts';
import styles from './VisuallyHidden.module.css';

interface Spoken {
  readonly text: string;
  readonly count: number;
}

const SILENCE: Spoken = { text: '', count: 0 };

/** The two live regions that `announce()` speaks through. Mounted once, by `UiProvider`. */
export function LiveRegion() {
  const [spoken, setSpoken] = useState<Readonly<Record<Urgency, Spoken>>>({ polite: SILENCE, assertive: SILENCE });

  useEffect(
    () =>
      listenToAnnouncements(({ text, urgency }) => {
        setSpoken((before) => ({ ...before, [urgency]: { text, count: before[urgency].count + 1 } }));
      }),
    [],
  );

  return (
    <>
      <div className={styles.hidden} role="status" aria-live="polite" aria-atomic="true" data-live="polite">
        {sayAgain(spoken.polite)}
      </div>
      <div className={styles.hidden} role="alert" aria-live="assertive" aria-atomic="true" data-live="assertive">
        {sayAgain(spoken.assertive)}
      </div>
    </>
  );
}

/** The same sentence twice in a row must still be a change to be spoken: every second time it ends in a no-break space. */
function sayAgain({ text, count }: Spoken): string {
  return count % 2 === 0 ? text : `${text}\u00a0`;
}
