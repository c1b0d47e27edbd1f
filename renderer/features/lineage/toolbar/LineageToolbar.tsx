import type { LayoutDirection } from '#shared/lineage/index.ts';
import { IconButton } from '../../../ui/Button.tsx';
import { formatQuantity } from '../../../ui/format.ts';
import { ArrowDown, ArrowRight, CircleHelp, Info, ListTree } from '../../../ui/icons.ts';
import { Segmented } from '../../../ui/Segmented.tsx';
import { Select } from '../../../ui/Select.tsx';
import { Toolbar, ToolbarDivider, ToolbarSpacer } from '../../../ui/Toolbar.tsx';
import { depths, type Depth, type Grouping, type Lineage, type Pane, type Side } from '../useLineage.ts';
import { GraphSearch } from '../view/GraphSearch.tsx';
import type { LineageViewHandle } from '../view/viewProps.ts';
import { ExportMenu } from './ExportMenu.tsx';
import { FilterPopover } from './FilterPopover.tsx';
import styles from './LineageToolbar.module.css';

export type LineageToolbarProps = {
  readonly lineage: Lineage;
  readonly view: React.RefObject<LineageViewHandle | null>;
  readonly pane: Pane;
  readonly onPane: (pane: Pane) => void;
  readonly onGoTo: (key: string) => void;
};

const sides = [
  { value: 'upstream', label: 'Upstream' },
  { value: 'both', label: 'Both' },
  { value: 'downstream', label: 'Downstream' },
] as const satisfies readonly { readonly value: Side; readonly label: string }[];
const groupings = [
  { value: 'none', label: 'Ungathered' },
  { value: 'project', label: 'By project' },
  { value: 'type', label: 'By type' },
  { value: 'jobType', label: 'By kind of job' },
  { value: 'runGroup', label: 'By run group' },
] as const satisfies readonly { readonly value: Grouping; readonly label: string }[];
const panes = [
  { value: 'details', label: 'Show details', icon: Info },
  { value: 'questions', label: 'Ask a question', icon: CircleHelp },
  { value: 'tree', label: 'Show as a tree', icon: ListTree },
] as const;

/** What of the lineage is shown, and how. */
export function LineageToolbar({ lineage, view, pane, onPane, onGoTo }: LineageToolbarProps) {
  const { graph, merged } = lineage;
  const setMatches = (keys: ReadonlySet<string>): void => view.current?.setMatches(keys);
  return (
    <Toolbar label="Lineage" lined className={styles.toolbar}>
      {graph !== null && merged !== null && <GraphSearch graph={graph} members={merged} onMatches={setMatches} onGoTo={onGoTo} />}
      <Segmented<Side> label="Which side" size="small" value={lineage.side} onValueChange={lineage.setSide} options={sides} />
      <Select<Depth>
        label="How many steps"
        size="small"
        quiet
        value={lineage.depth}
        onValueChange={lineage.setDepth}
        options={depths.map((value) => ({ value, label: value === '20000' ? 'All steps' : value === '1' ? '1 step' : `${value} steps` }))}
      />
      <FilterPopover filter={lineage.filter} onFilter={lineage.setFilter} />
      <Select<Grouping> label="Gather nodes" size="small" quiet value={lineage.grouping} onValueChange={lineage.gather} options={groupings} />
      <ToolbarSpacer />
      {merged !== null && <Counts versions={merged.nodes.filter((node) => node.kind === 'version').length} all={merged.nodes.length} stale={lineage.previous} />}
      <ToolbarDivider />
      <Segmented<LayoutDirection>
        label="Reading direction"
        size="small"
        value={lineage.direction}
        onValueChange={lineage.setDirection}
        options={[
          { value: 'right', label: 'Left to right', icon: ArrowRight, iconOnly: true },
          { value: 'down', label: 'Top down', icon: ArrowDown, iconOnly: true },
        ]}
      />
      <ExportMenu lineage={lineage} view={view} />
      {panes.map(({ value, label, icon }) => (
        <IconButton key={value} icon={icon} label={label} size="small" aria-pressed={pane === value} onClick={() => onPane(pane === value ? 'none' : value)} />
      ))}
    </Toolbar>
  );
}

function Counts({ versions, all, stale }: { readonly versions: number; readonly all: number; readonly stale: boolean }) {
  return (
    <span className={styles.counts} data-stale={stale || undefined} aria-live="polite">
      {formatQuantity(versions, 'version')}, {formatQuantity(all - versions, 'run')}
    </span>
  );
}
