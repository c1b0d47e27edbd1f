import { useState } from 'react';
import { explainError } from '#shared/contract/explain.ts';
import type { SyncConflict } from '#shared/contract/index.ts';
import { notifyFailure, requestApproval, runCommand, useSubmit } from '../../app/api/index.ts';
import { barred, useWhyNot } from '../../app/rights.ts';
import { navigate } from '../../app/routes/index.ts';
import { AliasChip, Button, Dialog, Field, Input, RelativeTime } from '../../ui/index.ts';
import styles from './Sync.module.css';

/** Both sides of what was changed here and there differently, with what can be decided. */
export function Conflicts({ conflicts }: { readonly conflicts: readonly SyncConflict[] }) {
  const [both, setBoth] = useState<SyncConflict | null>(null);
  const whyNot = useWhyNot();
  const mayResolve = barred(whyNot('sync.resolve', 'somewhere'));
  const mayAsk = barred(whyNot('approvals.request', 'somewhere'));
  if (conflicts.length === 0) return null;
  const decide = (conflict: SyncConflict, choice: 'mine' | 'theirs'): void => void runCommand('sync.resolve', { id: conflict.id, choice }, { done: choice === 'mine' ? 'Yours goes there' : 'Theirs came here' });
  const ask = (conflict: SyncConflict): void => {
    if (conflict.theirs.linkId !== null) requestApproval(conflict.theirs.linkId, conflict.field, `It was moved at ${conflict.remote}.`).catch(notifyFailure);
  };
  return (
    <section aria-label="Conflicts" className={styles.section}>
      <h2>To decide</h2>
      {conflicts.map((conflict) => (
        <article key={conflict.id} className={styles.conflict} aria-label={`${conflict.label} ${conflict.field}`}>
          <p>
            {conflict.what === 'alias' ? <AliasChip alias={conflict.field} /> : <strong>{conflict.what === 'description' ? 'Description' : conflict.field}</strong>} of <strong>{conflict.label}</strong> was {conflict.held === null ? 'changed here and' : 'moved'} on {conflict.remote}
            <span className={styles.dim}>
              {' '}
              · noticed <RelativeTime time={conflict.at} />
            </span>
          </p>
          <div className={styles.sides}>
            <Side title="Here" text={conflict.mine.shown} />
            <Side title={`On ${conflict.remote}`} text={conflict.theirs.shown} />
          </div>
          {conflict.held !== null && <p className={styles.held}>{conflict.held}</p>}
          <p className={styles.dim}>Before, it was {conflict.what === 'alias' ? conflict.base.shown : `“${conflict.base.shown}”`}.</p>
          <div className={styles.acts}>
            <Button {...mayResolve} onClick={() => decide(conflict, 'mine')}>Keep mine</Button>
            <Button {...(conflict.awaitsApproval ? barred(conflict.held) : mayResolve)} onClick={() => decide(conflict, 'theirs')}>Take theirs</Button>
            {conflict.awaitsApproval && <Button {...mayAsk} onClick={() => ask(conflict)}>Request approval</Button>}
            {conflict.what === 'alias' && conflict.mine.linkId !== null && <Button {...mayResolve} onClick={() => setBoth(conflict)}>Keep both…</Button>}
            {conflict.awaitsApproval && <Button variant="link" onClick={() => navigate({ place: 'approvals' })}>Open approvals</Button>}
          </div>
        </article>
      ))}
      {both !== null && <BothDialog conflict={both} onClose={() => setBoth(null)} />}
    </section>
  );
}

function Side({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <div className={styles.side}>
      <h3>{title}</h3>
      <p>{text === '' ? 'empty' : text}</p>
    </div>
  );
}

function BothDialog({ conflict, onClose }: { readonly conflict: SyncConflict; readonly onClose: () => void }) {
  const [alias, setAlias] = useState(`${conflict.field}-here`);
  const { error: failure, submit: keep } = useSubmit(async () => {
    await runCommand('sync.resolve', { id: conflict.id, choice: 'both', alias: alias.trim() }, { toast: false });
    onClose();
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Keep both"
      width="narrow"
      onSubmit={keep}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={alias.trim() === '' || alias.trim() === conflict.field} disabledReason="Choose another alias than theirs.">
            Keep both
          </Button>
        </>
      }
    >
      <Field label="Alias for yours" hint={`“${conflict.field}” moves to where ${conflict.remote} has it; yours gets this one, here and there.`} {...(failure === null ? {} : { error: explainError(failure).sentence })}>
        <Input value={alias} onValueChange={setAlias} mono autoFocus maxLength={128} />
      </Field>
    </Dialog>
  );
}
