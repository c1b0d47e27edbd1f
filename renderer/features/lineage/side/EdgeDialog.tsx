import { useState } from 'react';
import type { LineageNode } from '#shared/contract/index.ts';
import { runCommand, useSubmit } from '../../../app/api/index.ts';
import { Button, IconButton } from '../../../ui/Button.tsx';
import { Dialog } from '../../../ui/Dialog.tsx';
import { Field } from '../../../ui/Field.tsx';
import { ArrowRightLeft } from '../../../ui/icons.ts';
import { TextArea } from '../../../ui/Input.tsx';
import { idOfKey } from '../nodes.ts';
import { NodePicker } from './NodePicker.tsx';
import styles from './EdgeDialog.module.css';

export type EdgeDialogProps = {
  readonly from: string | null;
  readonly to: string | null;
  readonly nodes: readonly LineageNode[];
  readonly selectedKey: string | null;
  readonly onClose: () => void;
};

/** Draws an edge by hand. Core's rules say what may be drawn; what they say stands in the form. */
export function EdgeDialog({ from: firstFrom, to: firstTo, nodes, selectedKey, onClose }: EdgeDialogProps) {
  const [from, setFrom] = useState(firstFrom);
  const [to, setTo] = useState(firstTo);
  const [reason, setReason] = useState('');
  const { busy, failure, submit } = useSubmit(async () => {
    if (from === null || to === null) return;
    const made = await runCommand('lineage.link', { from: idOfKey(from), to: idOfKey(to), reason }, { toast: false });
    if (made !== null) onClose();
  });
  const lacking = from === null || to === null ? 'Choose both ends.' : reason.trim() === '' ? 'Say why: it is kept with the edge.' : undefined;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add an edge by hand"
      description="From what came first to what came of it: a version to the run that used it, a run to the version it made, or a version to one made from it."
      keepOnOutsidePress
      onSubmit={submit}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" busy={busy} disabled={lacking !== undefined} {...(lacking === undefined ? {} : { disabledReason: lacking })}>
            Add edge
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <Field label="What came first">
          <NodePicker label="What came first" value={from} onValueChange={setFrom} nodes={nodes} selectedKey={selectedKey} />
        </Field>
        <IconButton
          icon={ArrowRightLeft}
          size="small"
          label="Swap the two ends"
          className={styles.swap}
          onClick={() => {
            setFrom(to);
            setTo(from);
          }}
        />
        <Field label="What came of it">
          <NodePicker label="What came of it" value={to} onValueChange={setTo} nodes={nodes} selectedKey={selectedKey} />
        </Field>
        <Field label="Reason" hint="Kept in the history, and shown on the edge.">
          <TextArea value={reason} onValueChange={setReason} rows={2} maxLength={2000} />
        </Field>
        {failure !== null && (
          <p role="alert" className={styles.failure}>
            {failure}
          </p>
        )}
      </div>
    </Dialog>
  );
}
