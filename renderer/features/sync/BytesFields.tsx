import type { CollectionId, Remote } from '#shared/contract/index.ts';
import { Field, Input, MultiCombobox, Select } from '../../ui/index.ts';
import { policies, readBytes, type TypedBytes } from './bytesChoice.ts';
import { useCollectionChoices } from './collectionChoices.ts';

/** Which files come here by themselves, and how fast: asked where a remote is connected, and later. */
export function BytesFields({ remote, registries, value, onChange }: { readonly remote: Remote['kind']; /** Names of those here that follow it. */ readonly registries: readonly string[]; readonly value: TypedBytes; readonly onChange: (value: TypedBytes) => void }) {
  const collections = useCollectionChoices({ registries, chosen: value.collections, plain: registries.length > 1 ? null : (registries[0] ?? null) });
  const read = readBytes(value);
  const problem = (field: 'newest' | 'collections' | 'rate'): { readonly error?: string } => (read.ok || read.field !== field ? {} : { error: read.problem });
  return (
    <>
      <Field label="Bring files here" hint={hints[value.kind]}>
        <Select label="Bring files here" options={policies} value={value.kind} onValueChange={(kind) => onChange({ ...value, kind })} />
      </Field>
      {value.kind === 'aliased' && (
        <Field label="Aliases" optional hint="Only these, with commas between them; any alias where none is named.">
          <Input value={value.aliases} onValueChange={(aliases) => onChange({ ...value, aliases })} mono placeholder="production, champion" maxLength={1000} />
        </Field>
      )}
      {value.kind === 'newest' && (
        <Field label={`How many of each ${remote === 'wandb' ? 'collection' : 'model'}`} {...problem('newest')}>
          <Input type="number" value={value.newest} onValueChange={(newest) => onChange({ ...value, newest })} min={1} max={1000} />
        </Field>
      )}
      {value.kind === 'pinned' && (
        <Field label="Pinned collections" {...(value.collections.length === 0 ? {} : problem('collections'))}>
          <MultiCombobox
            label="Pinned collections"
            placeholder="Add a collection"
            options={collections.options}
            onQueryChange={collections.onQueryChange}
            loading={collections.loading}
            values={(value.collections as readonly number[]).map(String)}
            onValuesChange={(values) => onChange({ ...value, collections: values.map((one) => Number(one) as CollectionId) })}
            emptyText="No collection of it here is called so."
          />
        </Field>
      )}
      <Field label="At most, a second" optional hint="Such as 20 MB, in each direction. Without it: as fast as it goes." {...problem('rate')}>
        <Input value={value.rate} onValueChange={(rate) => onChange({ ...value, rate })} placeholder="20 MB" maxLength={30} />
      </Field>
    </>
  );
}

const hints: Readonly<Record<TypedBytes['kind'], string>> = {
  on_demand: 'Versions are known here; their files stay there until somebody asks for them.',
  aliased: 'They come by themselves, and go on where they were cut off. “latest” is not counted.',
  newest: 'They come by themselves, and go on where they were cut off.',
  pinned: 'All versions of these come by themselves, and go on where they were cut off.',
  all: 'They come by themselves, and go on where they were cut off.',
};
