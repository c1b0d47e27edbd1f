import { useMemo } from 'react';
import { useStore } from 'zustand';
import { formatCount } from '../../../ui/format.ts';
import { hueStyle } from '../../../ui/hue.ts';
import { ChevronDown, Link2, Trash2, Workflow } from '../../../ui/icons.ts';
import { TypeIcon } from '../../../ui/TypeIcon.tsx';
import { legendFacts } from './legendFacts.ts';
import { typeHue } from './nodeWords.ts';
import type { Scene } from './scene.ts';
import type { GraphStore } from './store.ts';
import styles from './LineageView.module.css';

/** What the marks mean, and how many there are of each. Only what is in the graph is listed. */
export function Legend({ scene, store }: { readonly scene: Scene; readonly store: GraphStore }) {
  const open = useStore(store, (state) => state.legendOpen);
  const facts = useMemo(() => legendFacts(scene), [scene]);
  return (
    <section className={styles.legend} aria-label="Legend">
      <button type="button" className={styles.legendTitle} aria-expanded={open} onClick={() => store.setState({ legendOpen: !open })}>
        Legend
        <ChevronDown aria-hidden data-open={open || undefined} />
      </button>
      {open && (
        <ul className={styles.legendList}>
          {facts.types.map(([type, count]) => (
            <li key={type} style={hueStyle(typeHue(type))}>
              <span className={styles.legendType}>
                <TypeIcon type={type} className={styles.legendIcon} />
              </span>
              <span className={styles.legendName}>{type}</span>
              <span className={styles.legendCount}>{formatCount(count)}</span>
            </li>
          ))}
          {facts.runs > 0 && (
            <li>
              <span className={styles.legendRun}>
                <Workflow aria-hidden />
              </span>
              <span className={styles.legendName}>run</span>
              <span className={styles.legendCount}>{formatCount(facts.runs)}</span>
            </li>
          )}
          {facts.linked > 0 && (
            <li>
              <span className={styles.legendRun}>
                <Link2 aria-hidden />
              </span>
              <span className={styles.legendName}>in a registry</span>
              <span className={styles.legendCount}>{formatCount(facts.linked)}</span>
            </li>
          )}
          {facts.byHand && (
            <li>
              <span className={styles.legendLine} data-kind="hand" />
              <span className={styles.legendName}>added by hand</span>
            </li>
          )}
          {facts.synced && (
            <li>
              <span className={styles.legendLine} data-kind="sync" />
              <span className={styles.legendName}>from a sync or import</span>
            </li>
          )}
          {facts.deleted > 0 && (
            <li>
              <span className={styles.legendRun}>
                <Trash2 aria-hidden />
              </span>
              <span className={styles.legendName}>deleted</span>
              <span className={styles.legendCount}>{formatCount(facts.deleted)}</span>
            </li>
          )}
          {facts.cyclic && (
            <li>
              <span className={styles.legendLine} data-kind="cycle" />
              <span className={styles.legendName}>closes a cycle</span>
            </li>
          )}
        </ul>
      )}
    </section>
  );
}
