import { useState } from 'react';
import { explainError, type EffectiveTimeToLive, type InputOf, type TimeToLive } from '#shared/contract/index.ts';
import { notify, runCommand, undoOffered, useSubmit } from '../../../app/api/index.ts';
import { Button, Dialog, Field, formatQuantity, Input, Segmented } from '../../../ui/index.ts';
import styles from './Keeping.module.css';

type Target = InputOf<'ttl.set'>['target'];
type Kind = TimeToLive['kind'];
const mostDays = 36_500;

/** Sets for how many days something is kept: its own days, for good, or as what stands above it says. */
export function TimeToLiveDialog({ target, name, now, onClose }: { readonly target: Target; readonly name: string; readonly now: EffectiveTimeToLive; readonly onClose: () => void }) {
  const [kind, setKind] = useState<Kind>(now.own.kind);
  const [text, setText] = useState(String(now.own.kind === 'days' ? now.own.days : (now.effective?.days ?? 30)));
  const days = Number(text);
  const valid = kind !== 'days' || (Number.isInteger(days) && days >= 1 && days <= mostDays);
  const { error: failure, submit: save } = useSubmit(async () => {
    if (!valid) return;
    const done = await runCommand('ttl.set', { target, ttl: kind === 'days' ? { kind, days } : { kind } }, { toast: false });
    onClose();
    if (done !== null) {
      const { effective } = done.output;
      notify({ tone: 'good', title: effective === null ? `${name} is kept for good` : `${name} is kept for ${formatQuantity(effective.days, 'day')}`, ...undoOffered(done.undo) });
    }
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`How long ${name} is kept`}
      description="When the time is over it goes to the trash by itself, and can be restored from there for a while. A link pauses the clock, a hold stops it."
      onSubmit={save}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={!valid}>
            Set
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <Segmented<Kind>
          label="Kept"
          options={[{ value: 'days', label: 'For some days' }, { value: 'off', label: 'For good' }, { value: 'inherit', label: target.kind === 'version' ? 'As its artifact' : 'As its project' }]}
          value={kind}
          onValueChange={setKind}
        />
        {kind === 'days' && (
          <Field label="Days" error={valid ? undefined : `A whole number from 1 to ${mostDays.toLocaleString('en-US')}.`}>
            <Input inputMode="numeric" value={text} onValueChange={setText} autoFocus />
          </Field>
        )}
        {failure !== null && <p role="alert">{explainError(failure).sentence}</p>}
      </div>
    </Dialog>
  );
}
