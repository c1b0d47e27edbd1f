import { useState } from 'react';
import type { RunDetail } from '#shared/contract/index.ts';
import { runCommand, useSubmit } from '../../app/api/index.ts';
import { Button, Dialog, Field, Input } from '../../ui/index.ts';
import styles from './RunPlace.module.css';

/** What a run belongs to, and what kind of work it is: lists are sorted out by both. */
export function GroupDialog({ run, onClose }: { readonly run: RunDetail; readonly onClose: () => void }) {
  const [group, setGroup] = useState(run.group ?? '');
  const [jobType, setJobType] = useState(run.jobType ?? '');
  const { busy, failure, submit } = useSubmit(async () => {
    const done = await runCommand('runs.update', { id: run.id, group: group.trim() === '' ? null : group.trim(), jobType: jobType.trim() === '' ? null : jobType.trim() }, { toast: false });
    if (done !== null) onClose();
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      width="narrow"
      title="Group and job type"
      onSubmit={submit}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy}>
            Save
          </Button>
        </>
      }
    >
      <div className={styles.groupForm}>
        <Field label="Group" optional hint="Runs that belong together: a sweep, the folds of a validation.">
          <Input value={group} onValueChange={setGroup} maxLength={128} autoFocus />
        </Field>
        <Field label="Job type" optional hint="What kind of work it is: train, evaluate, convert.">
          <Input value={jobType} onValueChange={setJobType} maxLength={128} />
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
