import { Fragment, useEffect, useMemo, useState } from 'react';
import { useOperation } from '../../../app/api/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { formatQuantity } from '../../../ui/format.ts';
import { ChevronRight, Eye } from '../../../ui/icons.ts';
import { Segmented } from '../../../ui/Segmented.tsx';
import { idOfKey } from '../nodes.ts';
import { NodeWord } from '../side/NodeWord.tsx';
import { Asking } from './parts.tsx';
import type { AnswerContext } from './types.ts';
import styles from './Questions.module.css';

const mostWays = 50;

/** The ways between two nodes: the shortest is lit in the graph at once, then whichever one chooses. */
export function PathAnswer({ from, to, context }: { readonly from: string; readonly to: string; readonly context: AnswerContext }) {
  const { data, error, retry } = useOperation('lineage.path', { from: idOfKey(from), to: idOfKey(to), limit: mostWays });
  const [which, setWhich] = useState<'shortest' | 'all'>('shortest');
  const byKey = useMemo(() => new Map((data?.nodes ?? []).map((node) => [node.key, node])), [data]);
  const [lit, setLit] = useState<number | 'all' | null>(null);
  const { onLight } = context;
  useEffect(() => {
    if (data === undefined || data.shortest.length === 0) return;
    const graph = { nodes: data.nodes, edges: data.edges };
    if (which === 'all') onLight(new Set(lit === null || lit === 'all' ? data.paths.flat() : (data.paths[lit] ?? [])), graph);
    else onLight(new Set(data.shortest), graph);
  }, [data, which, lit, onLight]);
  if (data === undefined) return <Asking error={error} retry={retry} />;
  if (data.direction === 'none' || data.shortest.length === 0) {
    return <p className={styles.none}>{data.complete ? 'Neither came of the other: no way leads between them.' : 'No way was found as far as was searched. There may be a longer one.'}</p>;
  }
  const ways = which === 'shortest' ? [data.shortest] : data.paths;
  const steps = data.shortest.length - 1;
  return (
    <div className={styles.body}>
      <p className={styles.lead}>
        {formatQuantity(steps, 'step')} {data.direction === 'downstream' ? 'downstream' : 'upstream'}
        <span className={styles.dim}>
          , {data.truncated ? `more than ${formatQuantity(data.paths.length, 'way')}` : formatQuantity(data.paths.length, 'way')} in all
        </span>
      </p>
      <div className={styles.acts}>
        <Segmented<'shortest' | 'all'>
          label="Which ways"
          size="small"
          value={which}
          onValueChange={(next) => {
            setWhich(next);
            setLit(null);
          }}
          options={[
            { value: 'shortest', label: 'The shortest' },
            { value: 'all', label: 'All ways' },
          ]}
        />
        {which === 'all' && typeof lit === 'number' && (
          <Button size="small" variant="quiet" onClick={() => setLit('all')}>
            Light all of them
          </Button>
        )}
      </div>
      <ol className={styles.list} aria-label="Ways">
        {ways.map((way, at) => (
          <li key={way.join(' ')} className={styles.way} data-lit={which === 'shortest' || lit === at || undefined}>
            <span className={styles.wayHead}>
              {formatQuantity(way.length - 1, 'step')}
              {which === 'all' && (
                <Button size="small" variant="quiet" icon={Eye} aria-label={`Light way ${at + 1}`} aria-pressed={lit === at} onClick={() => setLit(at)}>
                  Light
                </Button>
              )}
            </span>
            {way.map((key, step) => {
              const node = byKey.get(key);
              return (
                <Fragment key={key}>
                  {step > 0 && <ChevronRight aria-hidden className={styles.wayArrow} />}
                  {node === undefined ? <span>{key}</span> : <NodeWord node={node} onGoTo={context.onGoTo} />}
                </Fragment>
              );
            })}
          </li>
        ))}
      </ol>
      {which === 'all' && data.truncated && <p className={styles.dim}>There are more than these.</p>}
    </div>
  );
}
