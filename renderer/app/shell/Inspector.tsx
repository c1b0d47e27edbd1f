import { createElement, useEffect } from 'react';
import { EmptyState, SkeletonLines } from '../../ui/index.ts';
import { PanelRight } from '../../ui/icons.ts';
import { useSelection } from '../selection.ts';
import { loadLaterParts, useLaterParts } from './laterParts.ts';
import styles from './Inspector.module.css';

/** What is selected, in short: it follows the selection and can be hidden. Its pane is the landmark. */
export function Inspector() {
  const items = useSelection((state) => state.items);
  const parts = useLaterParts((state) => state.parts);
  const selects = items.length > 0;
  useEffect(() => {
    if (selects) loadLaterParts();
  }, [selects]);
  return (
    <div className={styles.inspector}>
      <div className={styles.head}>
        <h2 className={styles.heading}>{items.length > 1 ? `${items.length} selected` : 'Selected'}</h2>
      </div>
      <div className={styles.body} tabIndex={0} role="region" aria-label="Details of the selection">
        {!selects ? (
          <EmptyState compact icon={PanelRight} title="Nothing selected" text="Select a row to see it here without leaving the list." />
        ) : parts === null ? (
          <SkeletonLines lines={8} />
        ) : (
          createElement(parts.InspectedItems, { items })
        )}
      </div>
    </div>
  );
}
