import { useState } from 'react';
import type { OutputOf, UserId } from '#shared/contract/index.ts';
import { runCommand, useOperation, useSubmit } from '../../app/api/index.ts';
import { Button, Combobox, Dialog, Field } from '../../ui/index.ts';

/** Asks somebody else to decide in one's own place. */
export function PassOnDialog({ approval, onClose }: { readonly approval: OutputOf<'approvals.get'>; readonly onClose: () => void }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const users = (useOperation('users.list', {}).data?.items ?? []).filter((user) => user.id !== approval.requestedBy.id);
  const { busy, failure, submit, forgive } = useSubmit(async () => {
    await runCommand('approvals.delegate', { id: approval.id, to: Number(chosen) as UserId }, { toast: false });
    onClose();
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Pass it on"
      description={`Who decides about ${approval.alias} on ${approval.link.label} in your place? It takes the right role in the registry.`}
      width="narrow"
      onSubmit={submit}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={chosen === null} disabledReason="Choose somebody.">
            Pass on
          </Button>
        </>
      }
    >
      <Field label="To" {...(failure === null ? {} : { error: failure })}>
        <Combobox
          options={users.map((user) => ({ value: String(user.id), label: user.displayName, detail: user.username }))}
          value={chosen}
          onValueChange={(value) => {
            setChosen(value);
            forgive();
          }}
        />
      </Field>
    </Dialog>
  );
}
