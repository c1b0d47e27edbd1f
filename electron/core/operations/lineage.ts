/** A neighbourhood as a file, and events of others into the catalog. */
import { createHash } from 'node:crypto';
import { VitrineError, type CheckedInputOf, type LineageFormat, type OutputOf } from '#shared/contract/index.ts';
import { assertNever } from '#shared/domain/index.ts';
import { addressOf, lineageCsv, lineageDot, lineageTree, openLineageEvents, type ReadEvent } from '#shared/lineage/index.ts';
import type { UndoStep } from '../catalog/index.ts';
import type { ImportPiece, ImportTally } from '../catalog/commands/lineageImport.ts';
import { acting, asking, type OperationContext } from './context.ts';
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

/** Runs and datasets that are taken in one transaction, all or nothing: a few milliseconds of it. */
const wholeUpTo = 40;
/** Milliseconds in which a piece of a larger import may hold up other writes. */
const pieceMilliseconds = 25;
const pieceEvents = 200;
/** An event about thousands of datasets is taken as several about the same run. */
const datasetsPerEvent = 20;

/**
 * Checked as a whole before anything is written. A small import is one transaction; a large one is taken piece by piece, with the writes of others
 * between the pieces. What stops in its midst (cancelled, refused, a crash) leaves whole events behind it, and the same text again goes on from there.
 */
async function importLineage({ catalog }: Rooms, input: CheckedInputOf<'lineage.import'>, context: OperationContext) {
  // With it come the commands of the catalog, which nothing else here needs.
  const { checkedEvents, importAnswer } = await import('../catalog/commands/lineageImport.ts');
  const reading = checkedEvents(input.text, Date.now());
  const weight = reading.events.reduce((sum, event) => sum + 1 + event.inputs.length + event.outputs.length, 0);
  if (weight <= wholeUpTo) return catalog.write('lineage.import', input, acting(context));
  const events = reading.events.flatMap(inParts);
  const tally: ImportTally = { runsCreated: 0, runsUpdated: 0, versionsCreated: 0, edgesCreated: 0 };
  const projects = new Map<number, ImportPiece['projects'][number]>();
  const steps: UndoStep[] = [];
  let taken = 0;
  const tell = (cut: boolean) => catalog.write('internal.tellLineageImport', { tally, projects: [...projects.values()], steps, cut }, acting(context));
  try {
    while (taken < events.length) {
      if (context.signal.aborted) throw new VitrineError('cancelled', { details: { operation: 'lineage.import' } });
      const { output, steps: back = [] } = await catalog.write('internal.importLineage', { events: events.slice(taken, taken + pieceEvents), ...(input.project === undefined ? {} : { project: input.project }), budget: pieceMilliseconds }, { ...acting(context), part: true });
      steps.push(...back);
      const piece = output as ImportPiece;
      taken += piece.taken;
      for (const [name, count] of Object.entries(piece.tally)) tally[name as keyof ImportTally] += count;
      for (const project of piece.projects) if (!projects.has(project.id)) projects.set(project.id, project);
      context.report({ phase: 'importing', done: taken, total: events.length, unit: 'rows', files: null, current: null });
    }
  } catch (thrown) {
    // What came in stands, so the history says so.
    if (taken > 0) await tell(true);
    throw thrown;
  }
  const { rev, undo } = await tell(false);
  return { output: importAnswer(reading, tally), undo, rev };
}

function inParts(event: ReadEvent): readonly ReadEvent[] {
  const most = Math.max(event.inputs.length, event.outputs.length);
  if (most <= datasetsPerEvent) return [event];
  return Array.from({ length: Math.ceil(most / datasetsPerEvent) }, (_, part) => ({
    ...event, inputs: event.inputs.slice(part * datasetsPerEvent, (part + 1) * datasetsPerEvent), outputs: event.outputs.slice(part * datasetsPerEvent, (part + 1) * datasetsPerEvent),
  }));
}

export const lineageHandlers: Handlers = { 'lineage.export': exportLineage, 'lineage.import': importLineage };
