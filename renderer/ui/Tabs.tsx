import { Tabs as Base } from '@base-ui/react/tabs';
import { useLayoutEffect, useRef, type ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { formatCount } from './format.ts';
import type { Icon } from './icons.ts';
import styles from './Tabs.module.css';

export interface TabDefinition<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly icon?: Icon;
  readonly count?: number;
  readonly disabled?: boolean;
}

export interface TabsProps<Value extends string> {
  /** Accessible name of the row of tabs. */
  readonly label: string;
  readonly tabs: ReadonlyArray<TabDefinition<Value>>;
  readonly value: Value;
  readonly onValueChange: (value: Value) => void;
  /** At the right end of the row. */
  readonly trailing?: ReactNode;
  /** Draws the panel of the chosen tab; only that one is mounted. */
  readonly children: (value: Value) => ReactNode;
  readonly className?: string;
  readonly panelClassName?: string;
}

/** Scrolls a row of tabs as little as it takes to have the chosen one whole in sight, beside the shade that says that there are more. */
function showChosen(row: HTMLElement): void {
  const chosen = row.querySelector<HTMLElement>('[role="tab"][aria-selected="true"]');
  if (chosen === null) return;
  const shade = 16;
  const first = chosen.offsetLeft - shade;
  const last = chosen.offsetLeft + chosen.offsetWidth + shade;
  if (first < row.scrollLeft) row.scrollLeft = first;
  else if (last > row.scrollLeft + row.clientWidth) row.scrollLeft = last - row.clientWidth;
}

/** Views of one thing. Arrow keys move along the row, Enter or Space chooses. */
export function Tabs<Value extends string>({ label, tabs, value, onValueChange, trailing, children, className, panelClassName }: TabsProps<Value>) {
  const row = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const shown = row.current;
    if (shown === null) return undefined;
    showChosen(shown);
    // A narrower window, or numbers that come late, push it out of sight again.
    const observer = new ResizeObserver(() => showChosen(shown));
    for (const part of [shown, ...shown.children]) observer.observe(part);
    return () => observer.disconnect();
  }, [value, tabs.length]);
  return (
    <Base.Root className={classNames(styles.root, className)} value={value} onValueChange={(next: Value) => onValueChange(next)}>
      <Base.List ref={row} className={styles.list} aria-label={label}>
        {tabs.map((tab) => (
          <Base.Tab key={tab.value} value={tab.value} disabled={tab.disabled === true} className={styles.tab}>
            {tab.icon !== undefined && <tab.icon aria-hidden />}
            {tab.label}
            {tab.count !== undefined && <span className={styles.count}>{formatCount(tab.count)}</span>}
          </Base.Tab>
        ))}
        {trailing}
      </Base.List>
      <Base.Panel key={value} value={value} className={classNames(styles.panel, panelClassName)}>
        {children(value)}
      </Base.Panel>
    </Base.Root>
  );
}
