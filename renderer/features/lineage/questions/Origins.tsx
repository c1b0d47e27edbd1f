import { useMemo } from 'react';
import { useOperation } from '../../../app/api/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { formatQuantity } from '../../../ui/format.ts';
import { Workflow } from '../../../ui/icons.ts';
import { idOfKey } from '../nodes.ts';
import { DegreeTree } from './DegreeTree.tsx';
import { originsOf } from './originsOf.ts';
import { Asking, CountBars, Part } from './parts.tsx';
import type { AnswerContext } from './types.ts';
import styles from './Questions.module.css';

/** Everything upstream of a node, by steps, counted by type and project. */
export function Origins({ about, context }: { readonly about: string; readonly context: AnswerContext }) {
  const { data, error, retry } = useOperation('lineage.neighbourhood', { root: idOfKey(about), up: 20_000, down: 0, limit: 5_000 });
  const found = useMemo(() => (data === undefined ? null : originsOf(data, about)), [data, about]);
  if (data === undefined || found === null) return <Asking error={error} retry={retry} />;
  if (found.rows.length === 0) return <p className={styles.none}>Nothing is known of what it was made from.</p>;
  return (
    <div className={styles.body}>
      <p className={styles.lead}>
        {data.truncated ? 'At least ' : ''}
        {formatQuantity(found.versions, 'version')} and {formatQuantity(found.rows.length - found.versions, 'run')} <span className={styles.dim}>within {formatQuantity(found.depth, 'step')}</span>
      </p>
      {found.byType.length > 0 && (
        <Part title="By type">
          <CountBars rows={found.byType} />
        </Part>
      )}
      <Part title="By project">
        <CountBars rows={found.byProject} />
      </Part>
      <div className={styles.acts}>
        <Button size="small" icon={Workflow} onClick={() => context.onLight(new Set([about, ...found.rows.map((row) => row.key)]))}>
          Light it in the graph
        </Button>
      </div>
      <DegreeTree label="What it was made from" roots={[about]} rows={found.rows} nodes={data.nodes} onGoTo={context.onGoTo} />
    </div>
  );
}
