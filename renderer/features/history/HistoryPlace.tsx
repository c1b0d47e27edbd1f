import { useEffect, useMemo, useRef, useState } from 'react';
import { eventKinds } from '#shared/contract/facts.ts';
import { explainError, type HistoryEvent, type InputOf, type OutputOf } from '#shared/contract/index.ts';
import type { Place, PlaceFocus } from '#shared/domain/places.ts';
import { day } from '#shared/domain/time.ts';
import { bridge } from '../../app/bridge.ts';
import { notify, notifyFailure, runCommand, useOperation, usePagedRows } from '../../app/api/index.ts';
import { formatPlace, navigate, placeOfRef, usePlaceState, type PlaceProps } from '../../app/routes/index.ts';
import { PlaceBody, PlaceFailure, PlaceHeader, pagedTable } from '../../app/shell/index.ts';
import {
  Avatar, Button, classNames, copyText, DataTable, type DataTableHandle, Digest, EmptyState, formatCount, formatQuantity, IconButton, isSelected, Menu, type MenuEntry, NOTHING_SELECTED, RelativeTime, type Selection, selectionSize, SplitPane, useWidth, type Column,
} from '../../ui/index.ts';
import { CircleAlert, CircleCheck, Copy, Download, FingerprintPattern, Filter, History, Link2, LoaderCircle, PanelRight, ShieldCheck, User, X } from '../../ui/icons.ts';
import { forgetChain, useChain, verifyChain } from './chain.ts';
import { ChainDialog } from './ChainDialog.tsx';
import { faultTitle, headsSaid } from './chainWords.ts';
import { EventDetail, EventWords } from './EventDetail.tsx';
import { changesOf, entranceWords, toneOf } from './events.ts';
import { FilterBar } from './FilterBar.tsx';
import { filtersOf, isFiltered, queryOf, questionOf, unfiltered, type Filters } from './filters.ts';
import { useNow } from './useNow.ts';
import { allEvents, mostWritten, writeEvents, type EventFormat } from './writeOut.ts';
import styles from './History.module.css';

const focusKinds: ReadonlySet<Place['place']> = new Set(['registry', 'collection', 'linked version', 'project', 'artifact', 'source version', 'run']);
const isFocus = (place: Place | null): place is PlaceFocus => place !== null && focusKinds.has(place.place);

/** Below this width of the window the events need all of the place; the details unfold for one that is opened. */
const roomForDetails = 1000;

/** Below this width of the place, in pixels, the details stand under the events instead of beside them. */
const roomForBoth = 640;

/** Enough to know who acts here; whoever acted longer ago can be chosen from a row. */
const eventsForActors = 300;

/** Every event, or those of one thing: who did what, when, from where, and what was before. */
export function HistoryPlace({ place }: PlaceProps<'history'>) {
  const address = place.focus === undefined ? '' : formatPlace(place.focus);
  const resolved = useOperation('addresses.resolve', { address, prefer: 'container' }, { enabled: place.focus !== undefined });
  if (place.focus !== undefined && resolved.error !== null) {
    return (
      <>
        <PlaceHeader icon={History} title="History" />
        <PlaceBody>
          <PlaceFailure error={resolved.error} retry={resolved.retry} />
        </PlaceBody>
      </>
    );
  }
  return <HistoryOf place={place} focus={place.focus === undefined ? null : (resolved.data?.object ?? 'unknown yet')} />;
}

type FocusObject = OutputOf<'addresses.resolve'>['object'];

function HistoryOf({ place, focus }: { readonly place: Place & { readonly place: 'history' }; readonly focus: FocusObject | 'unknown yet' | null }) {
  const [filters, setFilters] = usePlaceState<Filters>('filters', () => filtersOf(place.query));
  const [selection, setSelection] = usePlaceState<Selection>('selection', NOTHING_SELECTED);
  // An event never changes, so it can be held as it is.
  const [shown, setShown] = usePlaceState<HistoryEvent | null>('shown', null);
  const [unfolded, setUnfolded] = usePlaceState<boolean>('unfolded', () => window.innerWidth >= roomForDetails);
  const [width, setWidth] = usePlaceState('width', 340);
  const [height, setHeight] = usePlaceState('height', 300);
  const frame = useRef<HTMLDivElement>(null);
  const isStacked = useWidth(frame) < roomForBoth;
  const [copying, setCopying] = useState(false);
  const [heading, setHeading] = useState(false);
  const table = useRef<DataTableHandle>(null);
  const object = focus === null || focus === 'unknown yet' ? null : focus;

  const today = useNow(day);
  const question = useMemo<Omit<InputOf<'history.list'>, 'cursor' | 'position' | 'limit'>>(
    () => ({ ...(object === null ? {} : { object: { kind: object.kind, id: object.id } }), ...questionOf(filters, eventKinds, today) }),
    [object, filters, today],
  );
  const me = useOperation('catalog.status', {}).data?.user;
  const recent = useOperation('history.list', { limit: eventsForActors });
  const actors = useMemo(() => {
    const byId = new Map((recent.data?.items ?? []).map(({ actor }) => [actor.id, actor]));
    if (me !== undefined) byId.set(me.id, me);
    return [...byId.values()].sort((left, right) => left.displayName.localeCompare(right.displayName));
  }, [recent.data, me]);

  const goTo = (next: Place | null): void => {
    const query = queryOf(filters);
    navigate({ place: 'history', ...(isFocus(next) ? { focus: next } : {}), ...(query === undefined ? {} : { query }) });
  };
  const historyOf = (event: HistoryEvent): (() => void) | null => {
    const of = placeOfRef(event.subject);
    return isFocus(of) && object?.address !== event.subject.address ? () => goTo(of) : null;
  };
  const show = (event: HistoryEvent): void => {
    setShown(event);
    setUnfolded(true);
  };

  /** Everything that the filters let through, however much it is, into a file that the person names. */
  const writeFile = async (format: EventFormat): Promise<void> => {
    const file = await bridge().chooseSaveFile({ title: 'The history, as the filters have it', name: `history${object === null ? '' : `-${object.label.replaceAll(/[^\w.-]+/gu, '-')}`}.${format}` });
    if (file === null) return;
    // The system's dialog has asked before it lets an older file go.
    const done = await runCommand('history.export', { ...question, format, file, overwrite: true }, { activity: 'Writing the history' });
    if (done === null) return;
    notify({ tone: 'good', title: `Wrote ${formatQuantity(done.output.events, 'event')} to ${done.output.file}`, action: { label: 'Show', onPress: () => void bridge().revealInFolder(done.output.file) } });
  };

  const copyAll = async (format: EventFormat, picked: readonly HistoryEvent[] | null): Promise<void> => {
    setCopying(true);
    try {
      const { events, total } = picked === null ? await allEvents(question) : { events: picked, total: picked.length };
      const copied = await copyText(writeEvents(events, format));
      if (copied) notify({ tone: 'good', title: `Copied ${formatQuantity(events.length, 'event')}`, ...(total > events.length ? { text: `There are ${formatCount(total)}; narrow the filters to get the older ones.` } : {}) });
      else notify({ tone: 'danger', title: 'The clipboard can’t be written' });
    } catch (thrown) {
      notifyFailure(thrown);
    } finally {
      setCopying(false);
    }
  };

  const [count, setCount] = useState<number | null>(null);
  const [picked, setPicked] = useState<readonly HistoryEvent[]>([]);
  const menu: readonly MenuEntry[] = [
    { kind: 'heading', label: isFiltered(filters) || focus !== null ? 'What the filters let through, to a file' : 'The whole history, to a file' },
    { id: 'file jsonl', label: 'JSON lines…', icon: Download, onSelect: () => void writeFile('jsonl') },
    { id: 'file csv', label: 'CSV…', icon: Download, onSelect: () => void writeFile('csv') },
    { kind: 'separator' },
    { kind: 'heading', label: picked.length > 1 ? formatQuantity(picked.length, 'chosen event') : count === null ? 'Events' : count > mostWritten ? `The newest ${formatCount(mostWritten)} events` : `All ${formatQuantity(count, 'event')} shown` },
    { id: 'jsonl', label: 'Copy as JSON lines', icon: Copy, onSelect: () => void copyAll('jsonl', picked.length > 1 ? picked : null) },
    { id: 'csv', label: 'Copy as CSV', icon: Copy, onSelect: () => void copyAll('csv', picked.length > 1 ? picked : null) },
    { kind: 'separator' },
    {
      id: 'link', label: 'Copy a link to this view', icon: Link2,
      onSelect: () => {
        const query = queryOf(filters);
        void copyText(formatPlace({ place: 'history', ...(place.focus === undefined ? {} : { focus: place.focus }), ...(query === undefined ? {} : { query }) }));
      },
    },
  ];

  return (
    <>
      <PlaceHeader
        icon={History}
        title="History"
        facts={count === null ? undefined : <span>{isFiltered(filters) ? `${formatQuantity(count, 'event')} ${count === 1 ? 'fits' : 'fit'}` : formatQuantity(count, 'event')}</span>}
        actions={
          <>
            <VerifyButton />
            <Button icon={FingerprintPattern} onClick={() => setHeading(true)} tooltip="Where the chain stands: to note outside, to sign, to hold against what was noted">
              Head…
            </Button>
            <Menu trigger={<Button icon={Download} busy={copying}>Export</Button>} items={menu} align="end" />
            <IconButton icon={PanelRight} label={unfolded ? 'Hide the details' : 'Show the details'} aria-pressed={unfolded} onClick={() => setUnfolded(!unfolded)} />
          </>
        }
      />
      <ChainStrip
        onGoTo={(id) => {
          setFilters(unfiltered);
          if (place.focus !== undefined) navigate({ place: 'history' });
          jump.set(id);
        }}
      />
      <FilterBar filters={filters} onFilters={setFilters} actors={actors} focus={focus === null ? null : focus === 'unknown yet' ? '…' : focus.label} onFocus={goTo} />
      <PlaceBody layout="fill">
        <div ref={frame} className={styles.room}>
          <SplitPane
            key={isStacked ? 'stacked' : 'beside'}
            side="end"
            {...(isStacked
              ? { label: 'Height of the details', orientation: 'vertical' as const, size: height, defaultSize: 300, min: 160, max: 480, onSizeChange: setHeight }
              : { label: 'Width of the details', size: width, defaultSize: 340, min: 260, max: 560, onSizeChange: setWidth })}
            collapsed={!unfolded}
            onCollapse={() => setUnfolded(false)}
            start={
              focus === 'unknown yet' ? (
                <DataTable<HistoryEvent> label="Events" rowCount={0} getRow={() => undefined} getRowId={idOf} columns={columns} loading />
              ) : (
                <Events
                  question={question}
                  filtered={isFiltered(filters)}
                  onClear={() => setFilters(unfiltered)}
                  selection={selection}
                  onSelection={setSelection}
                  onPicked={setPicked}
                  onCount={setCount}
                  onShow={setShown}
                  onUnfold={show}
                  tableRef={table}
                  menuOf={(event) => {
                    const toIt = historyOf(event);
                    const of = placeOfRef(event.subject);
                    return [
                      { id: 'unfold', label: 'Before and after', icon: PanelRight, onSelect: () => show(event) },
                      ...(of === null ? [] : [{ id: 'open', label: `Open ${event.subject.label}`, onSelect: () => navigate(of) }]),
                      ...(toIt === null ? [] : [{ id: 'history', label: `Only events of ${event.subject.label}`, icon: Filter, onSelect: toIt }]),
                      { id: 'actor', label: `Only events by ${event.actor.displayName}`, icon: User, onSelect: () => setFilters({ ...filters, actor: { id: event.actor.id, name: event.actor.displayName } }) },
                      { kind: 'separator' },
                      { id: 'copy', label: 'Copy as JSON', icon: Copy, onSelect: () => void copyText(JSON.stringify(event, null, 2)) },
                    ];
                  }}
                />
              )
            }
            end={<EventDetail event={shown} onHistoryOf={shown === null || historyOf(shown) === null ? null : (event) => historyOf(event)?.()} onClose={() => setUnfolded(false)} />}
          />
        </div>
      </PlaceBody>
      {heading && <ChainDialog onClose={() => setHeading(false)} />}
    </>
  );
}

const idOf = (event: HistoryEvent): string => String(event.id);

type EventsProps = {
  readonly question: Omit<InputOf<'history.list'>, 'cursor' | 'position' | 'limit'>;
  readonly filtered: boolean;
  readonly onClear: () => void;
  readonly selection: Selection;
  readonly onSelection: (selection: Selection) => void;
  readonly onPicked: (events: readonly HistoryEvent[]) => void;
  readonly onCount: (count: number | null) => void;
  readonly onShow: (event: HistoryEvent) => void;
  readonly onUnfold: (event: HistoryEvent) => void;
  readonly menuOf: (event: HistoryEvent) => readonly MenuEntry[];
  readonly tableRef: React.RefObject<DataTableHandle | null>;
};

function Events({ question, filtered, onClear, selection, onSelection, onPicked, onCount, onShow, onUnfold, menuOf, tableRef }: EventsProps) {
  const rows = usePagedRows('history.list', question);
  useEffect(() => onCount(rows.pending ? null : rows.rowCount), [rows, onCount]);
  useEffect(() => {
    const found: HistoryEvent[] = [];
    if (selectionSize(selection, rows.rowCount) > 1) {
      for (let index = 0; index < rows.rowCount; index++) {
        const row = rows.getRow(index);
        if (row !== undefined && isSelected(selection, idOf(row))) found.push(row);
      }
      // All of a long list: then the whole question is meant, not what happens to be loaded.
      onPicked(found.length === selectionSize(selection, rows.rowCount) ? found : []);
    } else onPicked([]);
  }, [selection, rows, onPicked]);
  useEffect(() => {
    if (rows.pending || rows.previous || filtered || question.object !== undefined) return;
    const wanted = jump.take();
    // Newest first, and numbered without gaps.
    if (wanted !== null) tableRef.current?.activate(Math.min(Math.max(0, rows.rowCount - wanted), rows.rowCount - 1));
  });
  const room = useRef<HTMLDivElement>(null);
  const isNarrow = useWidth(room) < roomForAllColumns;
  return (
    <div ref={room} className={styles.room}>
      <DataTable<HistoryEvent>
        ref={tableRef}
        label="Events, newest first"
        className={styles.table ?? ''}
        {...pagedTable(rows)}
        getRowId={idOf}
        columns={isNarrow ? narrowColumns : columns}
        selection={selection}
        onSelectionChange={onSelection}
        onActiveChange={(row) => {
          if (row !== undefined) onShow(row);
        }}
        onOpen={onUnfold}
        onPreview={onUnfold}
        getContextMenu={menuOf}
        scrollKey={`history ${JSON.stringify(question)}`}
        empty={
          filtered ? (
            <EmptyState icon={Filter} title="No event fits" text="Nothing like that happened in that time." action={<Button onClick={onClear}>Clear filters</Button>} />
          ) : (
            <EmptyState icon={History} title="Nothing happened yet" text="Every change appears here: who did it, when, from where, what was before and after. Nothing can be taken out again." />
          )
        }
      />
    </div>
  );
}

const columns: readonly Column<HistoryEvent>[] = [
  { id: 'when', header: 'When', width: 96, render: (row) => <RelativeTime time={row.at} /> },
  { id: 'who', header: 'Who', width: 152, text: (row) => row.actor.displayName, render: (row) => <Avatar name={row.actor.displayName} named /> },
  {
    id: 'what', header: 'What', width: 300, grow: 3, fixed: true,
    render: (row) => (
      <span className={styles.words}>
        <span className={styles.mark} data-tone={toneOf(row.kind)} aria-hidden />
        <EventWords event={row} />
        {entranceWords[row.entrance] !== null && <span className={styles.dim}>{entranceWords[row.entrance]}</span>}
        {row.message !== null && <span className={styles.why}>“{row.message}”</span>}
      </span>
    ),
  },
  { id: 'changes', header: 'Before and after', width: 110, grow: 1, text: (row) => changesOf(row, 4).join(', '), render: (row) => <span className={styles.changed}>{changesOf(row, 4).join(', ')}</span> },
];

/** Pixels that all columns need. */
const roomForAllColumns = 660;

/** In less room: faces instead of names, and what stood before and after is unfolded. */
const narrowColumns: readonly Column<HistoryEvent>[] = columns.flatMap((column): readonly Column<HistoryEvent>[] => {
  if (column.id === 'changes') return [];
  if (column.id === 'who') return [{ ...column, width: 56, render: (row) => <Avatar name={row.actor.displayName} /> }];
  return [column.id === 'what' ? { ...column, width: 200 } : column];
});

/** The event to go to once the unfiltered list is there. */
const jump = {
  wanted: null as number | null,
  set(id: number): void {
    this.wanted = id;
  },
  take(): number | null {
    const wanted = this.wanted;
    this.wanted = null;
    return wanted;
  },
};

function VerifyButton() {
  const running = useChain((chain) => chain.running);
  return (
    <Button icon={ShieldCheck} busy={running} onClick={() => void verifyChain()} tooltip="Walks the chain of hashes from the first event to the last">
      Verify
    </Button>
  );
}

/** The answer to a walk along the chain, until it is put away. */
function ChainStrip({ onGoTo }: { readonly onGoTo: (event: number) => void }) {
  const { running, answer, failure } = useChain();
  if (running) {
    return (
      <div className={styles.strip} role="status">
        <LoaderCircle className={styles.turning} aria-hidden />
        <span>Walking the chain from the first event to the last…</span>
      </div>
    );
  }
  if (failure !== null) {
    const words = explainError(failure);
    return (
      <Strip tone="danger">
        <span>
          <strong>{words.title}.</strong> {words.sentence}
        </span>
      </Strip>
    );
  }
  if (answer === null) return null;
  const broken = answer.firstBroken;
  return answer.intact ? (
    <Strip tone="good">
      <span>
        <strong>The history is whole.</strong> {answer.events === 1 ? 'The one event is' : `All ${formatCount(answer.events)} events are`} as written: none altered, removed or reordered. {headsSaid(answer)}
      </span>
      <span className={styles.head}>
        Head <Digest digest={answer.head} />
      </span>
      <span className={styles.dim}>
        verified <RelativeTime time={answer.at} />
      </span>
    </Strip>
  ) : (
    <Strip tone="danger">
      <span>
        <strong>{faultTitle(answer)}</strong> {answer.fault?.explanation ?? 'It, or one before it, was altered, removed or reordered outside of Vitrine.'} What comes before it is as written; compare with a backup.
      </span>
      {broken !== null && (
        <Button size="small" onClick={() => onGoTo(broken)}>
          Show event {formatCount(broken)}
        </Button>
      )}
    </Strip>
  );
}

function Strip({ tone, children }: { readonly tone: 'good' | 'danger'; readonly children: React.ReactNode }) {
  const Mark = tone === 'good' ? CircleCheck : CircleAlert;
  return (
    <div className={classNames(styles.strip)} data-tone={tone} role={tone === 'good' ? 'status' : 'alert'}>
      <Mark aria-hidden />
      {children}
      <span className={styles.stripEnd}>
        <IconButton icon={X} size="small" label="Put the answer away" onClick={forgetChain} />
      </span>
    </div>
  );
}
