import { useEffect, useMemo, useRef } from 'react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { explainError, type OutputOf, type SearchHit, type SearchKind, type VitrineError } from '#shared/contract/index.ts';
import { AliasChips, Button, DataTable, EmptyState, formatCount, isSelected, isTyping, NOTHING_SELECTED, RegistryGlyph, RelativeTime, Segmented, Size, StatusDot, TagChips, Toolbar, ToolbarSpacer, TypeIcon, type Column, type DataTableHandle, type Selection } from '../../ui/index.ts';
import { Bookmark, CircleAlert, FolderTree, Search, Workflow } from '../../ui/icons.ts';
import { cache, core } from '../../app/api/index.ts';
import { barredEntry, useWhyNot, whyNotNow } from '../../app/rights.ts';
import { rowDrag } from '../../app/drag/index.ts';
import { navigate, usePlaceState, type PlaceProps } from '../../app/routes/index.ts';
import { select } from '../../app/selection.ts';
import { PlaceFailure, PlaceHeader } from '../../app/shell/index.ts';
import { AliasBar } from '../aliases/index.ts';
import { openLinkPicker } from '../linking/index.ts';
import { runTones } from '../versions/index.ts';
import { hitId, hitName, hitPlace, hitSelected, hitTime, hitType, hitVersion, hitWhere } from './hits.ts';
import { focusSearch, openSaveSearch, useHitsWanted } from './store.ts';
import styles from './SearchPlace.module.css';

type Page = OutputOf<'search.query'>;
const pageSize = 100;

const kinds: readonly { readonly value: SearchKind | 'all'; readonly label: string }[] = [
  { value: 'all', label: 'Everything' }, { value: 'version', label: 'Versions' }, { value: 'collection', label: 'Collections' }, { value: 'artifact', label: 'Artifacts' }, { value: 'run', label: 'Runs' },
];

/** What a search finds: mixed kinds in one list; versions can be dragged from it like from any other. */
export function SearchPlace({ place }: PlaceProps<'search'>) {
  const [kind, setKind] = usePlaceState<SearchKind | 'all'>('kind', 'all');
  const [selection, setSelection] = usePlaceState<Selection>('selection', NOTHING_SELECTED);
  const input = { text: place.query, ...(kind === 'all' ? {} : { kinds: [kind] }) };
  const enabled = place.query.trim() !== '';
  const query = useInfiniteQuery<Page, VitrineError, { readonly pages: readonly Page[] }, readonly unknown[], string | undefined>(
    {
      queryKey: ['search.query', input],
      queryFn: ({ pageParam, signal }) => core().query('search.query', { ...input, limit: pageSize, ...(pageParam === undefined ? {} : { cursor: pageParam }) }, { signal }),
      initialPageParam: undefined,
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      enabled,
      placeholderData: (before) => before,
    },
    cache,
  );
  const hits = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const first = query.data?.pages[0];
  const { fetchNextPage, hasNextPage, isFetchingNextPage } = query;

  // The inspector follows; a selection that is no longer among the hits stands for nothing.
  useEffect(() => {
    select(hits.filter((hit) => isSelected(selection, hitId(hit))).flatMap((hit) => hitSelected(hit) ?? []));
  }, [hits, selection]);

  // Enter in the box goes on to the hits, once they are there: arrows move, Enter opens.
  const table = useRef<DataTableHandle>(null);
  const wanted = useHitsWanted((state) => state.wanted);
  const given = useRef(0);
  const settled = !query.isFetching && hits.length > 0;
  useEffect(() => {
    if (wanted <= given.current || !settled) return;
    given.current = wanted;
    if (isTyping(document.activeElement) || document.activeElement === document.body) table.current?.focus();
  }, [wanted, settled]);

  const draggedFrom = (index: number) => {
    const pressed = hits[index];
    if (pressed === undefined) return null;
    const picked = isSelected(selection, hitId(pressed)) ? hits.filter((hit) => isSelected(selection, hitId(hit))) : [pressed];
    const versions = picked.flatMap((hit) => hitVersion(hit) ?? []);
    return versions.length === 0 ? null : ({ kind: 'versions', versions } as const);
  };

  const error = query.error;
  return (
    <>
      <PlaceHeader
        icon={Search}
        title={enabled ? <>Search for “{place.query}”</> : 'Search'}
        actions={
          enabled && (
            <Button icon={Bookmark} disabled={error?.code === 'query_invalid'} disabledReason="It can’t be read as it is." onClick={() => openSaveSearch(place.query)}>
              Save search…
            </Button>
          )
        }
        facts={first !== undefined && enabled && error === null ? `${first.totalIsExact ? '' : 'more than '}${formatCount(first.total)} ${first.total === 1 ? 'hit' : 'hits'}` : undefined}
      />
      <Toolbar label="Filter the hits" lined>
        <Segmented label="Kind of thing" size="small" options={kinds} value={kind} onValueChange={setKind} />
        <ToolbarSpacer />
      </Toolbar>
      {!enabled ? (
        <SearchHelp />
      ) : error?.code === 'query_invalid' ? (
        <QueryProblem text={place.query} error={error} />
      ) : error !== null ? (
        <PlaceFailure error={error} retry={() => void query.refetch()} />
      ) : (
        <div className={styles.table} {...rowDrag(draggedFrom)}>
          <DataTable<SearchHit>
            ref={table}
            label="Hits"
            rowCount={hits.length}
            getRow={(index) => hits[index]}
            getRowId={hitId}
            columns={columns}
            loading={query.isPending}
            onRangeNeeded={() => undefined}
            selection={selection}
            onSelectionChange={setSelection}
            onOpen={(hit) => navigate(hitPlace(hit))}
            onActiveChange={(_, index) => {
              if (index > hits.length - pageSize / 2 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
            }}
            getContextMenu={(hit) => {
              const version = hitVersion(hit);
              return [
                { id: 'open', label: 'Open', onSelect: () => navigate(hitPlace(hit)) },
                ...(version === null ? [] : [{ id: 'link', label: 'Link to…', keys: 'l', ...barredEntry(whyNotNow('links.create', 'somewhere')), onSelect: () => openLinkPicker([version]) }]),
              ];
            }}
            scrollKey={`search ${kind} ${place.query}`}
            empty={<EmptyState icon={Search} title="Nothing matches" text="Try fewer words, or another field. A part of a name is enough." />}
          />
          {hasNextPage && (
            <button type="button" className={styles.more} onClick={() => void fetchNextPage()}>
              {isFetchingNextPage ? 'Loading more…' : `Show more (${formatCount(hits.length)} of ${first?.totalIsExact === false ? 'more than ' : ''}${formatCount(first?.total ?? hits.length)})`}
            </button>
          )}
        </div>
      )}
    </>
  );
}

function KindMark({ hit }: { readonly hit: SearchHit }) {
  switch (hit.kind) {
    case 'version':
    case 'artifact':
    case 'collection':
      return <TypeIcon type={hitType(hit)} />;
    case 'registry':
      return <RegistryGlyph name={hit.registry.name} glyph={hit.registry.glyph} hue={hit.registry.hue} size="small" />;
    case 'run':
      return <Workflow className={styles.mark} aria-hidden />;
    case 'project':
      return <FolderTree className={styles.mark} aria-hidden />;
  }
}

const columns: readonly Column<SearchHit>[] = [
  {
    id: 'name', header: 'Name', width: 216, grow: 2, fixed: true, text: hitName,
    render: (hit) => (
      <span className={styles.name}>
        <KindMark hit={hit} />
        <span className={styles.clip}>{hitName(hit)}</span>
        {hit.snippet !== null && <span className={styles.snippet}>{hit.snippet}</span>}
      </span>
    ),
  },
  { id: 'kind', header: 'Kind', width: 80, text: (hit) => hit.kind },
  { id: 'type', header: 'Type', width: 76, text: hitType },
  { id: 'where', header: 'In', width: 124, grow: 1, text: hitWhere },
  {
    id: 'aliases', header: 'State and aliases', width: 276, grow: 1,
    render: (hit) => <HitAliases hit={hit} />,
  },
  {
    id: 'tags', header: 'Tags', width: 168,
    render: (hit) => {
      const tags = hit.kind === 'version' ? hit.version.tags : hit.kind === 'collection' ? hit.collection.tags : hit.kind === 'run' ? hit.run.tags : [];
      return <TagChips tags={tags} />;
    },
  },
  { id: 'size', header: 'Size', width: 84, numeric: true, render: (hit) => (hit.kind === 'version' ? <Size bytes={hit.version.size} /> : null) },
  { id: 'time', header: 'Changed', width: 104, render: (hit) => <RelativeTime time={hitTime(hit)} /> },
];

function HitAliases({ hit }: { readonly hit: SearchHit }) {
  const whyNot = useWhyNot();
  switch (hit.kind) {
    case 'version':
      return <AliasBar compact holder={{ kind: 'artifact', id: hit.version.artifactId }} target={{ kind: 'version', id: hit.version.id }} index={hit.version.index} aliases={hit.version.aliases} mayMoveProtected editable={whyNot('aliases.set', { team: hit.version.entity }) === null} />;
    case 'collection':
      return <AliasChips aliases={hit.collection.aliases.map((alias) => alias.name)} isProtected={(name) => hit.collection.aliases.some((alias) => alias.name === name && alias.protected)} />;
    case 'run':
      return <StatusDot tone={runTones[hit.run.state]} label={hit.run.state} busy={hit.run.state === 'running'} />;
    default:
      return null;
  }
}

/** A search that can't be read: the words as they are, with the offending spot marked. */
function QueryProblem({ text, error }: { readonly text: string; readonly error: VitrineError }) {
  const from = numberAt(error, 'from', 'offset', 'position');
  const to = Math.max(from + 1, numberAt(error, 'to', 'end') || from + (typeof error.details['length'] === 'number' ? error.details['length'] : 1));
  const { title, sentence, advice } = explainError(error);
  return (
    <div className={styles.problem} role="alert">
      <CircleAlert aria-hidden />
      <h2>{title}</h2>
      <p className={styles.query}>
        {text.slice(0, from)}
        <mark>{text.slice(from, to) === '' ? '\u00a0' : text.slice(from, to)}</mark>
        {text.slice(to)}
      </p>
      <p>{sentence}</p>
      {advice !== null && <p className={styles.dim}>{advice}</p>}
    </div>
  );
}

function numberAt(error: VitrineError, ...keys: readonly string[]): number {
  for (const key of keys) {
    const value = error.details[key];
    if (typeof value === 'number') return value;
  }
  return 0;
}

const examples: readonly (readonly [query: string, meaning: string])[] = [
  ['minilm embedding', 'both words, anywhere: names, cards, tags, aliases, file paths'],
  ['type:model alias:production', 'models that carry “production”'],
  ['tag:release size>1GB', 'tagged “release”, larger than 1 GB'],
  ['metadata.acc>0.9', 'a value in the metadata, compared as a number'],
  ['updated:<7d', 'changed within the last seven days'],
  ['-tag:draft', 'without what is tagged “draft”'],
];

function SearchHelp() {
  return (
    <div className={styles.help}>
      <h2>Search by words and fields</h2>
      <ul>
        {examples.map(([query, meaning]) => (
          <li key={query}>
            <button
              type="button"
              className={styles.example}
              onClick={() => {
                navigate({ place: 'search', query }, { replace: true });
                focusSearch();
              }}
            >
              {query}
            </button>
            <span className={styles.dim}>{meaning}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
