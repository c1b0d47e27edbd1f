import { useEffect, useState } from 'react';
import { explainError, type OutputOf, type VitrineError } from '#shared/contract/index.ts';
import { bridge } from '../../app/bridge.ts';
import { asVitrineError, notify, runCommand, useOperation } from '../../app/api/index.ts';
import { Button, Dialog, formatBytes, formatQuantity, Skeleton } from '../../ui/index.ts';
import { FileArchive } from '../../ui/icons.ts';
import type { BundleContents } from './store.ts';
import styles from './Imports.module.css';

type Bundle = OutputOf<'bundles.export'>;

/** Writes a bundle: says first what it will hold and how much that is, then where to. It goes on while the window is elsewhere. */
export function BundleDialog({ contents, onClose }: { readonly contents: BundleContents; readonly onClose: () => void }) {
  const directory = useOperation('catalog.status', {}).data?.directory;
  const [held, setHeld] = useState<Bundle | null>(null);
  const [failure, setFailure] = useState<VitrineError | null>(null);
  const input = { versionIds: [...(contents.versionIds ?? [])], collectionIds: [...(contents.collectionIds ?? [])], registryIds: [...(contents.registryIds ?? [])] };
  const asked = JSON.stringify(input);

  useEffect(() => {
    if (directory === undefined) return undefined;
    const abort = new AbortController();
    // Nothing is written: any place will do to ask what would be.
    runCommand('bundles.export', { ...(JSON.parse(asked) as typeof input), file: `${directory}/bundle.vitrine`, dryRun: true }, { toast: false, activity: 'Counting what the bundle will hold', signal: abort.signal })
      .then((done) => setHeld(done?.output ?? null))
      .catch((thrown: unknown) => {
        const error = asVitrineError(thrown);
        if (error.code !== 'cancelled') setFailure(error);
      });
    return () => abort.abort();
  }, [directory, asked]);

  const write = async (): Promise<void> => {
    const file = await bridge().chooseSaveFile({ title: `Export ${contents.label}`, name: `${contents.label.replaceAll(/[^\w.-]+/gu, '-')}.vitrine` });
    if (file === null) return;
    onClose();
    // The system's dialog has asked before it lets an older file go.
    const done = await runCommand('bundles.export', { ...input, file, overwrite: true }, { activity: `Exporting ${contents.label}` });
    if (done !== null) {
      notify({
        tone: 'good',
        title: `Wrote ${contents.label} to ${done.output.file}`,
        text: `${formatQuantity(done.output.versions, 'version')}, ${formatBytes(done.output.bytes)}. Another Vitrine opens it by Import.`,
        action: { label: 'Show', onPress: () => void bridge().revealInFolder(file) },
      });
    }
  };

  const words = failure === null ? null : explainError(failure);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Export ${contents.label} as a bundle`}
      description="One file with versions, links, aliases, cards, bytes and history. Another Vitrine opens it and checks every digest first."
      onSubmit={() => {
        if (held !== null && held.versions > 0) void write();
      }}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" icon={FileArchive} disabled={held === null || held.versions === 0} disabledReason={held?.versions === 0 ? 'There is nothing in it.' : 'It is being counted.'}>
            Choose where…
          </Button>
        </>
      }
    >
      {words !== null ? (
        <p role="alert" className={styles.failure}>
          <strong>{words.title}.</strong> {words.sentence} {words.advice}
        </p>
      ) : (
        <dl className={styles.figures} aria-label="What it will hold">
          {(
            [
              ['Versions', held === null ? null : formatQuantity(held.versions, 'version')],
              ['Links', held === null ? null : formatQuantity(held.links, 'link')],
              ['History', held === null ? null : formatQuantity(held.events, 'event')],
              ['Bytes', held === null ? null : `${formatBytes(held.bytes)} in ${formatQuantity(held.objects, 'object')}`],
            ] as const
          ).map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value ?? <Skeleton width={72} height={14} />}</dd>
            </div>
          ))}
        </dl>
      )}
    </Dialog>
  );
}
