import { useEffect, useState } from 'react';
import { explainError, type OutputOf, type VitrineError } from '#shared/contract/index.ts';
import { asVitrineError, runCommand } from '../../app/api/index.ts';
import { Button, Dialog, Field, formatBytes, formatQuantity, Input } from '../../ui/index.ts';

const mostDays = 36_500;

/** For how many days things stay in the trash; fewer days are simulated before they are set. */
export function TrashDaysDialog({ retention, onClose }: { readonly retention: OutputOf<'retention.get'>; readonly onClose: () => void }) {
  const [text, setText] = useState(String(retention.trashDays));
  const [simulated, setSimulated] = useState<OutputOf<'retention.set'> | null>(null);
  const [failure, setFailure] = useState<VitrineError | null>(null);
  const days = Number(text);
  const valid = Number.isInteger(days) && days >= 1 && days <= mostDays;
  useEffect(() => {
    if (!valid) return undefined;
    let current = true;
    runCommand('retention.set', { trashDays: days, simulate: true }, { toast: false }).then(
      (done) => current && setSimulated(done?.output ?? null),
      (thrown: unknown) => current && setFailure(asVitrineError(thrown)),
    );
    return () => {
      current = false;
    };
  }, [days, valid]);
  const save = async (): Promise<void> => {
    if (!valid) return;
    const done = await runCommand('retention.set', { trashDays: days }, { done: `Things stay in the trash for ${formatQuantity(days, 'day')}` });
    if (done !== null) onClose();
  };
  const shown = simulated?.trashDays === days ? simulated : null;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="How long things stay in the trash"
      width="narrow"
      onSubmit={() => void save()}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant={(shown?.lapsing ?? 0) > 0 ? 'danger' : 'primary'} disabled={!valid || days === retention.trashDays}>
            Set
          </Button>
        </>
      }
    >
      <Field
        label="Days"
        error={valid ? undefined : `A whole number from 1 to ${mostDays.toLocaleString('en-US')}.`}
        hint={
          failure !== null
            ? explainError(failure).sentence
            : shown === null
              ? '\u00a0'
              : shown.lapsing === 0
                ? 'Nothing that lies there now would go at once.'
                : `${formatQuantity(shown.lapsing, 'thing')} would be gone at once; ${formatBytes(shown.bytesFreed)} could be freed.`
        }
      >
        <Input inputMode="numeric" value={text} onValueChange={setText} autoFocus />
      </Field>
    </Dialog>
  );
}
