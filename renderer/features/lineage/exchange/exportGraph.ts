/** The lineage on show into a file that a person chooses. */
import type { LineageFormat, LineageRoot } from '#shared/contract/index.ts';
import type { LineageGraph } from '#shared/lineage/index.ts';
import { assertNever } from '#shared/domain/assert.ts';
import { core, notify, notifyFailure } from '../../../app/api/index.ts';
import { bridge } from '../../../app/bridge.ts';
import { formatQuantity } from '../../../ui/format.ts';
import { idOfKey } from '../nodes.ts';
import type { Scene } from '../view/scene.ts';
import { pictureColors } from './pictureColors.ts';
import { pngPicture } from './pngPicture.ts';
import { svgPicture } from './svgPen.ts';

export type ExportKind = 'svg' | 'png' | Exclude<LineageFormat, 'json'> | 'json';

export type Exported = {
  /** As it is laid out, groups and all: what pictures show. */
  readonly scene: Scene | null;
  /** As it is shown, nothing gathered: what the other formats hold. */
  readonly graph: LineageGraph;
  readonly rootKeys: readonly string[];
};

/** Asks where to, then writes; says what is in the file. */
export async function exportGraph(kind: ExportKind, exported: Exported): Promise<void> {
  try {
    const made = await madeOf(kind, exported);
    if (made === null) return;
    const title = 'Export the lineage';
    const path = await (typeof made.content === 'string' ? bridge().saveText({ title, name: made.fileName, text: made.content }) : bridge().saveBytes({ title, name: made.fileName, bytes: made.content }));
    if (path === null) return;
    notify({ tone: 'good', title: `Exported ${formatQuantity(exported.graph.nodes.length, 'node')}`, text: path, action: { label: 'Show', onPress: () => void bridge().revealInFolder(path) } });
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

async function madeOf(kind: ExportKind, { scene, graph, rootKeys }: Exported): Promise<{ readonly fileName: string; readonly content: string | Uint8Array } | null> {
  // What stands first is what the file is named after, and the root of a tree.
  const first = rootKeys.find((key) => graph.nodes.some((node) => node.key === key));
  const keys = [...new Set([...(first === undefined ? [] : [first]), ...graph.nodes.map((node) => node.key)])];
  if (keys.length === 0) return null;
  const root: LineageRoot = { kind: 'selection', nodes: keys.map(idOfKey) };
  const written = (format: LineageFormat) => core().query('lineage.export', { root, up: 0, down: 0, limit: 10_000, format });
  switch (kind) {
    case 'svg':
    case 'png': {
      if (scene === null) return null;
      const root = scene.prepared.graph.nodes.find((node) => node.key === first);
      const name = `lineage ${root === undefined ? '' : root.kind === 'version' ? `${root.artifact}-v${root.index}` : root.kind === 'run' ? root.displayName : root.label}`.trim().replaceAll(/[^\p{L}\p{N}_.-]+/gu, '-').slice(0, 120);
      const roots = new Set(rootKeys);
      return { fileName: `${name}.${kind}`, content: kind === 'svg' ? svgPicture(scene, roots, pictureColors(), name) : await pngPicture(scene, roots, pictureColors()) };
    }
    case 'json':
    case 'csv':
    case 'dot':
    case 'tree':
    case 'openlineage': {
      const { fileName, text } = await written(kind);
      return { fileName, content: text };
    }
    default:
      return assertNever(kind, 'format');
  }
}
