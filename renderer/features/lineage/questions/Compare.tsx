import { useMemo, useState } from 'react';
import type { LineageNode, OutputOf } from '#shared/contract/index.ts';
import { useOperation } from '../../../app/api/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { Checkbox } from '../../../ui/Checkbox.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { formatQuantity } from '../../../ui/format.ts';
import { Diff, Maximize2, Minus, Plus, Check, type Icon } from '../../../ui/icons.ts';
import { idOfKey } from '../nodes.ts';
import { NodeWord } from '../side/NodeWord.tsx';
import { nodeName } from '../view/nodeWords.ts';
import { Asking } from './parts.tsx';
import type { AnswerContext } from './types.ts';
import styles from './Questions.module.css';

type Answer = OutputOf<'lineage.compare'>;
type Row = Answer['rows'][number];

const verdicts: Readonly<Record<Row['verdict'], { readonly label: string; readonly icon: Icon }>> = {
  different: { label: 'other versions', icon: Diff },
  only_first: { label: 'only the first', icon: Minus },
  only_second: { label: 'only the second', icon: Plus },
  same: { label: 'the same', icon: Check },
};
const listed = 300;

/** Two origins side by side: which inputs differ, which only one has, which both share. */
export function Compare({ first, second, context }: { readonly first: string; readonly second: string; readonly context: AnswerContext }) {
  const { data, error, retry } = useOperation('lineage.compare', { first: idOfKey(first), second: idOfKey(second), limit: 5_000 });
  const [wide, setWide] = useState(false);
  if (data === undefined) return <Asking error={error} retry={retry} />;
  if (data.rows.length === 0) return <p className={styles.none}>Nothing is known of what either was made from.</p>;
  const light = (keys: Iterable<string>): void => context.onLight(new Set(keys), { nodes: data.nodes, edges: data.edges });
  return (
    <div className={styles.body}>
      <Sums data={data} />
      <div className={styles.acts}>
        <Button size="small" icon={Maximize2} onClick={() => setWide(true)}>
          Side by side
        </Button>
        <Button size="small" icon={Diff} onClick={() => light([first, second, ...data.rows.flatMap((row) => (row.verdict === 'same' ? [] : [...row.first, ...row.second]))])}>
          Light what differs
        </Button>
      </div>
      <Table data={data} context={context} />
      {wide && (
        <Dialog open onOpenChange={(open) => !open && setWide(false)} width="huge" title="Origins side by side">
          <Sums data={data} />
          <Table data={data} context={{ ...context, onGoTo: (key) => { setWide(false); context.onGoTo(key); } }} />
        </Dialog>
      )}
    </div>
  );
}

function Sums({ data }: { readonly data: Answer }) {
  const count = (verdict: Row['verdict']): number => data.rows.filter((row) => row.verdict === verdict).length;
  return (
    <p className={styles.lead}>
      {count('different') + count('only_first') + count('only_second') === 0
        ? 'Both were made from the same'
        : [
            ...(count('different') > 0 ? [`${count('different')} in other versions`] : []),
            ...(count('only_first') > 0 ? [`${count('only_first')} only in the first`] : []),
            ...(count('only_second') > 0 ? [`${count('only_second')} only in the second`] : []),
          ].join(', ')}
      <span className={styles.dim}>
        , {formatQuantity(count('same'), 'name')} the same{data.truncated ? ', as far as was looked' : ''}
      </span>
    </p>
  );
}

function Table({ data, context }: { readonly data: Answer; readonly context: AnswerContext }) {
  const [all, setAll] = useState(false);
  const byKey = useMemo(() => new Map(data.nodes.map((node) => [node.key, node])), [data]);
  const rows = data.rows.filter((row) => all || row.verdict !== 'same');
  const side = (keys: readonly string[]) => (
    <ul className={styles.list}>
      {keys.slice(0, 20).map((key) => {
        const node = byKey.get(key);
        return node === undefined ? null : (
          <li key={key}>
            <NodeWord node={node} onGoTo={context.onGoTo} />
          </li>
        );
      })}
      {keys.length > 20 && <li className={styles.dim}>and {keys.length - 20} more</li>}
      {keys.length === 0 && <li className={styles.dim}>–</li>}
    </ul>
  );
  return (
    <>
      <Checkbox label="Also what is the same" checked={all} onCheckedChange={setAll} />
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{endName(byKey.get(data.first), 'First')}</th>
            <th scope="col">{endName(byKey.get(data.second), 'Second')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, listed).map((row) => (
            <CompareRow key={`${row.kind} ${row.name}`} row={row} first={side(row.first)} second={side(row.second)} />
          ))}
        </tbody>
      </table>
      {rows.length > listed && <p className={styles.dim}>The first {listed} of {rows.length} names are listed.</p>}
    </>
  );
}

function CompareRow({ row, first, second }: { readonly row: Row; readonly first: React.ReactNode; readonly second: React.ReactNode }) {
  const { label, icon: Shown } = verdicts[row.verdict];
  return (
    <>
      <tr data-verdict={row.verdict}>
        <th scope="rowgroup" colSpan={2}>
          <span className={styles.verdict}>
            <Shown aria-hidden className={styles.wayArrow} /> {row.name}
            <span className={styles.dim}>{row.kind === 'run' && row.verdict === 'different' ? 'other runs' : label}</span>
          </span>
        </th>
      </tr>
      <tr data-verdict={row.verdict}>
        <td>{first}</td>
        <td>{second}</td>
      </tr>
    </>
  );
}

function endName(node: LineageNode | undefined, fallback: string): string {
  return node === undefined ? fallback : node.kind === 'version' ? `${nodeName(node)} v${node.index}` : nodeName(node);
}
