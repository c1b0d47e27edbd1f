import { useState } from 'react';
import { explainError, type UndoOffer, type VersionId, type VitrineError } from '#shared/contract/index.ts';
import { TagField } from '../logging/index.ts';
import { asVitrineError, core, notify, undoAllOffered } from '../../app/api/index.ts';
import { Button, Dialog, Field, formatCount, formatQuantity, ProgressBar } from '../../ui/index.ts';

export type AddTagsDialogProps = { readonly versions: readonly { readonly id: VersionId; readonly artifact: string; readonly index: number }[]; readonly onClose: () => void };

/** Puts tags on one or many versions. What was done so far stays when it is stopped or fails, and one “Undo” takes all of it back. */
export function AddTagsDialog({ versions, onClose }: AddTagsDialogProps) {
  const [tags, setTags] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const [done, setDone] = useState<number | null>(null);
  const [failure, setFailure] = useState<VitrineError | null>(null);
  const [stop] = useState(() => new AbortController());
  const [first] = versions;
  const subject = versions.length === 1 && first !== undefined ? `${first.artifact} v${first.index}` : formatQuantity(versions.length, 'version');

  const put = async (): Promise<void> => {
    if (tags.length === 0 || problem !== null || done !== null) return;
    setFailure(null);
    const offers: UndoOffer[] = [];
    let tagged = 0;
    try {
      for (const version of versions) {
        if (stop.signal.aborted) break;
        setDone(tagged);
        const { undo } = await core().execute('tags.edit', { target: { kind: 'version', id: version.id }, add: [...tags] });
        if (undo !== null) offers.push(undo);
        tagged += 1;
      }
      onClose();
    } catch (thrown) {
      setFailure(asVitrineError(thrown));
    } finally {
      setDone(null);
      if (tagged > 0) {
        notify({
          tone: 'good',
          title: `${tags.length === 1 ? `Added “${tags[0]}”` : `Added ${tags.length} tags`} to ${tagged === 1 ? subject : `${formatCount(tagged)} of ${formatQuantity(versions.length, 'version')}`}`,
          ...undoAllOffered(offers, `the tags of ${formatQuantity(offers.length, 'version')}`),
        });
      }
    }
  };

  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (open) return;
        stop.abort();
        onClose();
      }}
      title={`Tag ${subject}`}
      description="Tags belong to the version and show wherever it is linked."
      onSubmit={() => void put()}
      keepOnOutsidePress={tags.length > 0}
      actions={
        <>
          <Button
            onClick={() => {
              stop.abort();
              onClose();
            }}
          >
            {done === null ? 'Cancel' : 'Stop'}
          </Button>
          <Button type="submit" variant="primary" busy={done !== null} disabled={tags.length === 0 || problem !== null} disabledReason={problem ?? 'Write a tag first.'}>
            Add
          </Button>
        </>
      }
    >
      <Field label="Tags to add" hint="Enter or a comma after each.">
        <TagField values={tags} onValuesChange={setTags} onProblem={setProblem} />
      </Field>
      {done !== null && versions.length > 1 && <ProgressBar label="Tagging" value={done} total={versions.length} unit="count" />}
      {failure !== null && (
        <p role="alert">
          {explainError(failure).title}. {explainError(failure).sentence}
        </p>
      )}
    </Dialog>
  );
}
