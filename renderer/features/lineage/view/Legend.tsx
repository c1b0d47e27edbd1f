import { useMemo, useState } from 'react';
import { formatCount } from '../../../ui/format.ts';
import { hueStyle } from '../../../ui/hue.ts';
import { ChevronDown, Link2, Trash2, Workflow } from '../../../ui/icons.ts';
import { TypeIcon } from '../../../ui/TypeIcon.tsx';
import { isDeleted, typeHue } from './nodeWords.ts';
import type { Scene } from './scene.ts';
import styles from './LineageView.module.css';

/** What the marks mean, and how many there are of each. Only what is in the graph is listed. */
export function Legend({ scene }: { readonly scene: Scene }) {
  const [open, setOpen] = useState(true);
  const facts = useMemo(() => {
    const types = new Map<string, number>();
    let runs = 0;
    let linked = 0;
    for (const node of scene.prepared.graph.nodes) {
      if (node.kind === 'run') runs++;
      else if (node.kind === 'version') {
        types.set(node.type, (types.get(node.type) ?? 0) + 1);
        if (node.links.length > 0) linked++;
      }
    }
    return {
      types: [...types].sort((first, second) => second[1] - first[1]),
      runs,
      linked,
      byHand: scene.provenance.includes(1),
      synced: scene.provenance.includes(2),
      deleted: scene.prepared.graph.nodes.filter(isDeleted).length,
      cyclic: scene.layout.checked.reversedCount > 0,
    };
  }, [scene]);
  return (
    <section className={styles.legend} aria-label="Legend">
      <button type="button" className={styles.legendTitle} aria-expanded={open} onClick={() => setOpen(!open)}>
        Legend
        <ChevronDown aria-hidden data-open={open || undefined} />
      </button>
      {open && (
        <ul className={styles.legendList}>
          {facts.types.slice(0, 6).map(([type, count]) => (
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
