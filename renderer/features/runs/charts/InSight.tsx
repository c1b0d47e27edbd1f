import { Activity, startTransition, useEffect, useRef, useState, type ReactNode } from 'react';
import { flushSync } from 'react-dom';
import { inOneOfTheNextFrames } from './frames.ts';
import styles from './Charts.module.css';

/** Drawn and kept up to date; kept as it was, without asking for anything; nothing. */
type Presence = 'here' | 'asleep' | 'away';

/** Pixels above and below what is in sight: as much as a quick scroll goes while a row of charts is made. */
const nearSight = 240;

/** Charts out of sight that are kept: what is made anew at each scroll is also cleared away, and that takes longer than a frame. */
const mostAsleep = 48;
const asleep = new Map<Element, () => void>();

function sleep(element: Element, leave: () => void): void {
  asleep.set(element, leave);
  for (const [oldest, leaveOldest] of asleep) {
    if (asleep.size <= mostAsleep) break;
    asleep.delete(oldest);
    leaveOldest();
  }
}

/** Draws what it holds only while it is in or near sight; a frame of the same size stands there meanwhile. */
export function InSight({ children }: { readonly children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  const [presence, setPresence] = useState<Presence>('away');
  useEffect(() => {
    const element = frame.current;
    if (element === null) return undefined;
    let isFirst = true;
    let wasSeen = false;
    let withdraw = (): void => undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        const isNear = entries[entries.length - 1]?.isIntersecting ?? false;
        withdraw();
        asleep.delete(element);
        wasSeen ||= isNear;
        const next: Presence = isNear ? 'here' : wasSeen ? 'asleep' : 'away';
        if (next === 'asleep') sleep(element, () => setPresence('away'));
        // All that is in sight when the place opens comes together; what a scroll brings comes chart by chart, before it is seen.
        if (isFirst) startTransition(() => setPresence(next));
        else withdraw = inOneOfTheNextFrames(element, () => flushSync(() => setPresence(next)));
        isFirst = false;
      },
      { root: element.closest('[role="region"]'), rootMargin: `${nearSight}px` },
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      asleep.delete(element);
      withdraw();
    };
  }, []);
  return (
    <div ref={frame} className={styles.cell}>
      {presence !== 'away' && <Activity mode={presence === 'here' ? 'visible' : 'hidden'}>{children}</Activity>}
    </div>
  );
}
