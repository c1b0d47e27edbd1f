/** A neighbourhood as a file. */
import { createHash } from 'node:crypto';
import type { CheckedInputOf, LineageFormat, OutputOf } from '#shared/contract/index.ts';
import { assertNever } from '#shared/domain/index.ts';
import { addressOf, lineageCsv, lineageDot, lineageTree, openLineageEvents } from '#shared/lineage/index.ts';
import { asking, type OperationContext } from './context.ts';
import type { Handlers, Rooms } from './index.ts';

type Neighbourhood = OutputOf<'lineage.neighbourhood'>;

async function exportLineage(rooms: Rooms, input: CheckedInputOf<'lineage.export'>, context: OperationContext) {
  const { format, ...walk } = input;
  const answer = (await rooms.catalog.read('lineage.neighbourhood', walk, asking(context), { signal: context.signal })) as Neighbourhood;
  const written = inFormat(format, answer);
  const root = answer.nodes.find((node) => node.key === answer.root);
  const name = root === undefined ? 'lineage' : `lineage ${addressOf(root)}`.replaceAll(/[^\p{L}\p{N}_.-]+/gu, '-');
  return {
    output: {
      format, mediaType: written.mediaType, fileName: `${name.slice(0, 120)}.${written.ending}`, text: written.text, nodes: answer.nodes.length, edges: answer.edges.length,
      truncated: answer.truncated || written.truncated === true,
    } satisfies OutputOf<'lineage.export'>,
    undo: null,
  };
}

function inFormat(format: LineageFormat, answer: Neighbourhood): { readonly text: string; readonly mediaType: string; readonly ending: string; readonly truncated?: boolean } {
  switch (format) {
    case 'json':
      return { text: `${JSON.stringify(answer, null, 2)}\n`, mediaType: 'application/json', ending: 'json' };
    case 'csv':
      return { text: lineageCsv(answer), mediaType: 'text/csv', ending: 'csv' };
    case 'dot':
      return { text: lineageDot(answer), mediaType: 'text/vnd.graphviz', ending: 'dot' };
    case 'tree':
      return { ...lineageTree(answer, answer.root), mediaType: 'text/plain', ending: 'txt' };
    case 'openlineage':
      return { text: `${JSON.stringify(openLineageEvents(answer, { uuidOf }), null, 2)}\n`, mediaType: 'application/json', ending: 'openlineage.json' };
    default:
      return assertNever(format, 'format');
  }
}

/** Names of runs as UUIDs of version 5 (RFC 9562) in a namespace of our own: the same on every machine. */
const uuidNamespace = Buffer.from('6f1d2c9e5b7a4c318e0b9a4d7c2f1e63', 'hex');

export function uuidOf(name: string): string {
  const hash = createHash('sha1').update(uuidNamespace).update(name).digest();
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

export const lineageHandlers: Handlers = { 'lineage.export': exportLineage };
