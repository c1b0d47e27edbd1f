import { useState } from 'react';
import { TagField } from '../../logging/index.ts';
import { runCommand, useOperation } from '../../../app/api/index.ts';
import { navigate } from '../../../app/routes/index.ts';
import { Button, EmptyState, Field, formatCount, TagChip } from '../../../ui/index.ts';
import { Tags } from '../../../ui/icons.ts';
import { Section } from '../parts/Facts.tsx';
import { TabBody } from '../parts/TabBody.tsx';
import type { Shown } from '../shown.ts';
import styles from './tabs.module.css';

/** How many tags of others are offered. */
const mostOffered = 24;

export function TagsTab({ shown: { version, link, rights } }: { readonly shown: Shown }) {
  const [adding, setAdding] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const inUse = useOperation('tags.list', { limit: 100 });
  const offered = (inUse.data?.items ?? []).filter(({ tag }) => !version.tags.includes(tag) && !adding.includes(tag)).slice(0, mostOffered);
  const target = { kind: 'version', id: version.id } as const;
  const locked = rights.editVersion;

  const add = async (tags: readonly string[]): Promise<void> => {
    if (tags.length === 0 || problem !== null || busy) return;
    setBusy(true);
    const done = await runCommand('tags.edit', { target, add: [...tags] }, { done: tags.length === 1 ? `Added the tag “${tags[0]}”` : `Added ${tags.length} tags` });
    setBusy(false);
    if (done !== null) setAdding((before) => before.filter((tag) => !tags.includes(tag)));
  };

  return (
    <TabBody name="tags" label="Tags">
      <Section title="Tags" facts={link === null ? 'shown wherever the version is linked' : 'they belong to the version, and are shown wherever it is linked'}>
        {version.tags.length === 0 ? (
          <EmptyState compact icon={Tags} title="No tags yet" text="Words to find and group versions by: “release”, “needs review”. Search finds them with tag:release." />
        ) : (
          <div className={styles.chips}>
            {version.tags.map((tag) => (
              <TagChip
                key={tag}
                tag={tag}
                onPress={() => navigate({ place: 'search', query: `tag:${/\s/u.test(tag) ? `"${tag}"` : tag}` })}
                {...(locked === null ? { onRemove: () => void runCommand('tags.edit', { target, remove: [tag] }, { done: `Removed the tag “${tag}”` }) } : {})}
              />
            ))}
          </div>
        )}
        {locked === null ? (
          <form
            className={styles.fieldRow}
            onSubmit={(event) => {
              event.preventDefault();
              void add(adding);
            }}
          >
            <Field label="Add tags" hint="Letters, digits, underscores and hyphens, with single words or several; Enter or a comma after each.">
              <TagField values={adding} onValuesChange={setAdding} onProblem={setProblem} />
            </Field>
            <Button type="submit" className={styles.fieldButton} busy={busy} disabled={adding.length === 0 || problem !== null} disabledReason={problem ?? 'Write a tag first.'}>
              Add
            </Button>
          </form>
        ) : (
          <p className={styles.dim}>{locked}</p>
        )}
      </Section>
      {locked === null && offered.length > 0 && (
        <Section title="In use elsewhere" facts="press one to add it">
          <div className={styles.chips}>
            {offered.map(({ tag, count }) => (
              <span key={tag} title={`On ${formatCount(count)} others`}>
                <TagChip tag={tag} onPress={() => void add([tag])} />
              </span>
            ))}
          </div>
        </Section>
      )}
    </TabBody>
  );
}
