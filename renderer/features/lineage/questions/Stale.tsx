import { useMemo, useState } from 'react';
import type { InputOf } from '#shared/contract/index.ts';
import { useOperation } from '../../../app/api/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { formatQuantity } from '../../../ui/format.ts';
import { RelativeTime } from '../../../ui/RelativeTime.tsx';
import { Segmented } from '../../../ui/Segmented.tsx';
import { idOfKey } from '../nodes.ts';
import { NodeWord } from '../side/NodeWord.tsx';
import { Asking } from './parts.tsx';
import { staleWords } from './staleWords.ts';
import type { AnswerContext } from './types.ts';
import styles from './Questions.module.css';

type Scope = 'this' | 'all';

/** What was built from versions that are no longer latest or production, and why that is so. */
export function Stale({ about, context }: { readonly about: string; readonly context: AnswerContext }) {
  const [scope, setScope] = useState<Scope>('this');
  const [pages, setPages] = useState<readonly string[]>([]);
  const of = scope === 'this' ? { of: idOfKey(about) } : {};
  return (
    <div className={styles.body}>
      <Segmented<Scope>
        label="Of what"
        size="small"
        value={scope}
        onValueChange={(next) => {
          setScope(next);
          setPages([]);
        }}
        options={[
          { value: 'this', label: 'This one' },
          { value: 'all', label: 'Everything in use' },
        ]}
      />
      {[undefined, ...pages].map((cursor, at) => (
        <Page key={`${scope} ${cursor ?? ''}`} input={{ ...of, limit: 50, ...(cursor === undefined ? {} : { cursor }) }} isLast={at === pages.length} first={at === 0} scope={scope} context={context} onMore={(next) => setPages((old) => [...old, next])} />
      ))}
    </div>
  );
}

type PageProps = {
  readonly input: InputOf<'lineage.stale'>;
  readonly first: boolean;
  readonly isLast: boolean;
  readonly scope: Scope;
  readonly context: AnswerContext;
  readonly onMore: (cursor: string) => void;
};

function Page({ input, first, isLast, scope, context, onMore }: PageProps) {
  const { data, error, retry } = useOperation('lineage.stale', input);
  const byKey = useMemo(() => new Map((data?.nodes ?? []).map((node) => [node.key, node])), [data]);
  if (data === undefined) return <Asking error={error} retry={retry} />;
  return (
    <>
      {first && data.items.length === 0 && data.nextCursor === null && (
        <p className={styles.dim}>{scope === 'this' ? 'It is up to date: everything it was built from is still latest or production, or never was.' : 'Nothing that is in use was built from something out of date.'}</p>
      )}
      {data.items.map((item) => {
        const node = byKey.get(item.key);
        return (
          <section key={item.key} className={styles.item} aria-label={node === undefined ? item.key : undefined}>
            {node !== undefined && <NodeWord node={node} onGoTo={context.onGoTo} />}
            <p className={styles.dim}>
              was built from {item.complete ? '' : 'at least '}
              {formatQuantity(item.inputs.length, 'input')} out of date:
            </p>
            <ul className={styles.list}>
              {item.inputs.map((input) => {
                const old = byKey.get(input.key);
                return (
                  <li key={input.key}>
                    <span className={styles.line}>
                      {old === undefined ? <span>{input.key}</span> : <NodeWord node={old} onGoTo={context.onGoTo} />}
                      <span className={styles.count}>{formatQuantity(input.degree, 'step')}</span>
                    </span>
                    {input.reasons.map((reason) => (
                      <p key={`${reason.why} ${reason.alias ?? ''} ${reason.holder ?? ''}`} className={styles.reason}>
                        {staleWords(reason)} {reason.since !== null && <RelativeTime time={reason.since} />}
                      </p>
                    ))}
                  </li>
                );
              })}
            </ul>
          </section>
        );
      })}
      {isLast && data.nextCursor !== null && (
        <Button size="small" onClick={() => onMore(data.nextCursor!)}>
          Look further
        </Button>
      )}
    </>
  );
}
