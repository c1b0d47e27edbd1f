/** One lineage as it is looked at: what is asked of core, and what a person pinned, hid, opened and expanded since. */
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { InputOf, LineageFilter, LineageRoot, OutputOf, VitrineError } from '#shared/contract/index.ts';
import { collapseGroups, groupKeyOf, hideNodes, mergeGraphs, type LayoutDirection, type LineageDrawnGraph, type LineageGraph, type LineageGrouping } from '#shared/lineage/index.ts';
import { useOperation } from '../../app/api/index.ts';
import { usePlaceState } from '../../app/routes/index.ts';
import { idOfKey, rootName } from './nodes.ts';

export type Side = 'both' | 'upstream' | 'downstream';
export type Toward = 'upstream' | 'downstream';
export type Grouping = LineageGrouping | 'none';
export type Pane = 'none' | 'details' | 'questions' | 'tree';
type Answer = OutputOf<'lineage.neighbourhood'>;

/** One step more beyond a node, asked for by a person. */
export type Expansion = { readonly key: string; readonly direction: Toward };

export const depths = ['1', '2', '4', '6', '10', '50', '20000'] as const;
export type Depth = (typeof depths)[number];

const firstLimit = 1_000;
export const lastLimit = 10_000;
const noKeys: readonly string[] = [];
const noFilter: LineageFilter = {};

export function expansionId({ key, direction }: Expansion): string {
  return `${key} ${direction}`;
}

/** In a narrower window hardly two columns can be read beside each other, but seven rows one below the other: there a lineage opens top down. */
const roomForColumns = 920;

/** What a person chose to see; remembered by the place. */
function useChoices() {
  const [side, setSide] = usePlaceState<Side>('lineage.side', 'both');
  const [depth, setDepth] = usePlaceState<Depth>('lineage.depth', '4');
  const [direction, setDirection] = usePlaceState<LayoutDirection>('lineage.direction', () => (innerWidth >= roomForColumns ? 'right' : 'down'));
  const [grouping, setGrouping] = usePlaceState<Grouping>('lineage.grouping', 'none');
  const [opened, setOpened] = usePlaceState<readonly string[]>('lineage.opened', noKeys);
  const [filter, setFilter] = usePlaceState<LineageFilter>('lineage.filter', noFilter);
  const [limit, setLimit] = usePlaceState('lineage.limit', firstLimit);
  const [expansions, setExpansions] = usePlaceState<readonly Expansion[]>('lineage.expansions', []);
  const [pins, setPins] = usePlaceState<readonly string[]>('lineage.pins', noKeys);
  const [hidden, setHidden] = usePlaceState<readonly string[]>('lineage.hidden', noKeys);
  return { side, setSide, depth, setDepth, direction, setDirection, grouping, setGrouping, opened, setOpened, filter, setFilter, limit, setLimit, expansions, setExpansions, pins, setPins, hidden, setHidden };
}

export type Lineage = ReturnType<typeof useLineage>;

export function useLineage(root: LineageRoot) {
  const choices = useChoices();
  const { side, depth, grouping, opened, filter, limit, expansions, setExpansions, setOpened, setGrouping, pins, setPins, hidden, setHidden } = choices;
  const steps = Number(depth);
  const walk: Omit<InputOf<'lineage.neighbourhood'>, 'root'> = {
    up: side === 'downstream' ? 0 : steps,
    down: side === 'upstream' ? 0 : steps,
    limit,
    ...(Object.keys(filter).length === 0 ? {} : { filter }),
  };
  const { data, error, retry, previous } = useOperation('lineage.neighbourhood', { root, ...walk }, { keepPrevious: true });
  const name = rootName(root);
  const roots = data?.roots;
  const rootKeys = useMemo(() => roots ?? (root.kind === 'version' || root.kind === 'run' ? [name] : noKeys), [roots, root.kind, name]);

  // Pinned nodes stay whatever is asked for: they are fetched by themselves.
  const pinned = useMemo(() => new Set(pins), [pins]);
  const pinnedIds = useMemo(() => pins.map(idOfKey), [pins]);
  const pinAnswer = useOperation('lineage.neighbourhood', { root: { kind: 'selection', nodes: pinnedIds.length === 0 ? [{ kind: 'run', id: 1 as never }] : pinnedIds }, up: 0, down: 0, limit: 1000 }, { enabled: pinnedIds.length > 0, keepPrevious: true });
  const [answers, setAnswers] = useState<ReadonlyMap<string, Answer>>(new Map());
  const takeAnswer = useCallback((id: string, answer: Answer) => setAnswers((old) => (old.get(id) === answer ? old : new Map(old).set(id, answer))), []);
  /** What an answer to a question brought in: a way may lead past what the walk shows. */
  const [extra, setExtra] = useState<LineageGraph | null>(null);

  const whole = useMemo<LineageGraph | null>(
    () => (data === undefined ? null : mergeGraphs([data, ...(pinnedIds.length > 0 && pinAnswer.data !== undefined ? [pinAnswer.data] : []), ...expansions.flatMap((expansion) => answers.get(expansionId(expansion)) ?? []), ...(extra === null ? [] : [extra])])),
    [data, pinnedIds, pinAnswer.data, expansions, answers, extra],
  );
  const shown = useMemo(() => (whole === null ? null : hideNodes(whole, new Set(hidden), [...rootKeys, ...pins])), [whole, hidden, rootKeys, pins]);
  const merged = shown?.graph ?? null;
  const graph = useMemo<LineageDrawnGraph | null>(
    () => (merged === null || grouping === 'none' ? merged : collapseGroups(merged, { by: grouping, open: new Set(opened), keep: new Set([...rootKeys, ...pins]), least: 3 })),
    [merged, grouping, opened, rootKeys, pins],
  );

  const [anchor, setAnchor] = useState<string | null>(null);
  const expand = useCallback(
    (key: string, direction: Toward): void => {
      setAnchor(key);
      setExpansions((old) => (old.some((one) => one.key === key && one.direction === direction) ? old : [...old, { key, direction }]));
    },
    [setExpansions],
  );
  const openGroup = useCallback(
    (key: string): void => {
      setAnchor(null);
      setOpened((old) => (old.includes(key) ? old : [...old, key]));
    },
    [setOpened],
  );
  const closeGroup = useCallback((key: string): void => setOpened((old) => old.filter((one) => one !== key)), [setOpened]);
  const gather = useCallback(
    (by: Grouping): void => {
      setOpened(noKeys);
      setAnchor(null);
      setGrouping(by);
    },
    [setOpened, setGrouping],
  );
  const togglePin = useCallback((key: string): void => setPins((old) => (old.includes(key) ? old.filter((one) => one !== key) : [...old, key])), [setPins]);
  const hide = useCallback(
    (key: string): void => {
      setAnchor(null);
      setHidden((old) => (old.includes(key) ? old : [...old, key]));
    },
    [setHidden],
  );
  const showHidden = useCallback((): void => setHidden(noKeys), [setHidden]);

  /** The group in which a node is gathered now, if it is. */
  const groupOf = useCallback(
    (key: string): string | null => {
      if (grouping === 'none' || graph === null) return null;
      const node = merged?.nodes.find((one) => one.key === key);
      const group = node === undefined ? undefined : groupKeyOf(node, grouping);
      return group !== undefined && graph.nodes.some((one) => one.key === group) && !graph.nodes.some((one) => one.key === key) ? group : null;
    },
    [grouping, graph, merged],
  );

  return {
    ...choices, root, name, rootKeys, walk, data, error: error as VitrineError | null, retry, previous, merged, graph, pinned, anchor, takeAnswer, setExtra,
    hiddenCount: hidden.length + (shown?.alongCount ?? 0), expand, openGroup, closeGroup, gather, togglePin, hide, showHidden, groupOf,
  };
}

/** Asks for one step beyond a node, and keeps the answer true as everything else on the page. Draws nothing. */
export function ExpansionSource({ expansion, onAnswer }: { readonly expansion: Expansion; readonly onAnswer: (id: string, answer: Answer) => void }) {
  const { data } = useOperation('lineage.neighbourhood', {
    root: idOfKey(expansion.key),
    up: expansion.direction === 'upstream' ? 1 : 0,
    down: expansion.direction === 'downstream' ? 1 : 0,
    limit: 500,
  });
  const id = expansionId(expansion);
  useEffect(() => {
    if (data !== undefined) onAnswer(id, data);
  }, [data, id, onAnswer]);
  return null;
}
