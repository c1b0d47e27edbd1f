import { useState } from 'react';
import type { LineageFilter } from '#shared/contract/index.ts';
import { useOperation } from '../../../app/api/index.ts';
import { Button } from '../../../ui/Button.tsx';
import { MultiCombobox } from '../../../ui/Combobox.tsx';
import { Field } from '../../../ui/Field.tsx';
import { ListFilter } from '../../../ui/icons.ts';
import { Input } from '../../../ui/Input.tsx';
import { Popover } from '../../../ui/Popover.tsx';
import { TypeIcon } from '../../../ui/TypeIcon.tsx';
import { conditionCount, dayOf, withDay, withList } from './filters.ts';
import styles from './LineageToolbar.module.css';

type State = NonNullable<LineageFilter['states']>[number];

const states = [
  { value: 'committed', label: 'Version: there' },
  { value: 'deleted', label: 'Version: deleted' },
  { value: 'running', label: 'Run: running' },
  { value: 'finished', label: 'Run: finished' },
  { value: 'failed', label: 'Run: failed' },
  { value: 'crashed', label: 'Run: crashed' },
  { value: 'killed', label: 'Run: killed' },
] as const satisfies readonly { readonly value: State; readonly label: string }[];

/** Which nodes one wants to see. What matches comes with what leads to it. */
export function FilterPopover({ filter, onFilter }: { readonly filter: LineageFilter; readonly onFilter: (filter: LineageFilter) => void }) {
  const [open, setOpen] = useState(false);
  const types = useOperation('artifacts.types', {}, { enabled: open });
  const projects = useOperation('projects.list', { limit: 500 }, { enabled: open });
  const tags = useOperation('tags.list', {}, { enabled: open });
  const count = conditionCount(filter);
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      title="Show only"
      trigger={
        <Button size="small" variant="quiet" icon={ListFilter} aria-label={count === 0 ? 'Filter' : `Filter, ${count} set`}>
          Filter{count > 0 && <span className={styles.count}>{count}</span>}
        </Button>
      }
    >
      <div className={styles.filters}>
        <Field label="Types">
          <MultiCombobox
            placeholder="Any type"
            options={(types.data?.items ?? []).map(({ type }) => ({ value: type, label: type, leading: <TypeIcon type={type} /> }))}
            values={filter.types ?? []}
            onValuesChange={(values) => onFilter(withList(filter, 'types', values))}
          />
        </Field>
        <Field label="Projects">
          <MultiCombobox
            placeholder="Any project"
            options={(projects.data?.items ?? []).map((one) => ({ value: `${one.entity}/${one.name}`, label: `${one.entity}/${one.name}` }))}
            values={filter.projects ?? []}
            onValuesChange={(values) => onFilter(withList(filter, 'projects', values))}
          />
        </Field>
        <Field label="States">
          <MultiCombobox<State> placeholder="Any state" options={states} values={filter.states ?? []} onValuesChange={(values) => onFilter(withList(filter, 'states', values))} />
        </Field>
        <Field label="Tags">
          <MultiCombobox
            placeholder="Any tag"
            options={(tags.data?.items ?? []).map(({ tag }) => ({ value: tag, label: tag }))}
            values={filter.tags ?? []}
            onValuesChange={(values) => onFilter(withList(filter, 'tags', values))}
          />
        </Field>
        <div className={styles.days}>
          <Field label="Made from">
            <Input type="date" value={dayOf(filter, 'from')} onValueChange={(day) => onFilter(withDay(filter, 'from', day))} />
          </Field>
          <Field label="Made until">
            <Input type="date" value={dayOf(filter, 'until')} onValueChange={(day) => onFilter(withDay(filter, 'until', day))} />
          </Field>
        </div>
        <div className={styles.foot}>
          <span>What leads to a match stays, dotted.</span>
          <Button size="small" variant="quiet" disabled={count === 0} onClick={() => onFilter({})}>
            Clear
          </Button>
        </div>
      </div>
    </Popover>
  );
}
