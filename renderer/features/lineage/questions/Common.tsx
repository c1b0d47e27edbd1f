import { useMemo } from 'react';
import { useOperation } from '../../../app/api/index.ts';
import { Badge } from '../../../ui/Badge.tsx';
import { formatQuantity } from '../../../ui/format.ts';
import { idOfKey } from '../nodes.ts';
import { NodeWord } from '../side/NodeWord.tsx';
import { Asking, Part } from './parts.tsx';
import type { AnswerContext } from './types.ts';
import styles from './Questions.module.css';

/** What two nodes both come from: first where their ways part, then everything above that. */
export function Common({ first, second, context }: { readonly first: string; readonly second: string; readonly context: AnswerContext }) {
  const { data, error, retry } = useOperation('lineage.common', { first: idOfKey(first), second: idOfKey(second), limit: 500 });
  const byKey = useMemo(() => new Map((data?.nodes ?? []).map((node) => [node.key, node])), [data]);
  if (data === undefined) return <Asking error={error} retry={retry} />;
  if (data.ancestors.length === 0) return <p className={styles.none}>{data.complete ? 'They have nothing in common: no version or run that both come from is known.' : 'Nothing in common was found as far as was searched.'}</p>;
  const lines = (nearest: boolean) =>
    data.ancestors
      .filter((one) => one.nearest === nearest)
      .map((one) => {
        const node = byKey.get(one.key);
        return (
          <li key={one.key} className={styles.line}>
            {node === undefined ? <span>{one.key}</span> : <NodeWord node={node} onGoTo={context.onGoTo} />}
            <Badge title="Steps to the first and to the second">
              {one.stepsToFirst} / {one.stepsToSecond}
            </Badge>
          </li>
        );
      });
  const nearest = lines(true);
  const further = lines(false);
  return (
    <div className={styles.body}>
      <p className={styles.lead}>
        {data.complete ? '' : 'At least '}
        {formatQuantity(data.total, 'node')} in common
      </p>
      <Part title="Where their ways part" count={nearest.length}>
        <ul className={styles.list}>{nearest}</ul>
      </Part>
      {further.length > 0 && (
        <Part title="Before that" count={further.length}>
          <ul className={styles.list}>{further}</ul>
        </Part>
      )}
      {data.total > data.ancestors.length && <p className={styles.dim}>The nearest {data.ancestors.length} are listed.</p>}
    </div>
  );
}
