import { useState } from 'react';
import type { Remote } from '#shared/contract/index.ts';
import { runCommand, sayDone, useSubmit } from '../../app/api/index.ts';
import { Button, Dialog } from '../../ui/index.ts';
import { readBytes, typedBytes } from './bytesChoice.ts';
import { BytesFields } from './BytesFields.tsx';
import styles from './Sync.module.css';

/** Which files of a remote come here by themselves, and how fast. */
export function BytesDialog({ remote, onClose }: { readonly remote: Remote; readonly onClose: () => void }) {
  const [typed, setTyped] = useState(() => typedBytes(remote));
  const read = readBytes(typed);
  const save = useSubmit(async () => {
    if (!read.ok) return;
    const saved = await runCommand('remotes.update', { id: remote.id, bytes: read.bytes, rate: read.rate }, { toast: false });
    if (saved === null) return;
    onClose();
    sayDone(saved.undo);
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Files from “${remote.name}”`}
      description="What is here already stays here."
      keepOnOutsidePress
      onSubmit={save.submit}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={save.busy} disabled={!read.ok || save.busy} disabledReason={read.ok ? 'It is being saved.' : read.problem}>
            Save
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <BytesFields remote={remote.kind} registries={remote.registries.map((one) => one.name)} value={typed} onChange={setTyped} />
        {save.failure !== null && <p className={styles.failure} role="alert">{save.failure}</p>}
      </div>
    </Dialog>
  );
}
