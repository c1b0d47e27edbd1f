import { useState } from 'react';
import { explainError, type VersionId, type VitrineError } from '#shared/contract/index.ts';
import { latestAlias } from '#shared/domain/aliases.ts';
import { asVitrineError, notify, runCommand, undoAction, useOperation } from '../../app/api/index.ts';
import { AlertDialog, Button, Dialog, formatBytes, formatQuantity, SkeletonLines } from '../../ui/index.ts';
import { PlaceFailure } from '../../app/shell/index.ts';

export type DeletableVersion = { readonly id: VersionId; readonly artifact: string; readonly index: number };
export type DeleteVersionsDialogProps = { readonly versions: readonly DeletableVersion[]; readonly onClose: () => void; readonly onDeleted?: () => void };

const mostNamed = 6;

/** Asks before versions go to the trash, with what really goes: bytes, aliases, links; or says what stands against it. */
export function DeleteVersionsDialog({ versions, onClose, onDeleted }: DeleteVersionsDialogProps) {
  const ids = versions.map((version) => version.id);
  const preview = useOperation('versions.deletionPreview', { ids });
  const [failure, setFailure] = useState<VitrineError | null>(null);
  const [first] = versions;
  const subject = versions.length === 1 && first !== undefined ? `${first.artifact} v${first.index}` : formatQuantity(versions.length, 'version');
  const close = (open: boolean): void => {
    if (!open) onClose();
  };

  if (preview.error !== null || preview.data === undefined) {
    return (
      <Dialog open onOpenChange={close} title={`Delete ${subject}?`} width="narrow" actions={<Button onClick={onClose}>Cancel</Button>}>
        {preview.error === null ? <SkeletonLines lines={3} label="Looking at what would go" /> : <PlaceFailure error={preview.error} retry={preview.retry} compact />}
      </Dialog>
    );
  }

  const { bytesFreed, aliases, links, protectedBy, heldBy } = preview.data;
  if (protectedBy.length > 0 || heldBy.length > 0) {
    return (
      <Dialog
        open
        onOpenChange={close}
        title={`${subject} can’t be deleted`}
        description={[
          ...(protectedBy.length > 0 ? ['A protected alias stands on it: an admin of the registry can move the alias to another version first.'] : []),
          ...(heldBy.length > 0 ? ['It is held: an admin can release the hold, with a reason.'] : []),
        ].join(' ')}
        width="narrow"
        actions={<Button variant="primary" onClick={onClose}>Close</Button>}
      >
        <ul>
          {protectedBy.slice(0, mostNamed).map((mark) => (
            <li key={mark.linkId}>
              {mark.registry} / {mark.collection} v{mark.index}: {mark.aliases.filter((alias) => alias.protected).map((alias) => alias.name).join(', ')}
            </li>
          ))}
          {heldBy.slice(0, mostNamed).map((hold) => (
            <li key={`hold ${hold.id}`}>
              {hold.object.label}: held by {hold.placedBy.displayName}, “{hold.reason}”
            </li>
          ))}
          {protectedBy.length > mostNamed && <li>and {protectedBy.length - mostNamed} more</li>}
        </ul>
      </Dialog>
    );
  }

  const chosen = [...new Set(aliases.map(({ alias }) => alias))];
  const named = chosen.filter((alias) => alias !== latestAlias);
  return (
    <AlertDialog
      open
      onOpenChange={close}
      title={`Delete ${subject}?`}
      description={`${versions.length === 1 ? 'It goes' : 'They go'} to the trash and can be restored from there for a time.`}
      consequences={[
        bytesFreed === 0 ? 'Frees nothing: other versions hold the same bytes' : `Frees ${formatBytes(bytesFreed)} once the trash is emptied`,
        ...(links.length === 0 ? [] : [`${formatQuantity(links.length, 'link')} ${links.length === 1 ? 'goes' : 'go'}: ${listed(links.map((mark) => `${mark.collection} v${mark.index}`))}`]),
        ...(named.length === 0 ? [] : [`${formatQuantity(named.length, 'alias', 'aliases')} ${named.length === 1 ? 'goes' : 'go'}: ${listed(named)}`]),
        ...(chosen.includes(latestAlias) ? ['“latest” follows to the newest version that is left'] : []),
      ]}
      confirmLabel={versions.length === 1 ? 'Delete version' : `Delete ${formatQuantity(versions.length, 'version')}`}
      error={failure === null ? undefined : `${explainError(failure).title}. ${explainError(failure).sentence}`}
      onConfirm={async () => {
        setFailure(null);
        try {
          const result = await runCommand('versions.delete', { ids, aliases: chosen }, { toast: false });
          if (result === null) return;
          notify({ tone: 'good', title: `Moved ${subject} to the trash`, ...(result.undo === null ? {} : { action: undoAction(result.undo) }) });
          onDeleted?.();
        } catch (thrown) {
          setFailure(asVitrineError(thrown));
          throw thrown;
        }
      }}
    />
  );
}

function listed(names: readonly string[]): string {
  return names.slice(0, mostNamed).join(', ') + (names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '');
}
