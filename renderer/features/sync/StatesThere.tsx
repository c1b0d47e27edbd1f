import type { Remote } from '#shared/contract/index.ts';
import { aliasOfState, stageOfState } from '#shared/domain/lifecycleMapping.ts';
import { useOperation } from '../../app/api/index.ts';
import { Button } from '../../ui/index.ts';
import { openLifecycle } from '../registries/index.ts';
import styles from './Sync.module.css';

/** What lifecycle states are at a remote, by the mapping of the registry that follows first, and the way to change that. */
export function StatesThere({ remote }: { readonly remote: Remote }) {
  const registry = useOperation('registries.get', { id: remote.registry.id }).data;
  const lifecycle = registry?.lifecycle ?? null;
  const words = remote.kind === 'mlflow'
    ? 'As MLflow’s stages.'
    : 'As W&B’s aliases, which go over with aliases: a version that comes into a state takes its alias along, one that gets such an alias there comes into its state.';
  return (
    <>
      <span className={styles.dim}>
        {words}
        {lifecycle !== null && ` Of ${remote.registry.name}: ${lifecycle.states.map(({ name }) => `${name} is ${remote.kind === 'mlflow' ? stageOfState(lifecycle, name) : (aliasOfState(lifecycle, name) ?? 'no alias')}`).join(', ')}.`}
      </span>
      {registry !== undefined && (
        <Button variant="link" onClick={() => openLifecycle(registry)} aria-label={`Change what the states of ${remote.registry.name} are there`}>
          {lifecycle === null ? `${remote.registry.name} has no states yet: define them…` : 'Change…'}
        </Button>
      )}
    </>
  );
}
