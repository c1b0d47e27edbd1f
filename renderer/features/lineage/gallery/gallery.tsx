/**
 * The graph alone, over made-up lineage: for looking at it, for tests and for measurements. `?size=200&seed=2&theme=dark&direction=down&tree=1`,
 * `&group=project`, `&shape=fan`, `&motion=on`, `&draws=flow` and `&draws=nothing` for what it is measured against. What is asked of the outside is written to `lineageGallery.asked`;
 * `lineageGallery.make(size)`, `clear()` and `show()` draw another lineage in the page that runs, seen from `show(viewport)` where one is given.
 */
import '../../../ui/styles.ts';
import type { Viewport } from '@xyflow/react';
import { useCallback, useMemo, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { collapseGroups, layoutLayered, mergeGraphs, prepareLayout, type Bounds, type LineageDrawnNode, type LineageGraph, type LineageGrouping } from '#shared/lineage/index.ts';
import { applyAppearance, THEMES, UiProvider } from '../../../ui/index.ts';
import { LayoutClient, warmLayout } from '../layoutClient.ts';
import { GraphSearch } from '../view/GraphSearch.tsx';
import { LineageView } from '../view/LineageView.tsx';
import type { LineageViewHandle } from '../view/viewProps.ts';
import { TwinTree } from '../side/TwinTree.tsx';
import { EmptyCanvas, PlainFlow } from './peers.tsx';
import { sampleFan, sampleLineage, sampleStep } from './sample.ts';
import styles from './gallery.module.css';

const parameters = new URLSearchParams(location.search);
applyAppearance({
  theme: THEMES.find((theme) => theme === parameters.get('theme')) ?? 'system',
  density: 'normal',
  motion: parameters.get('motion') === 'on' ? 'system' : 'off',
});
const seed = Number(parameters.get('seed') ?? 2);
const grouping = (['project', 'type', 'jobType', 'runGroup'] as const satisfies readonly LineageGrouping[]).find((one) => one === parameters.get('group'));

const trouble: string[] = [];
const asked: string[] = [];
addEventListener('error', (event) => {
  // No error, only told as one: cards that React Flow mounted while it heard of sizes have their own told in the next frame.
  if (event.message !== 'ResizeObserver loop completed with undelivered notifications.') trouble.push(event.message);
});
addEventListener('unhandledrejection', (event) => trouble.push(String(event.reason)));
addEventListener('securitypolicyviolation', (event) => trouble.push(`policy: ${event.violatedDirective}`));

/** What the worker's refinement makes of a sample, and how its crossings compare with those of the layout in place. */
function refine(size: number, seed: number): Promise<{ readonly by: string; readonly refined: number; readonly inPlace: number }> {
  const { input } = prepareLayout(sampleLineage(size, seed));
  const inPlace = layoutLayered(input).crossings;
  const client = new LayoutClient();
  return new Promise((resolve, reject) => {
    // Ended before it can answer: only the newer request may.
    client.request('refine', input, {}, undefined, () => reject(new Error('an ended request answered')), reject);
    client.request(
      'refine',
      input,
      {},
      undefined,
      (answer) => resolve({ by: answer?.by ?? 'none', refined: answer?.layout.crossings ?? -1, inPlace }),
      reject,
    );
  });
}

const rootOf = ({ nodes }: LineageGraph): string => parameters.get('root') ?? nodes[Math.min(nodes.length - 1, 5)]!.key;

function Gallery({ base, viewport }: { readonly base: LineageGraph; readonly viewport: Viewport | null }) {
  const root = rootOf(base);
  const roots = useMemo(() => [root], [root]);
  const view = useRef<LineageViewHandle>(null);
  const [graph, setGraph] = useState(base);
  const [anchor, setAnchor] = useState<string | null>(null);
  const [selected, setSelected] = useState<string | null>(null);
  const [open, setOpen] = useState<readonly string[]>([]);
  const drawn = useMemo(
    () => (grouping === undefined ? graph : collapseGroups(graph, { by: grouping, open: new Set(open), keep: new Set([root]) })),
    [graph, open, root],
  );
  const goTo = useCallback((key: string) => view.current?.flyTo(key), []);
  const setMatches = useCallback((keys: ReadonlySet<string>) => view.current?.setMatches(keys), []);
  const openNode = (node: LineageDrawnNode): void => {
    asked.push(`open ${node.key}`);
    if (node.kind === 'group') setOpen((old) => [...old, node.key]);
  };
  const menu = (node: LineageDrawnNode): void => void asked.push(`menu ${node.key}`);
  return (
    <main className={styles.page}>
      <h1 className={styles.title}>Lineage</h1>
      <div className={styles.bar}>
        <GraphSearch graph={drawn} onMatches={setMatches} onGoTo={goTo} />
      </div>
      <div className={styles.body}>
        <LineageView
          ref={view}
          graph={drawn}
          rootKeys={roots}
          direction={parameters.get('direction') === 'down' ? 'down' : 'right'}
          anchorKey={anchor}
          viewport={viewport}
          onSelect={(node) => setSelected(node?.key ?? null)}
          onOpen={openNode}
          onOpenGroup={(key) => setOpen((old) => [...old, key])}
          onContextMenu={menu}
          onNodePointerDragStart={(_event, node) => void asked.push(`press ${node.key}`)}
          onExpand={(key, direction) => {
            asked.push(`expand ${key} ${direction}`);
            setAnchor(key);
            setGraph((old) => mergeGraphs([old, sampleStep(old, key, direction)]));
          }}
        />
        {parameters.has('tree') && (
          <aside className={styles.tree} aria-label="Lineage as a tree">
            <TwinTree graph={drawn} rootKeys={roots} selectedKey={selected} onGoTo={goTo} onOpen={openNode} onContextMenu={menu} />
          </aside>
        )}
      </div>
    </main>
  );
}

function Peer({ children }: { readonly children: React.ReactNode }) {
  return (
    <main className={styles.page}>
      <div className={styles.body} style={{ position: 'relative' }}>
        {children}
      </div>
    </main>
  );
}

const draws = parameters.get('draws');
const element = document.getElementById('root');
const page = element === null ? null : createRoot(element);
let shown = 0;

/** Draws a lineage that is at hand in place of the one before; answers with the time at which it was begun, in milliseconds of the page. */
function show(base: LineageGraph, viewport: Viewport | null = null): number {
  const begun = performance.now();
  shown++;
  page?.render(
    <UiProvider>
      {draws === 'flow' ? <Peer key={shown}>{<PlainFlow graph={base} />}</Peer> : draws === 'nothing' ? <Peer key={shown}>{<EmptyCanvas />}</Peer> : <Gallery key={shown} base={base} viewport={viewport} />}
    </UiProvider>,
  );
  return begun;
}

/** Makes a lineage ready to be shown by `show`. */
let ready: LineageGraph | null = null;
/** What a lineage that is ready fills, in pixels of the layout. */
const bounds = (): Bounds | null => {
  if (ready === null) return null;
  const { input, indexed } = prepareLayout(ready);
  return layoutLayered(input, { root: indexed.indexOf.get(rootOf(ready))! }).bounds;
};
const make = (size: number): void => {
  ready = parameters.get('shape') === 'fan' ? sampleFan(size, seed) : sampleLineage(size, seed);
};
Object.assign(globalThis, { lineageGallery: { trouble, asked, refine, make, bounds, show: (viewport?: Viewport) => (ready === null ? 0 : show(ready, viewport)), clear: () => page?.render(null) } });
warmLayout();
make(Number(parameters.get('size') ?? 40));
if (ready !== null) show(ready);
