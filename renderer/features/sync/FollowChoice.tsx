import type { CollectionId, Remote } from '#shared/contract/index.ts';
import { useOperation } from '../../app/api/index.ts';
import { Field, MultiCombobox, Select } from '../../ui/index.ts';
import { useCollectionChoices } from './collectionChoices.ts';
import styles from './Sync.module.css';

type Follow = Remote['follow'];

const mostToBeginWith = 50;

export type FollowChoiceProps = {
  readonly remote: Remote['kind'];
  /** The registry here that the first one there becomes. */
  readonly registry: string;
  readonly follow: Follow;
  readonly onChange: (follow: Follow) => void;
  /** W&B: names of the other registries of the organization, as far as they are known. */
  readonly others: readonly string[];
  /** Why it can't be changed; null where it can. */
  readonly reason?: string | null;
};

/** What follows a remote: its registry, several, the whole organization, or single collections of any of them. */
export function FollowChoice({ remote, registry, follow, onChange, others, reason = null }: FollowChoiceProps) {
  const type = remote === 'mlflow' ? { type: 'model' } : {};
  const choices = useCollectionChoices({ ...type, chosen: follow.kind === 'collections' ? follow.ids : [], plain: registry });
  // Whoever chooses begins with those of its registry, unless they are more than anybody takes away one by one.
  const own = useOperation('collections.list', { sort: 'name', direction: 'ascending', limit: mostToBeginWith + 1, ...type, registryFilter: { name: registry } }).data?.items ?? [];
  const registries = useOperation('registries.list', {}).data?.items ?? [];
  const wandb = remote === 'wandb';
  const options = [
    { value: 'registry', label: `The registry ${registry}` },
    { value: 'registries', label: 'Several registries' },
    { value: 'organization', label: wandb ? 'The whole organization' : 'Every registry here' },
    { value: 'collections', label: 'Chosen collections' },
  ] as const;
  const choose = (kind: Follow['kind']): void => {
    switch (kind) {
      case 'registry':
      case 'organization':
        onChange({ kind });
        break;
      case 'registries':
        onChange({ kind, names: [] });
        break;
      case 'collections':
        onChange({ kind, ids: own.length > mostToBeginWith ? [] : own.map((one) => one.id) });
        break;
    }
  };
  const names = [...new Set([...(wandb ? others : registries.filter((one) => one.name !== registry && (one.acceptedTypes === null || one.acceptedTypes.includes('model'))).map((one) => one.name)), ...(follow.kind === 'registries' ? follow.names : [])])];
  return (
    <Field label="Follows" hint={reason ?? hints[remote][follow.kind]}>
      <div className={styles.choice}>
        <Select label="What follows" options={options} value={follow.kind} onValueChange={choose} disabled={reason !== null} />
        {follow.kind === 'registries' && reason === null && (
          <MultiCombobox label="Other registries" placeholder="Add a registry" options={names.map((name) => ({ value: name, label: name }))} values={follow.names} onValuesChange={(values) => onChange({ kind: 'registries', names: [...values] })} emptyText={wandb ? 'No other registry is known: test the connection.' : 'There is no other registry that takes models.'} />
        )}
        {follow.kind === 'collections' && reason === null && (
          <MultiCombobox
            label="Collections"
            placeholder="Add a collection"
            options={choices.options}
            onQueryChange={choices.onQueryChange}
            loading={choices.loading}
            values={(follow.ids as readonly number[]).map(String)}
            onValuesChange={(values) => onChange({ kind: 'collections', ids: values.map((value) => Number(value) as CollectionId) })}
            emptyText="No collection is called so."
          />
        )}
      </div>
    </Field>
  );
}

const single = 'Only these, of whichever registry; new ones there don’t come by themselves.';
const hints: Readonly<Record<Remote['kind'], Readonly<Record<Follow['kind'], string>>>> = {
  mlflow: { registry: 'Its models go to and fro; new ones there come into it.', registries: 'Models of all of them go there; new ones there come into the first.', organization: 'Models of every registry here go there; new ones there come into the first.', collections: single },
  wandb: { registry: 'It is the one registry there that you named.', registries: 'Each goes into the registry of the same name here.', organization: 'Every registry there, also new ones, each into the registry of the same name here.', collections: single },
};
