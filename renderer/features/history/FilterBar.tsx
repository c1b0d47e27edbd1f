import { useMemo, useState } from 'react';
import type { UserSummary } from '#shared/contract/index.ts';
import { useOperation } from '../../app/api/index.ts';
import type { Place } from '../../app/routes/index.ts';
import { Avatar, Button, Combobox, IconButton, Input, Select, Toolbar, ToolbarDivider, ToolbarSpacer } from '../../ui/index.ts';
import { Filter, X } from '../../ui/icons.ts';
import { hitId, hitName, hitPlace, hitWhere } from '../search/index.ts';
import { entranceNames, entrances } from './events.ts';
import { groups, isFiltered, spans, unfiltered, type Filters } from './filters.ts';
import styles from './History.module.css';

export type FilterBarProps = {
  readonly filters: Filters;
  readonly onFilters: (filters: Filters) => void;
  /** Who acted, as far as is known here. */
  readonly actors: readonly UserSummary[];
  /** What the history is of, in words; null for everything. */
  readonly focus: string | null;
  readonly onFocus: (place: Place | null) => void;
};

const anyone = 'anyone';

/** What the history is narrowed to. Kinds add up; nothing chosen means all of them. */
export function FilterBar({ filters, onFilters, actors, focus, onFocus }: FilterBarProps) {
  const known = useMemo(() => {
    const { actor } = filters;
    return actor === null || actors.some((user) => user.id === actor.id) ? actors.map(({ id, displayName }) => ({ id, name: displayName })) : [...actors.map(({ id, displayName }) => ({ id, name: displayName })), { id: actor.id, name: actor.name === '' ? `User ${actor.id}` : actor.name }];
  }, [actors, filters]);
  return (
    <>
      <Toolbar label="Kinds of events" className={styles.bar}>
        <Filter aria-hidden className={styles.barIcon} />
        {groups.map(({ value, label }) => {
          const chosen = filters.groups.includes(value);
          return (
            <button key={value} type="button" className={styles.toggle} aria-pressed={chosen} onClick={() => onFilters({ ...filters, groups: chosen ? filters.groups.filter((group) => group !== value) : [...filters.groups, value] })}>
              {label}
            </button>
          );
        })}
      </Toolbar>
      <Toolbar label="Who, when and what" lined className={styles.bar}>
        <Select
          label="Who"
          size="small"
          value={filters.actor === null ? anyone : String(filters.actor.id)}
          onValueChange={(id) => onFilters({ ...filters, actor: known.find((user) => String(user.id) === id) ?? null })}
          options={[{ value: anyone, label: 'Anyone' }, ...known.map((user) => ({ value: String(user.id), label: user.name, leading: <Avatar name={user.name} /> }))]}
        />
        <Select
          label="Through"
          size="small"
          value={filters.entrance ?? anyone}
          onValueChange={(value) => onFilters({ ...filters, entrance: entrances.find((entrance) => entrance === value) ?? null })}
          options={[{ value: anyone, label: 'From anywhere' }, ...entrances.map((entrance) => ({ value: entrance, label: entranceNames[entrance] }))]}
        />
        <Select label="When" size="small" value={filters.span} onValueChange={(span) => onFilters({ ...filters, span })} options={spans.map(({ value, label }) => ({ value, label }))} />
        {filters.span === 'range' && (
          <>
            <Input type="date" size="small" aria-label="From this day (UTC)" className={styles.date} value={filters.from} max={filters.to === '' ? undefined : filters.to} onValueChange={(from) => onFilters({ ...filters, from })} />
            <span className={styles.dim}>to</span>
            <Input type="date" size="small" aria-label="To this day (UTC)" className={styles.date} value={filters.to} min={filters.from === '' ? undefined : filters.from} onValueChange={(to) => onFilters({ ...filters, to })} />
          </>
        )}
        <ToolbarDivider />
        {focus === null ? <ObjectPicker onPick={onFocus} /> : (
          <span className={styles.focus}>
            of <strong>{focus}</strong>
            <IconButton icon={X} size="small" label={`Show the history of everything, not only of ${focus}`} onClick={() => onFocus(null)} />
          </span>
        )}
        <ToolbarSpacer />
        {isFiltered(filters) && (
          <Button size="small" variant="quiet" icon={X} onClick={() => onFilters(unfiltered)}>
            Clear filters
          </Button>
        )}
      </Toolbar>
    </>
  );
}

function ObjectPicker({ onPick }: { readonly onPick: (place: Place) => void }) {
  const [query, setQuery] = useState('');
  const hits = useOperation('search.quick', { text: query.trim(), limit: 20 }, { enabled: query.trim() !== '', keepPrevious: true });
  const items = query.trim() === '' ? [] : (hits.data?.items ?? []);
  return (
    <Combobox
      label="Of one thing"
      className={styles.picker ?? ''}
      placeholder="Of one thing…"
      value={null}
      onQueryChange={setQuery}
      loading={hits.pending}
      emptyText={query.trim() === '' ? 'Type a part of a name.' : 'Nothing has that in its name.'}
      options={items.map((hit) => ({ value: hitId(hit), label: hitName(hit), detail: [hit.kind, hitWhere(hit)].filter(Boolean).join(' in ') }))}
      onValueChange={(id) => {
        const hit = items.find((one) => hitId(one) === id);
        if (hit !== undefined) onPick(hitPlace(hit));
      }}
    />
  );
}
