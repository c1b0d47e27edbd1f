import type { ReactNode } from 'react';
import { classNames } from '../../../ui/index.ts';
import styles from './parts.module.css';

/** Facts in columns, as many as there is room for. */
export function Facts({ children, label }: { readonly children: ReactNode; readonly label?: string }) {
  return (
    <dl className={styles.facts} aria-label={label}>
      {children}
    </dl>
  );
}

export function Fact({ name, children, wide = false }: { readonly name: string; readonly children: ReactNode; readonly wide?: boolean }) {
  return (
    <div className={classNames(styles.fact, wide && styles.wide)}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export type SectionProps = {
  readonly title: string;
  /** Quiet words beside the title. */
  readonly facts?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
};

/** A part of a page under a heading. */
export function Section({ title, facts, actions, children }: SectionProps) {
  return (
    <section className={styles.section}>
      <div className={styles.sectionHead}>
        <h2 className={styles.sectionTitle}>{title}</h2>
        {facts !== undefined && <span className={styles.dim}>{facts}</span>}
        {actions !== undefined && <div className={styles.sectionActions}>{actions}</div>}
      </div>
      {children}
    </section>
  );
}
