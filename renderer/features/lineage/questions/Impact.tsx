import { useMemo } from 'react';
import type { OutputOf } from '#shared/contract/index.ts';
import { addressOf } from '#shared/lineage/index.ts';
import { notify, notifyFailure, useOperation } from '../../../app/api/index.ts';
import { bridge } from '../../../app/bridge.ts';
import { AliasChip } from '../../../ui/AliasChip.tsx';
import { Button } from '../../../ui/Button.tsx';
import { formatQuantity } from '../../../ui/format.ts';
import { ArrowDownToLine, Workflow } from '../../../ui/icons.ts';
import { idOfKey } from '../nodes.ts';
import { NodeWord } from '../side/NodeWord.tsx';
import { DegreeTree } from './DegreeTree.tsx';
import { impactCsv } from './impactCsv.ts';
import { Asking, CountBars, Part } from './parts.tsx';
import type { AnswerContext } from './types.ts';
import styles from './Questions.module.css';

type Answer = OutputOf<'lineage.impact'>;

/** What hangs on a node: how much, of which kinds, what of it is in use, and through what. */
export function Impact({ about, context }: { readonly about: string; readonly context: AnswerContext }) {
  const { data, error, retry } = useOperation('lineage.impact', { root: idOfKey(about), limit: 5_000 });
  const byKey = useMemo(() => new Map((data?.nodes ?? []).map((node) => [node.key, node])), [data]);
  if (data === undefined) return <Asking error={error} retry={retry} />;
  const total = data.versionCount + data.runCount;
  const production = data.carrying.filter((one) => one.alias === 'production');
  const others = data.byAlias.filter((one) => one.name !== 'production');
  if (total === 0) return <p className={styles.none}>Nothing hangs on it: no run used it, and nothing was made from it.</p>;
  return (
    <div className={styles.body}>
      <p className={styles.lead}>
        {data.complete ? '' : 'At least '}
        {formatQuantity(data.versionCount, 'version')} and {formatQuantity(data.runCount, 'run')} <span className={styles.dim}>within {formatQuantity(data.depth, 'step')}</span>
      </p>
      <Part title="Carries production" count={production.length}>
        {production.length === 0 ? (
          <p className={styles.dim}>Nothing that hangs on it carries production.</p>
        ) : (
          <ul className={styles.list}>
            {production.slice(0, 50).map((one) => {
              const node = byKey.get(one.key);
              return (
                <li key={`${one.key} ${one.holder}`} className={styles.line}>
                  {node === undefined ? <span>{one.holder}</span> : <NodeWord node={node} onGoTo={context.onGoTo} />}
                  <span className={styles.dim} title={one.holder}>
                    {one.in === 'collection' ? `${one.holder} v${one.index}` : 'its artifact'}
                  </span>
                </li>
              );
            })}
          </ul>
        )}
      </Part>
      {others.length > 0 && (
        <Part title="Carries">
          <div className={styles.acts}>
            {others.slice(0, 12).map(({ name, count }) => (
              <span key={name} className={styles.line}>
                <AliasChip alias={name} /> <span className={styles.dim}>{count}</span>
              </span>
            ))}
          </div>
        </Part>
      )}
      <Part title="By type">
        <CountBars rows={data.byType.length === 0 ? [{ name: 'runs only', count: data.runCount }] : data.byType} />
      </Part>
      <Part title="By project">
        <CountBars rows={data.byProject} />
      </Part>
      <div className={styles.acts}>
        <Button size="small" icon={Workflow} onClick={() => context.onLight(new Set([about, ...data.rows.map((row) => row.key)]))}>
          Light it in the graph
        </Button>
        <Button size="small" icon={ArrowDownToLine} onClick={() => void save(data)}>
          Export…
        </Button>
      </div>
      {data.rows.length < total && <p className={styles.dim}>The nearest {formatQuantity(data.rows.length, 'node')} are listed; the counts speak of all.</p>}
      <DegreeTree label="What hangs on it" roots={data.roots} rows={data.rows} nodes={data.nodes} onGoTo={context.onGoTo} />
    </div>
  );
}

async function save(data: Answer): Promise<void> {
  try {
    const root = data.nodes.find((node) => node.key === data.root);
    const name = root === undefined ? 'impact' : `impact of ${addressOf(root)}`.replaceAll(/[^\p{L}\p{N}_.-]+/gu, '-').slice(0, 120);
    const path = await bridge().saveText({ title: 'Export what hangs on it', name: `${name}.csv`, text: impactCsv(data) });
    if (path !== null) notify({ tone: 'good', title: `Exported ${formatQuantity(data.rows.length, 'node')}`, text: path, action: { label: 'Show', onPress: () => void bridge().revealInFolder(path) } });
  } catch (thrown) {
    notifyFailure(thrown);
  }
}
