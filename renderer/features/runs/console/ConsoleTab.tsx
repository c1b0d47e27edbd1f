import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { ConsoleLine, RunDetail } from '#shared/contract/index.ts';
import { core, useLiveOperation, useLiveOperations } from '../../../app/api/index.ts';
import { usePlaceState } from '../../../app/routes/index.ts';
import { PlaceFailure } from '../../../app/shell/index.ts';
import { announce, Button, EmptyState, formatCount, formatQuantity, IconButton, Input, SkeletonLines, Switch, Toolbar, ToolbarSpacer } from '../../../ui/index.ts';
import { ArrowDown, ArrowDownToLine, ArrowUp, Search, Terminal, X } from '../../../ui/icons.ts';
import { parseAnsi, plainStyle, stripAnsi, type AnsiColor, type AnsiSpan, type AnsiStyle } from './ansi.ts';
import list from '../../../app/shell/List.module.css';
import styles from './Console.module.css';

const lineHeight = 18;
/** Lines asked for at once. */
const chunk = 500;
/** Browsers draw nothing beyond about thirty million pixels: of longer output, the end is shown. */
const mostLines = 1_500_000;

/** What a run printed: any number of lines, its end followed while it comes. */
export function ConsoleTab({ run }: { readonly run: RunDetail }) {
  const tail = useLiveOperation('runs.console', { id: run.id, limit: 1 });
  if (tail.data === undefined) return tail.error === null ? <SkeletonLines lines={12} /> : <PlaceFailure error={tail.error} retry={tail.retry} />;
  const { total } = tail.data;
  if (total === 0) {
    return <EmptyState icon={Terminal} title="Nothing printed" text={run.state === 'running' ? 'What the script writes to its console appears here as it comes.' : 'The script printed nothing, or its console was not captured.'} />;
  }
  return <Console run={run} total={total} />;
}

function Console({ run, total }: { readonly run: RunDetail; readonly total: number }) {
  const scroller = useRef<HTMLDivElement>(null);
  const skipped = Math.max(0, total - mostLines);
  const count = total - skipped;
  const [range, setRange] = useState({ first: 0, last: 60 });
  const [follows, setFollows] = usePlaceState('console follows', true);
  const [wide, setWide] = usePlaceState('console times', false);
  const [words, setWords] = usePlaceState('console search', '');
  const search = useConsoleSearch(run.id, words, total);
  const [hit, setHit] = useState(-1);

  const firstChunk = Math.floor((skipped + range.first) / chunk);
  const lastChunk = Math.floor(Math.max(0, skipped + range.last - 1) / chunk);
  const chunks = useMemo(() => Array.from({ length: lastChunk - firstChunk + 1 }, (_, index) => ({ id: run.id, from: (firstChunk + index) * chunk, limit: chunk })), [run.id, firstChunk, lastChunk]);
  const answers = useLiveOperations('runs.console', chunks);
  const lineAt = (number: number): ParsedLine | undefined => {
    const at = Math.floor(number / chunk) - firstChunk;
    const items = answers[at]?.data?.items;
    return items === undefined ? undefined : parsed(items)[number % chunk];
  };

  const measure = useCallback(() => {
    const element = scroller.current;
    if (element === null) return;
    const from = Math.max(0, Math.floor(element.scrollTop / lineHeight) - 20);
    const to = Math.min(count, Math.ceil((element.scrollTop + element.clientHeight) / lineHeight) + 20);
    setRange((before) => (before.first === from && before.last === to ? before : { first: from, last: to }));
  }, [count]);
  const toLine = useCallback(
    (number: number) => {
      const element = scroller.current;
      if (element !== null) element.scrollTop = (number - skipped) * lineHeight - element.clientHeight / 2;
    },
    [skipped],
  );
  /** Where a scroll was ours, and not a person's who wants to read. */
  const ownScroll = useRef(-1);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null || !follows) return;
    element.scrollTop = element.scrollHeight;
    ownScroll.current = element.scrollTop;
    measure();
  }, [count, follows, measure]);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [measure]);

  const go = (step: 1 | -1): void => {
    if (search.hits.length === 0) return;
    const next = hit < 0 ? (step === 1 ? 0 : search.hits.length - 1) : (hit + step + search.hits.length) % search.hits.length;
    const line = search.hits[next];
    if (line === undefined) return;
    setHit(next);
    setFollows(false);
    toLine(line);
    announce(`Hit ${next + 1} of ${search.hits.length}, line ${formatCount(line + 1)}`, 'polite');
  };
  useEffect(() => setHit(-1), [words]);
  const current = hit < 0 ? undefined : search.hits[hit];

  const rows: number[] = [];
  for (let index = range.first; index < range.last; index += 1) rows.push(skipped + index);
  return (
    <div className={list.fill}>
      <Toolbar label="Console" lined className={list.tools}>
        <Input
          size="small"
          icon={Search}
          className={styles.search}
          aria-label="Search the console"
          placeholder="Search"
          value={words}
          onValueChange={setWords}
          onKeyDown={(event: KeyboardEvent) => {
            if (event.key === 'Enter') {
              event.preventDefault();
              go(event.shiftKey ? -1 : 1);
            } else if (event.key === 'Escape' && words !== '') setWords('');
          }}
          {...(words === '' ? {} : { trailing: <IconButton icon={X} size="small" label="Clear the search" onClick={() => setWords('')} /> })}
        />
        {words !== '' && (
          <>
            <span className={list.dim} role="status">
              {search.done ? (hit < 0 ? formatQuantity(search.hits.length, 'hit') : `${hit + 1} of ${formatCount(search.hits.length)}`) : `${formatCount(search.hits.length)}, searching…`}
              {search.more && ' and more'}
            </span>
            <IconButton icon={ArrowUp} size="small" label="Hit before" disabled={search.hits.length === 0} onClick={() => go(-1)} />
            <IconButton icon={ArrowDown} size="small" label="Next hit" disabled={search.hits.length === 0} onClick={() => go(1)} />
          </>
        )}
        <ToolbarSpacer />
        <span className={list.dim}>{formatQuantity(total, 'line')}</span>
        <Switch checked={wide} onCheckedChange={setWide} label="Times" />
        <Button size="small" icon={ArrowDownToLine} aria-pressed={follows} onClick={() => setFollows(true)} disabled={follows} disabledReason="It follows the end already.">
          Follow
        </Button>
      </Toolbar>
      {skipped > 0 && <p className={styles.note}>The last {formatCount(mostLines)} lines of {formatCount(total)}; all of them are in the file output.log.</p>}
      <div
        ref={scroller}
        className={styles.lines}
        tabIndex={0}
        role="region"
        aria-label="Console output"
        onScroll={(event) => {
          const element = event.currentTarget;
          measure();
          const atEnd = element.scrollTop + element.clientHeight >= element.scrollHeight - lineHeight;
          if (Math.abs(element.scrollTop - ownScroll.current) < 1) return;
          if (atEnd !== follows) setFollows(atEnd);
        }}
      >
        <div className={styles.space} style={{ height: count * lineHeight }}>
          {rows.map((number) => {
            const line = lineAt(number);
            return (
              <div key={number} className={styles.line} data-stream={line?.line.stream} data-hit={number === current || undefined} style={{ top: (number - skipped) * lineHeight }}>
                <span className={styles.number} aria-hidden>
                  {number + 1}
                </span>
                {wide && <span className={styles.time}>{line?.line.at == null ? '' : clockOf(line.line.at)}</span>}
                <span className={styles.text}>{line === undefined ? '' : line.spans.length === 0 ? '\u00a0' : line.spans.map((span, index) => <Span key={index} span={span} words={words} />)}</span>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function clockOf(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '' : `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

type ParsedLine = { readonly line: ConsoleLine; readonly spans: readonly AnsiSpan[] };

const parsedLines = new WeakMap<readonly ConsoleLine[], readonly ParsedLine[]>();

/** A style goes on from line to line, each stream with its own. */
function parsed(items: readonly ConsoleLine[]): readonly ParsedLine[] {
  const known = parsedLines.get(items);
  if (known !== undefined) return known;
  const style: Record<ConsoleLine['stream'], AnsiStyle> = { stdout: plainStyle, stderr: plainStyle };
  const lines = items.map((line): ParsedLine => {
    const { spans, style: after } = parseAnsi(line.text, style[line.stream]);
    style[line.stream] = after;
    return { line, spans };
  });
  parsedLines.set(items, lines);
  return lines;
}

/** The letters of a line that are drawn: a megabyte in one line would hold up the window. */
const longestText = 4000;

function Span({ span, words }: { readonly span: AnsiSpan; readonly words: string }) {
  const { style } = span;
  const text = span.text.length > longestText ? `${span.text.slice(0, longestText)} …` : span.text;
  const at = words.trim() === '' ? -1 : text.toLowerCase().indexOf(words.trim().toLowerCase());
  const content = at < 0 ? text : (
    <>
      {text.slice(0, at)}
      <mark className={styles.mark}>{text.slice(at, at + words.trim().length)}</mark>
      {text.slice(at + words.trim().length)}
    </>
  );
  if (style === plainStyle) return content;
  const ink = style.inverse ? style.ground : style.ink;
  const ground = style.inverse ? (style.ink ?? 'inverse') : style.ground;
  return (
    <span
      className={styles.span}
      data-bold={style.bold || undefined}
      data-dim={style.dim || undefined}
      data-italic={style.italic || undefined}
      data-underline={style.underline || undefined}
      data-ink={inkName(ink)}
      data-ground={ground === null ? undefined : ''}
      style={ink?.kind === 'rgb' ? ({ '--ink': `rgb(${ink.red} ${ink.green} ${ink.blue})` } as React.CSSProperties) : undefined}
    >
      {content}
    </span>
  );
}

function inkName(color: AnsiColor | null): string | undefined {
  return color === null ? undefined : color.kind === 'rgb' ? 'own' : String(color.index % 8);
}

type Found = { readonly hits: readonly number[]; readonly done: boolean; readonly more: boolean };
const nothingFound: Found = { hits: [], done: true, more: false };
/** Lines asked for at once while searching, and hits after which it is enough. */
const searchChunk = 5000;
const mostHits = 10_000;

/** Line numbers that hold the words, found piece by piece; lines that come meanwhile are looked through as they come. */
function useConsoleSearch(id: RunDetail['id'], words: string, total: number): Found {
  const wanted = words.trim().toLowerCase();
  const [found, setFound] = useState<Found>(nothingFound);
  const reached = useRef({ wanted: '', line: 0, hits: [] as number[] });
  useEffect(() => {
    if (wanted === '') {
      reached.current = { wanted, line: 0, hits: [] };
      setFound(nothingFound);
      return undefined;
    }
    if (reached.current.wanted !== wanted) reached.current = { wanted, line: 0, hits: [] };
    const state = reached.current;
    const abort = new AbortController();
    const run = async (): Promise<void> => {
      while (state.line < total && state.hits.length < mostHits) {
        const { items } = await core().query('runs.console', { id, from: state.line, limit: searchChunk }, { signal: abort.signal });
        if (abort.signal.aborted) return;
        if (items.length === 0) break;
        for (const item of items) if (stripAnsi(item.text).toLowerCase().includes(wanted)) state.hits.push(item.number);
        state.line = (items[items.length - 1]?.number ?? state.line) + 1;
        setFound({ hits: [...state.hits], done: false, more: false });
      }
      setFound({ hits: [...state.hits], done: true, more: state.hits.length >= mostHits });
    };
    // Typing goes on: the first letters need no answer of their own.
    const timer = setTimeout(() => void run().catch(() => undefined), 120);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [id, wanted, total]);
  return found;
}
