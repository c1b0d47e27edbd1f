import { IconButton } from '../../../ui/Button.tsx';
import { ArrowDownToLine, FileCode, FileImage, FileJson, FolderInput, Image, ListTree, Share2, Table2, type Icon } from '../../../ui/icons.ts';
import { Menu, type MenuEntry } from '../../../ui/Menu.tsx';
import { exportGraph, type ExportKind } from '../exchange/exportGraph.ts';
import { openLineageImport } from '../exchange/importStore.ts';
import type { Lineage } from '../useLineage.ts';
import type { LineageViewHandle } from '../view/viewProps.ts';

const formats: readonly { readonly kind: ExportKind; readonly label: string; readonly icon: Icon }[] = [
  { kind: 'svg', label: 'Picture (SVG)…', icon: Image },
  { kind: 'png', label: 'Picture (PNG)…', icon: FileImage },
  { kind: 'openlineage', label: 'OpenLineage events (JSON)…', icon: Share2 },
  { kind: 'csv', label: 'Table of edges (CSV)…', icon: Table2 },
  { kind: 'dot', label: 'Graphviz (DOT)…', icon: FileCode },
  { kind: 'tree', label: 'Tree as text…', icon: ListTree },
  { kind: 'json', label: 'Everything (JSON)…', icon: FileJson },
];

/** What is shown, into a file; and events of others, into the catalog. */
export function ExportMenu({ lineage, view }: { readonly lineage: Lineage; readonly view: React.RefObject<LineageViewHandle | null> }) {
  const { merged, rootKeys } = lineage;
  const items: readonly MenuEntry[] = [
    { kind: 'heading', label: 'Export what is shown' },
    ...formats.map(({ kind, label, icon }): MenuEntry => ({
      id: kind,
      label,
      icon,
      disabled: merged === null,
      onSelect: () => {
        if (merged !== null) void exportGraph(kind, { scene: view.current?.scene() ?? null, graph: merged, rootKeys });
      },
    })),
    { kind: 'separator' },
    { id: 'import', label: 'Import OpenLineage events…', icon: FolderInput, onSelect: openLineageImport },
  ];
  return (
    <Menu
      align="end"
      items={items}
      trigger={
        <IconButton size="small" icon={ArrowDownToLine} label="Export" />
      }
    />
  );
}
