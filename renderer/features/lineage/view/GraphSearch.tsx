import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import type { LineageDrawnGraph, LineageDrawnNode, LineageGraph } from '#shared/lineage/index.ts';
import { announce } from '../../../ui/announce.ts';
import { formatQuantity } from '../../../ui/format.ts';
import { Search, Workflow } from '../../../ui/icons.ts';
import { Input } from '../../../ui/Input.tsx';
import { TypeIcon } from '../../../ui/TypeIcon.tsx';
import { nodeName, searchText } from './nodeWords.ts';
import styles from './GraphSearch.module.css';

export type GraphSearchProps = {
  readonly graph: LineageDrawnGraph;
  /** The graph before anything was gathered: what lies in a closed group is found as well. */
  readonly members?: LineageGraph;
  readonly onMatches: (keys: ReadonlySet<string>) => void;
  /** Flies to a hit; one in a closed group needs that opened first. */
  readonly onGoTo: (key: string) => void;
};

const listed = 8;
/** Rings around more than this would mark nothing any more. */
const ringed = 400;

/** Search inside the graph: every word must occur. Up and Down fly from hit to hit, Enter stays there, Escape clears. */
export function GraphSearch({ graph, members, onMatches, onGoTo }: GraphSearchProps) {
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const [open, setOpen] = useState(false);
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const { nodes, groupOf } = useMemo(() => withGathered(graph, members), [graph, members]);
  const asked = query.trim() !== '';
  // Thousands of texts are put together only for whoever searches.
  const texts = useMemo(() => (asked ? nodes.map(searchText) : []), [nodes, asked]);
  const hits = useMemo<readonly LineageDrawnNode[]>(() => {
    const words = query.toLowerCase().split(/\s+/u).filter(Boolean);
    return words.length === 0 ? [] : nodes.filter((_, at) => words.every((word) => texts[at]!.includes(word)));
  }, [nodes, texts, query]);

  useEffect(() => {
    onMatches(new Set(hits.slice(0, ringed).map((node) => groupOf.get(node.key) ?? node.key)));
  }, [hits, groupOf, onMatches]);

  const goTo = (at: number): void => {
    const next = hits.length === 0 ? 0 : (at + hits.length) % hits.length;
    setActive(next);
    const node = hits[next];
    if (node !== undefined) onGoTo(node.key);
  };
  const handleKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    switch (event.key) {
      case 'ArrowDown':
        goTo(open ? active + 1 : active);
        setOpen(true);
        break;
      case 'ArrowUp':
        goTo(active - 1);
        break;
      case 'Enter':
        goTo(active);
        setOpen(false);
        break;
      case 'Escape':
        if (query === '') return;
        setQuery('');
        setOpen(false);
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  // The list is a window onto the hits that keeps the active one in sight.
  const first = Math.max(0, Math.min(active - listed + 1, hits.length - listed));
  const shown = hits.slice(first, first + listed);
  const isOpen = open && query.trim() !== '';
  return (
    <div
      ref={box}
      className={styles.box}
      onBlur={(event) => {
        if (!(event.relatedTarget instanceof Node) || box.current?.contains(event.relatedTarget) !== true) setOpen(false);
      }}
    >
      <Input
        size="small"
        icon={Search}
        value={query}
        placeholder="Find in graph"
        role="combobox"
        aria-label="Find in graph"
        aria-expanded={isOpen}
        aria-controls={`${id}list`}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && hits.length > 0 ? `${id}hit${active}` : undefined}
        trailing={
          query.trim() === '' ? undefined : <span className={styles.count}>{hits.length === 0 ? 'none' : `${active + 1}/${hits.length}`}</span>
        }
        onValueChange={(value) => {
          setQuery(value);
          setActive(0);
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onKeyDown={handleKeyDown}
        onKeyUp={(event) => {
          if (event.key.length === 1 && query.trim() !== '') announce(hits.length === 0 ? 'Nothing found' : formatQuantity(hits.length, 'hit'));
        }}
      />
      {isOpen && (
        <div id={`${id}list`} role="listbox" aria-label="Hits" className={styles.list}>
          {shown.length === 0 && <div className={styles.none}>Nothing in this graph matches.</div>}
          {shown.map((node, offset) => {
            const at = first + offset;
            return (
              <div
                key={node.key}
                id={`${id}hit${at}`}
                role="option"
                aria-selected={at === active}
                tabIndex={-1}
                className={styles.hit}
                data-active={at === active || undefined}
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => {
                  goTo(at);
                  setOpen(false);
                }}
              >
                {node.kind === 'version' ? <TypeIcon type={node.type} /> : <Workflow aria-hidden className={styles.icon} />}
                <span className={styles.name}>{nodeName(node)}</span>
                {node.kind === 'version' && <span className={styles.number}>v{node.index}</span>}
                {groupOf.has(node.key) ? (
                  <span className={styles.detail}>gathered</span>
                ) : node.kind === 'version' && node.aliases.length > 0 && (
                  <span className={styles.detail}>{node.aliases.map((alias) => alias.name).join(', ')}</span>
                )}
              </div>
            );
          })}
        </div>
      )}
    </div>
  );
}

/** Everything that can be found: what is drawn, and behind it what is gathered, with the group that each of it is in. */
function withGathered(graph: LineageDrawnGraph, members: LineageGraph | undefined): { readonly nodes: readonly LineageDrawnNode[]; readonly groupOf: ReadonlyMap<string, string> } {
  const groupOf = new Map<string, string>();
  for (const node of graph.nodes) if (node.kind === 'group') for (const key of node.memberKeys) groupOf.set(key, node.key);
  return { nodes: groupOf.size === 0 ? graph.nodes : [...graph.nodes, ...(members?.nodes ?? []).filter((node) => groupOf.has(node.key))], groupOf };
}
