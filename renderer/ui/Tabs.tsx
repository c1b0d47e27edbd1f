import { Tabs as Base } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';
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

/** Views of one thing. Arrow keys move along the row, Enter or Space chooses. */
export function Tabs<Value extends string>({ label, tabs, value, onValueChange, trailing, children, className, panelClassName }: TabsProps<Value>) {
  return (
    <Base.Root className={classNames(styles.root, className)} value={value} onValueChange={(next: Value) => onValueChange(next)}>
      <Base.List className={styles.list} aria-label={label}>
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
