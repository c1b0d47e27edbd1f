import { useState } from 'react';
import type { CollectionDetail } from '#shared/contract/index.ts';
import { runCommand } from '../../app/api/index.ts';
import { Button, Popover } from '../../ui/index.ts';
import { Plus } from '../../ui/icons.ts';
import { TagField } from '../logging/index.ts';
import styles from './Registries.module.css';

/** Adds tags to a collection. */
export function TagEditor({ collection }: { readonly collection: CollectionDetail }) {
  const [open, setOpen] = useState(false);
  const [tags, setTags] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const add = async (): Promise<void> => {
    if (tags.length === 0 || problem !== null) return;
    const done = await runCommand('tags.edit', { target: { kind: 'collection', id: collection.id }, add: [...tags] }, { done: tags.length === 1 ? `Added the tag “${tags[0]}”` : `Added ${tags.length} tags` });
    if (done === null) return;
    setTags([]);
    setOpen(false);
  };
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      title="Add tags"
      trigger={
        <Button size="small" variant="quiet" icon={Plus}>
          Tag
        </Button>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void add();
        }}
      >
        <TagField label="Tags" values={tags} onValuesChange={setTags} onProblem={setProblem} />
        <Button type="submit" variant="primary" disabled={tags.length === 0 || problem !== null} disabledReason={problem ?? 'Write a tag first.'}>
          Add
        </Button>
      </form>
    </Popover>
  );
}
