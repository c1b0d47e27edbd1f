import type { OutputOf } from '#shared/contract/index.ts';
import { csvCell } from '#shared/domain/csv.ts';
import { addressOf } from '#shared/lineage/index.ts';

/** The answer as CSV: one line per node that was listed, nearest first. */
export function impactCsv({ rows, nodes, carrying }: Pick<OutputOf<'lineage.impact'>, 'rows' | 'nodes' | 'carrying'>): string {
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  const aliases = new Map<string, string[]>();
  for (const { key, alias, holder, in: where, index } of carrying) {
    const list = aliases.get(key) ?? [];
    list.push(where === 'collection' ? `${alias} (${holder} v${index})` : alias);
    aliases.set(key, list);
  }
  const lines = ['name,kind,type,project,steps,through,carries'];
  for (const { key, degree, through } of rows) {
    const node = byKey.get(key);
    if (node === undefined) continue;
    const by = byKey.get(through);
    lines.push(
      [addressOf(node), node.kind, node.kind === 'version' ? node.type : (node.jobType ?? ''), `${node.entity}/${node.project}`, String(degree), by === undefined ? '' : addressOf(by), (aliases.get(key) ?? []).join('; ')].map(csvCell).join(','),
    );
  }
  return `${lines.join('\r\n')}\r\n`;
}
