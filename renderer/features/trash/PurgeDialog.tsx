import { useMemo } from 'react';
import type { TrashId } from '#shared/contract/index.ts';
import { runCommand, useOperation } from '../../app/api/index.ts';
import { AlertDialog, formatBytes, formatQuantity } from '../../ui/index.ts';

/** Asks before things in the trash go for good, with the bytes that it would really free, as core counts them. */
export function PurgeDialog({ ids, onClose, onPurged }: { readonly ids: readonly TrashId[] | null; readonly onClose: () => void; readonly onPurged: () => void }) {
  const input = useMemo(() => (ids === null ? {} : { ids: [...ids] }), [ids]);
  const preview = useOperation('trash.purgePreview', input);
  const report = preview.data;
  const what = ids === null ? 'the whole trash' : formatQuantity(ids.length, 'thing');
  return (
    <AlertDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Purge ${what}?`}
      description="It can’t be restored any more. The bytes go back to the disk with the next cleaning of the storage."
      consequences={
        report === undefined
          ? ['Counting what it would free…']
          : [
              `${formatQuantity(report.purged, 'thing')} ${report.purged === 1 ? 'goes' : 'go'} for good${report.versions === 0 ? '' : `, ${formatQuantity(report.versions, 'version')} with their files`}`,
              report.bytesFreed === 0 ? 'Frees no bytes: other versions need the same content' : `Frees ${formatBytes(report.bytesFreed)}`,
              ...report.kept.slice(0, 4).map((kept) => `${kept.label} stays: ${kept.why}`),
              ...(report.kept.length > 4 ? [`${formatQuantity(report.kept.length - 4, 'more thing')} ${report.kept.length === 5 ? 'stays' : 'stay'}`] : []),
            ]
      }
      {...(report?.purged === 0 ? { error: 'Nothing of it can be purged.' } : {})}
      confirmLabel="Purge"
      onConfirm={async () => {
        if (report === undefined || report.purged === 0) throw new Error('nothing to purge');
        const done = await runCommand('trash.purge', input, { done: ({ purged, bytesFreed }) => `Purged ${formatQuantity(purged, 'thing')}; ${formatBytes(bytesFreed)} can be freed in Storage` });
        if (done !== null) onPurged();
      }}
    />
  );
}
