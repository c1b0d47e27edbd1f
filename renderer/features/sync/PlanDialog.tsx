import { useState } from 'react';
import type { PlanItem, Remote } from '#shared/contract/index.ts';
import { runCommand, useOperation } from '../../app/api/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { PlaceFailure } from '../../app/shell/index.ts';
import { Badge, Button, Dialog, EmptyState, formatBytes, formatQuantity, SkeletonLines } from '../../ui/index.ts';
import { CircleCheck } from '../../ui/icons.ts';
import styles from './Sync.module.css';

const actionWords: Readonly<Record<PlanItem['action'], { readonly label: string; readonly tone: 'neutral' | 'accent' | 'good' | 'caution' | 'danger' }>> = {
  create: { label: 'Create', tone: 'good' }, move: { label: 'Move', tone: 'accent' }, update: { label: 'Update', tone: 'accent' }, delete: { label: 'Delete', tone: 'danger' }, skip: { label: 'Skip', tone: 'neutral' }, conflict: { label: 'Conflict', tone: 'caution' },
};
const shown = 200;

/** What a push would do there, item by item with the reason; the way to switch pushing on. */
export function PlanDialog({ remote, onClose }: { readonly remote: Remote; readonly onClose: () => void }) {
  const { data, error, retry } = useOperation('sync.plan', { remoteId: remote.id });
  const [busy, setBusy] = useState(false);
  const mayStart = useWhyNot()('remotes.update', 'organization');
  const start = async (): Promise<void> => {
    setBusy(true);
    const done = await runCommand('remotes.update', { id: remote.id, pushes: true }, { done: `Changes made here go to ${remote.name} from now on` });
    setBusy(false);
    if (done !== null) onClose();
  };
  const sums = data === undefined ? [] : [[data.create, 'to create'], [data.move, 'to move'], [data.update, 'to update'], [data.delete, 'to delete'], [data.conflict, 'in conflict'], [data.skip, 'skipped']].filter(([count]) => Number(count) > 0);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Plan for “${remote.name}”`}
      description="What would happen there. Nothing has been written yet."
      width="huge"
      actions={
        <>
          <Button onClick={onClose}>{remote.pushes ? 'Close' : 'Not now'}</Button>
          {!remote.pushes && (
            <Button variant="primary" busy={busy} {...barred(mayStart ?? (data === undefined ? 'The plan is still being made.' : null))} onClick={() => void start()}>
              Start pushing
            </Button>
          )}
        </>
      }
      {...(data === undefined ? {} : { footnote: sums.length === 0 ? 'Nothing to do.' : `${sums.map(([count, word]) => `${count} ${word}`).join(', ')}${data.bytes > 0 ? `; ${formatBytes(data.bytes)} to send` : ''}.` })}
    >
      {error !== null ? (
        <PlaceFailure error={error} retry={retry} compact />
      ) : data === undefined ? (
        <SkeletonLines lines={5} label="Reading the remote" />
      ) : data.items.length === 0 ? (
        <EmptyState compact icon={CircleCheck} title="Both sides are the same" text="Nothing here waits to go there." />
      ) : (
        <table className={styles.table} aria-label="Plan">
          <thead>
            <tr>
              <th scope="col">Act</th>
              <th scope="col">What</th>
              <th scope="col">From, to</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {data.items.slice(0, shown).map((item, index) => (
              <tr key={`${index}-${item.label}`}>
                <td>
                  <Badge tone={actionWords[item.action].tone}>{actionWords[item.action].label}</Badge>
                </td>
                <td>
                  <strong>{item.label}</strong>
                  <span className={styles.dim}>
                    {item.what}
                    {item.bytes === null ? '' : `, ${formatBytes(item.bytes)}`}
                  </span>
                </td>
                <td className={styles.dim}>{[item.from, item.to].filter((side) => side !== null).join(' → ')}</td>
                <td>{item.why}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {data !== undefined && data.items.length > shown && <p className={styles.dim}>and {formatQuantity(data.items.length - shown, 'more item')}.</p>}
    </Dialog>
  );
}
