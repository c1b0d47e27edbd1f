import type { HistoryEvent } from '#shared/contract/index.ts';
import { runCommand, useOperation } from '../../app/api/index.ts';
import { barred, useWhyNot, whereOf } from '../../app/rights.ts';
import { placeOfRef } from '../../app/routes/index.ts';
import { Button, formatQuantity } from '../../ui/index.ts';
import { Undo2 } from '../../ui/icons.ts';
import styles from './History.module.css';

/** What can be taken back of an event as things stand, or why it can’t; several events of one act go together. */
export function RevertPart({ event }: { readonly event: HistoryEvent }) {
  const preview = useOperation('history.revertPreview', { eventId: event.id, act: true });
  const mayRevert = useWhyNot()('history.revert', whereOf(placeOfRef(event.subject)));
  if (preview.data === undefined) return null;
  const { possible, steps, reason } = preview.data;
  if (!possible) return reason === null ? null : <p className={styles.dim}>Can’t be taken back: {reason}</p>;
  return (
    <div className={styles.revert}>
      <Button size="small" icon={Undo2} {...barred(mayRevert)} onClick={() => void runCommand('history.revert', { eventId: event.id, act: true }, { done: ({ labels }) => `Taken back: ${labels[0] ?? 'the event'}${labels.length > 1 ? ` and ${formatQuantity(labels.length - 1, 'more step')}` : ''}` })}>
        Take back
      </Button>
      <ul className={styles.revertSteps}>
        {steps.slice(0, 4).map((step) => (
          <li key={step.eventId}>{step.label}</li>
        ))}
        {steps.length > 4 && <li>and {formatQuantity(steps.length - 4, 'more step')}</li>}
      </ul>
    </div>
  );
}
