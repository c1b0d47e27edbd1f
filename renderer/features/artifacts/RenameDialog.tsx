import { useState } from 'react';
import type { ArtifactSummary } from '#shared/contract/index.ts';
import { checkArtifactName } from '#shared/domain/names.ts';
import { explainViolation } from '#shared/domain/violations.ts';
import { runCommand, useSubmit } from '../../app/api/index.ts';
import { navigate, placeOf } from '../../app/routes/index.ts';
import { Button, Dialog, Field, Input } from '../../ui/index.ts';

/** Another name for an artifact. Links and aliases stay; the old name leads here until something else takes it. */
export function RenameDialog({ artifact, onClose }: { readonly artifact: ArtifactSummary; readonly onClose: () => void }) {
  const [name, setName] = useState(artifact.name);
  const verdict = checkArtifactName(name);
  const { busy, failure, submit, forgive } = useSubmit(async () => {
    if (!verdict.ok || name === artifact.name) return;
    await runCommand('artifacts.update', { id: artifact.id, name: verdict.value }, { toast: false });
    onClose();
    navigate(placeOf.artifact({ entity: artifact.entity, project: artifact.project, name: verdict.value }), { replace: true });
  });
  const problem = failure ?? (verdict.ok ? undefined : explainViolation(verdict.violation));

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      width="narrow"
      title={`Rename ${artifact.name}`}
      description="Its versions, links and aliases stay, and the old name leads here until another artifact takes it."
      onSubmit={submit}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} disabled={!verdict.ok || name === artifact.name} disabledReason={verdict.ok ? 'It has that name.' : 'The name breaks a rule.'}>
            Rename
          </Button>
        </>
      }
    >
      <Field label="Name" hint="Letters A–Z and a–z, digits, “_”, “-” and “.”; at most 128." error={problem}>
        <Input
          mono
          value={name}
          onValueChange={(next) => {
            setName(next);
            forgive();
          }}
        />
      </Field>
    </Dialog>
  );
}
