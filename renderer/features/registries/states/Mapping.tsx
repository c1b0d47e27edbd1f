import type { Lifecycle } from '#shared/contract/index.ts';
import { mlflowStages, type MlflowStage } from '#shared/domain/lifecycle.ts';
import { stageOfState, usualAlias, usualStage } from '#shared/domain/lifecycleMapping.ts';
import { Input, Select } from '../../../ui/index.ts';
import type { EditableState } from './editable.ts';
import { StateChip } from './StateChip.tsx';
import styles from './Lifecycle.module.css';

const usual = 'usual';
const none = 'none';

type MappingProps = {
  readonly states: readonly EditableState[];
  readonly lifecycle: Lifecycle;
  readonly onChange: (key: string, part: Pick<EditableState, 'stage'> | Pick<EditableState, 'alias'>) => void;
};

/** What each state is where there are none: its stage in MLflow, its alias in W&B. What is not set goes by name and place, and says so. */
export function Mapping({ states, lifecycle, onChange }: MappingProps) {
  return (
    <section aria-label="At remotes">
      <h3 className={styles.heading}>At remotes</h3>
      <p className={styles.hint}>For sync, where a remote’s settings let lifecycle states go over: the stage that stands for a state in MLflow, the alias that does in W&B.</p>
      <div className={styles.mapping} role="table" aria-label="States at remotes">
        <div role="row" className={styles.mappingHead}>
          <span role="columnheader">State</span>
          <span role="columnheader">MLflow’s stage</span>
          <span role="columnheader">W&B’s alias</span>
        </div>
        {states.map((state) => {
          const alias = usualAlias({ ...lifecycle, states: lifecycle.states.map((one) => (one.name === state.name ? { ...one, alias: undefined } : one)) }, state.name);
          return (
            <div key={state.key} role="row" className={styles.mappingRow}>
              <span role="rowheader">
                <StateChip state={state.name} hue={state.hue} />
              </span>
              <span role="cell">
                <Select
                  size="small"
                  label={`Stage of ${state.name} in MLflow`}
                  options={[{ value: usual, label: `As usual: ${usualStage(lifecycle, state.name)}` }, ...mlflowStages.map((stage) => ({ value: stage, label: stage }))]}
                  value={state.stage ?? usual}
                  onValueChange={(value) => onChange(state.key, { stage: value === usual ? undefined : (value as MlflowStage) })}
                />
              </span>
              <span role="cell" className={styles.mappedAlias}>
                <Select
                  size="small"
                  label={`Alias of ${state.name} in W&B`}
                  options={[{ value: usual, label: `As usual: ${alias ?? 'none'}` }, { value: none, label: 'None' }, { value: 'own', label: 'Another…' }]}
                  value={state.alias === undefined ? usual : state.alias === null ? none : 'own'}
                  onValueChange={(value) => onChange(state.key, { alias: value === usual ? undefined : value === none ? null : (state.alias ?? aliasFrom(state.name, stageOfState(lifecycle, state.name))) })}
                />
                {typeof state.alias === 'string' && <Input size="small" mono aria-label={`Name of the alias of ${state.name}`} value={state.alias} onValueChange={(value) => onChange(state.key, { alias: value })} maxLength={128} />}
              </span>
            </div>
          );
        })}
      </div>
    </section>
  );
}

/** A first name for an alias of one’s own. */
function aliasFrom(state: string, stage: MlflowStage): string {
  return state.toLowerCase().replaceAll(/[/:]/gu, '-') || stage.toLowerCase();
}
