import { useState } from 'react';
import { explainError } from '#shared/contract/explain.ts';
import type { Remote, SentItem, SyncRound } from '#shared/contract/index.ts';
import { runCommand, useOperation, useSubmit } from '../../app/api/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { PlaceFailure } from '../../app/shell/index.ts';
import { Button, Checkbox, Dialog, EmptyState, formatQuantity, SkeletonLines } from '../../ui/index.ts';
import { CircleCheck } from '../../ui/icons.ts';
import styles from './Sync.module.css';

const nameOf = (item: SentItem): string => `${item.what} ${item.field ?? ''} ${item.label}`.replaceAll('  ', ' ');

/** What one round sent, item by item, with what taking it back would do or why it can't be; what is chosen is taken back as one act. */
export function UndoPushDialog({ remote, round, onClose }: { readonly remote: Remote; readonly round: SyncRound; readonly onClose: () => void }) {
  const mayUndo = useWhyNot()('sync.undo', { registry: remote.registry.name });
  const { data, error, retry } = useOperation('sync.undoPlan', { remoteId: remote.id, roundId: round.id });
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set());
  const open = data?.items.filter((item) => item.verdict === 'take_back') ?? [];
  const chosen = open.filter((item) => !left.has(item.id));
  const undo = useSubmit(async () => {
    const done = await runCommand('sync.undo', { remoteId: remote.id, ids: chosen.map((item) => item.id) }, { done: ({ takenBack }) => `Took back ${formatQuantity(takenBack, 'change')}${remote.pushes ? '' : `; it goes to ${remote.name} once changes go there`}`, toast: false });
    if (done !== null) onClose();
  });
  const choose = (item: SentItem, on: boolean): void => setLeft(new Set(on ? [...left].filter((id) => id !== item.id) : [...left, item.id]));
  return (
    <Dialog
      open
      onOpenChange={(opened) => !opened && onClose()}
      title={`Undo what went to “${remote.name}”`}
      description="It is changed back here, and goes there like any other change. Nothing has been written yet."
      width="huge"
      onSubmit={undo.submit}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={undo.busy} {...barred(mayUndo ?? (undo.busy ? 'It is being taken back.' : data === undefined ? 'The remote is being read.' : open.length === 0 ? 'Nothing of it can be taken back.' : chosen.length === 0 ? 'Choose what to take back.' : null))}>
            {chosen.length === 0 ? 'Take back' : `Take back ${formatQuantity(chosen.length, 'change')}`}
          </Button>
        </>
      }
      {...(undo.error === null ? {} : { footnote: explainError(undo.error).sentence })}
    >
      {error !== null ? (
        <PlaceFailure error={error} retry={retry} compact />
      ) : data === undefined ? (
        <SkeletonLines lines={4} label="Reading the remote" />
      ) : data.items.length === 0 ? (
        <EmptyState compact icon={CircleCheck} title="This round sent nothing" text="There is nothing to take back." />
      ) : (
        <table className={styles.table} aria-label="What was sent">
          <thead>
            <tr>
              <th scope="col">Take back</th>
              <th scope="col">What</th>
              <th scope="col">Before, sent</th>
              <th scope="col">What happens</th>
            </tr>
          </thead>
          <tbody>
            {data.items.map((item) => (
              <tr key={item.id}>
                <td>
                  <Checkbox aria-label={nameOf(item)} checked={item.verdict === 'take_back' && !left.has(item.id)} disabled={item.verdict === 'refused'} onCheckedChange={(on) => choose(item, on)} />
                </td>
                <td>
                  <strong>{item.label}</strong>
                  <span className={styles.dim}>
                    {item.what}
                    {item.field === null ? '' : ` “${item.field}”`}
                  </span>
                </td>
                <td className={styles.dim}>{`${shown(item.from)} → ${shown(item.to)}`}</td>
                <td>{item.why}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Dialog>
  );
}

/** One line of a text is enough to know it by. */
function shown(side: string | null): string {
  if (side === null) return 'nothing';
  if (side === '') return 'empty';
  return side.length > 60 ? `${side.slice(0, 60)}…` : side;
}
