import { useMemo, useRef, useState } from 'react';
import type { CollectionId } from '#shared/contract/index.ts';
import { aliasGuard, type AliasGuard } from '#shared/domain/aliasGuard.ts';
import { checkCollectionName } from '#shared/domain/names.ts';
import { compareRoles } from '#shared/domain/roles.ts';
import { explainViolation } from '#shared/domain/violations.ts';
import { Button, Field, formatQuantity, Input, TextArea, TypeIcon } from '../../ui/index.ts';
import { runCommand, useOperation, useSubmit } from '../../app/api/index.ts';
import { AliasField, type AliasSuggestion } from '../aliases/index.ts';
import { LinkPreview } from './LinkPreview.tsx';
import { Refused } from './Refused.tsx';
import { sayLinked } from './said.ts';
import type { LinkChoice } from './store.ts';
import { askForWaiting, expectedOf, waitingAliases } from './waiting.ts';
import styles from './Linking.module.css';

/** Names people give first, offered where a collection has none yet. */
const usual = ['production', 'staging', 'candidate'] as const;

type AliasOffers = { readonly suggestions: readonly AliasSuggestion[]; readonly guard: AliasGuard; readonly guardedReason: string | null };

/** The aliases to offer for a link into a collection (null: one that is to be made), those in use there, then the usual ones; and what is protected there. */
export function useLinkAliases(registryName: string, collectionId: CollectionId | null): AliasOffers {
  const registry = useOperation('registries.get', { name: registryName });
  const collection = useOperation('collections.get', { id: collectionId as CollectionId }, { enabled: collectionId !== null });
  return useMemo(() => {
    const named = registry.data?.protectedAliases ?? [];
    const guarded = aliasGuard(named);
    const admin = registry.data === undefined || compareRoles(registry.data.role, 'admin') >= 0;
    const standing = new Map((collection.data?.aliases ?? []).map((alias) => [alias.name, alias.index]));
    const names = [...new Set([...standing.keys(), ...named.filter((alias) => !alias.includes('*')), ...usual])].slice(0, 12);
    const guardedReason = admin ? null : `It is protected: only an admin of ${registryName} may put or move it.`;
    const suggestions = names.map((alias) => ({ alias, standsOn: standing.get(alias) ?? null, protected: guarded.has(alias), lockedReason: guarded.has(alias) ? guardedReason : null }));
    return { suggestions, guard: guarded, guardedReason };
  }, [registry.data, collection.data, registryName]);
}

/** What is asked when versions are linked: a name for a new collection, aliases for the last of them, a note. Enter links. */
export function LinkForm({ choice, onDone, onCancel }: { readonly choice: LinkChoice; readonly onDone: () => void; readonly onCancel: () => void }) {
  const { destination } = choice;
  const [versions, setVersions] = useState(choice.versions);
  const { registry, collection } = destination;
  const first = versions[0];
  const last = versions.at(-1);
  const [name, setName] = useState(first?.artifact ?? '');
  const [aliases, setAliases] = useState<readonly string[]>([]);
  const [aliasProblem, setAliasProblem] = useState<string | null>(null);
  const [note, setNote] = useState('');
  const aliasInput = useRef<HTMLInputElement>(null);
  const { suggestions, guard, guardedReason } = useLinkAliases(registry.name, (collection?.id ?? null) as CollectionId | null);
  const only = versions.length === 1 ? first : undefined;
  const checkedName = collection === null ? checkCollectionName(name) : null;
  const nameProblem = checkedName !== null && !checkedName.ok ? explainViolation(checkedName.violation) : null;
  const target = collection === null ? ({ kind: 'new_collection', registryId: registry.id, name } as const) : ({ kind: 'collection', id: collection.id as CollectionId } as const);
  const preview = useOperation('links.preview', { versionIds: versions.map((version) => version.id), target, aliases: [...aliases] }, { enabled: nameProblem === null && name !== '' && aliasProblem === null, keepPrevious: true });
  const refused = new Set(preview.data?.refused.map((refusal) => refusal.id));
  const blocked = (nameProblem !== null && name !== '') || name === '' || aliasProblem !== null || refused.size > 0;

  const link = async (leftOut: readonly string[]): Promise<void> => {
    if (blocked || last === undefined) return;
    const made = await runCommand(
      'links.create',
      {
        versionIds: versions.map((version) => version.id),
        target,
        aliases: aliases.filter((alias) => !leftOut.includes(alias)),
        note: note.trim(),
        ...(preview.previous ? {} : expectedOf(preview.data)),
      },
      { toast: false },
    );
    if (made === null) return;
    onDone();
    sayLinked(made, { registry: registry.name, collection: collection?.name ?? name, versions });
    await askForWaiting(leftOut, preview.data, made.output.links, note.trim());
  };
  const { busy, error, submit } = useSubmit(() => link([]));
  const waiting = waitingAliases(preview.data, error);
  const asking = useSubmit(() => link(waiting));

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <p className={styles.what}>
        {only === undefined ? (
          formatQuantity(versions.length, 'version')
        ) : (
          <>
            <TypeIcon type={only.type} /> {only.artifact} <span className={styles.number}>v{only.index}</span>
          </>
        )}
        <span className={styles.dim}> into {collection === null ? `a new collection of ${registry.name}` : `${registry.name} / ${collection.name}`}</span>
      </p>
      {only?.through !== undefined && (
        <p className={styles.hint}>
          {only.through.collection} v{only.through.index} is a link itself: its source is linked here. Links never chain.
        </p>
      )}
      {collection === null && (
        <Field label="Collection name" error={name === '' ? undefined : nameProblem} hint={first === undefined ? undefined : `It will hold the type “${first.type}”.`}>
          <Input value={name} onValueChange={setName} autoFocus mono />
        </Field>
      )}
      <Field label="Aliases" optional hint={versions.length > 1 ? 'They are put on the last of the versions.' : '“latest” follows by itself.'}>
        <AliasField ref={aliasInput} values={aliases} onValuesChange={setAliases} suggestions={suggestions} guard={guard} guardedReason={guardedReason} onProblem={setAliasProblem} autoFocus={collection !== null} />
      </Field>
      <Field label="Note" optional>
        <TextArea value={note} onValueChange={setNote} rows={2} placeholder="Why this one" maxLength={10_000} />
      </Field>
      <LinkPreview preview={preview.data} error={preview.error} collection={collection?.name ?? name} onLeaveOut={refused.size > 0 && refused.size < versions.length ? () => setVersions(versions.filter((version) => !refused.has(version.id))) : null} />
      <Refused error={asking.error ?? error} />
      <div className={styles.actions}>
        <Button onClick={onCancel}>Cancel</Button>
        {waiting.length > 0 && (
          <Button busy={asking.busy} disabled={blocked} onClick={asking.submit}>
            Link and request approval
          </Button>
        )}
        <Button type="submit" variant="primary" busy={busy} disabled={blocked}>
          {versions.length === 1 ? 'Link' : `Link ${versions.length}`}
        </Button>
      </div>
    </form>
  );
}

