import { useState } from 'react';
import { explainError } from '#shared/contract/explain.ts';
import type { Remote } from '#shared/contract/index.ts';
import { runCommand, useSubmit } from '../../app/api/index.ts';
import { Button, Dialog } from '../../ui/index.ts';
import { CredentialFields, credentialOf, type TypedCredential } from './CredentialFields.tsx';
import styles from './Sync.module.css';

export function CredentialDialog({ remote, onClose }: { readonly remote: Remote; readonly onClose: () => void }) {
  const [typed, setTyped] = useState<TypedCredential>({ kind: remote.credential.kind, name: remote.credential.name ?? '', secret: '' });
  const credential = credentialOf(typed);
  const { error: failure, submit: save } = useSubmit(async () => {
    if (credential === null) return;
    await runCommand('remotes.update', { id: remote.id, credential }, { toast: false });
    onClose();
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Credential for “${remote.name}”`}
      keepOnOutsidePress
      onSubmit={save}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={credential === null} disabledReason="Something is still missing.">
            Save
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <CredentialFields remote={remote.kind} value={typed} onChange={setTyped} />
        {failure !== null && <p className={styles.failure}>{explainError(failure).sentence}</p>}
      </div>
    </Dialog>
  );
}
