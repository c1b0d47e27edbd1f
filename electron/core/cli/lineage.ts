/** `vitrine lineage …`: what came from what, and the questions that are asked of it. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { CommanderError, type Command } from 'commander';
import { isVitrineError, VitrineError, type CallOptions, type CoreClient, type InputOf, type LineageFilter, type LineageFormat, type LineageNode, type LineageNodeId, type LineageRoot, type OutputOf, type RunId, type VersionId } from '#shared/contract/index.ts';
import { addressOf, lineOf } from '#shared/lineage/index.ts';
import { exitCodes } from './exitCodes.ts';
import { plain, printJson, printLine, printTable } from './print.ts';
import { resolve } from './resolve.ts';
import { subcommand, type WholeNumber } from './common.ts';

type Common = { readonly data?: string; readonly json?: boolean; readonly message?: string };
export type WithClient = (options: Common, work: (client: CoreClient, call: CallOptions, common: Common) => Promise<void>) => Promise<void>;

/** A version by its address, or a run by `team/project/run` or `project/run`. */
export async function lineageNodeOf(client: CoreClient, address: string): Promise<LineageNodeId> {
  try {
    const found = await client.query('addresses.resolve', { address });
    if (found.versionId !== null) return { kind: 'version', id: found.versionId as VersionId };
    if (found.object.kind === 'run') return { kind: 'run', id: found.object.id as RunId };
    throw new VitrineError('bad_input', { details: { explanation: `“${address}” names ${found.object.kind === 'artifact' ? 'an artifact without versions' : `a ${found.object.kind}`}; lineage is asked of versions and runs.` } });
  } catch (thrown) {
    if (!isVitrineError(thrown) || !['not_found', 'name_invalid', 'bad_input'].includes(thrown.code) || address.includes(':')) throw thrown;
    const run = await runAt(client, address);
    if (run === null) throw thrown;
    return run;
  }
}

async function runAt(client: CoreClient, address: string): Promise<LineageNodeId | null> {
  const parts = address.split('/');
  const [runId, project, entity] = parts.toReversed();
  if (runId === undefined || project === undefined || parts.length > 3) return null;
  try {
    const team = entity ?? (await client.query('catalog.status', {})).team.name;
    return { kind: 'run', id: (await client.query('runs.get', { entity: team, project, runId })).id };
  } catch (thrown) {
    if (isVitrineError(thrown) && thrown.code === 'not_found') return null;
    throw thrown;
  }
}

type WalkOptions = Common & {
  readonly up: number; readonly down: number; readonly limit: number; readonly allVersions?: boolean; readonly type?: string[]; readonly project?: string[]; readonly state?: string[]; readonly tag?: string[];
  readonly from?: string; readonly until?: string; readonly tree?: boolean; readonly dot?: boolean; readonly csv?: boolean; readonly openlineage?: boolean;
};

async function rootOf(client: CoreClient, address: string, allVersions: boolean): Promise<LineageRoot> {
  if (!allVersions) return lineageNodeOf(client, address);
  const found = await resolve(client, address);
  if (found.object.kind !== 'collection') throw new VitrineError('bad_input', { details: { explanation: `--all-versions is for a collection, such as wandb-registry-NAME/collection; “${address}” is a ${found.object.kind}.` } });
  return { kind: 'collection', id: found.object.id as never };
}

function filterOf(options: WalkOptions): LineageFilter | undefined {
  const time = (name: string, text: string): string => {
    const at = new Date(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
    if (Number.isNaN(at.getTime())) throw new CommanderError(2, 'vitrine.time', `${name} takes a day (2026-05-03) or a time (2026-05-03T12:00:00Z).`);
    return at.toISOString();
  };
  const filter = {
    ...(options.type === undefined ? {} : { types: options.type }),
    ...(options.project === undefined ? {} : { projects: options.project }),
    ...(options.state === undefined ? {} : { states: options.state as NonNullable<LineageFilter['states']> }),
    ...(options.tag === undefined ? {} : { tags: options.tag }),
    ...(options.from === undefined ? {} : { from: time('--from', options.from) }),
    ...(options.until === undefined ? {} : { until: time('--until', options.until) }),
  };
  return Object.keys(filter).length === 0 ? undefined : filter;
}

export function addLineageCommands(lineage: Command, withClient: WithClient, wholeNumber: WholeNumber): void {
  const own = (name: string, description: string, defaults: { readonly isDefault?: boolean } = {}): Command => subcommand(lineage, name, description, defaults);
  const merged = <Options extends Common>(options: Options): Options => ({ ...lineage.opts<Common>(), ...options });
  const count = (name: string, least: number, most: number) => (text: string) => wholeNumber(name, text, least, most);

  own('show', 'what a version or run came from and what came of it (also without “show”)', { isDefault: true })
    .argument('<name>', 'a version, or a run as team/project/run')
    .option('--up <steps>', 'steps upstream, from a version to a run or back', count('--up', 0, 20_000), 4)
    .option('--down <steps>', 'steps downstream', count('--down', 0, 20_000), 4)
    .option('--limit <number>', 'nodes at most', count('--limit', 1, 10_000), 1000)
    .option('--all-versions', 'of a collection: begin at every version that it links')
    .option('--type <type...>', 'only versions of these types, and what stands between')
    .option('--project <project...>', 'only these projects, as team/project')
    .option('--state <state...>', 'only these states of versions and runs')
    .option('--tag <tag...>', 'only what carries one of these tags')
    .option('--from <time>', 'only what was made at or after it')
    .option('--until <time>', 'only what was made before it')
    .option('--tree', 'print a tree (the default)')
    .option('--dot', 'print DOT, for Graphviz')
    .option('--csv', 'print CSV, a line per edge')
    .option('--openlineage', 'print OpenLineage events, as JSON')
    .action(async (address: string, options: WalkOptions) => {
      const formats = (['tree', 'dot', 'csv', 'openlineage', 'json'] as const).filter((format) => merged(options)[format] === true);
      if (formats.length > 1) throw new CommanderError(2, 'vitrine.format', `Choose one of ${formats.map((format) => `--${format}`).join(', ')}.`);
      const filter = filterOf(options);
      await withClient(merged(options), async (client, call, common) => {
        const walk = { root: await rootOf(client, address, options.allVersions === true), up: options.up, down: options.down, limit: options.limit, ...(filter === undefined ? {} : { filter }) };
        if (common.json === true) {
          printJson(await client.query('lineage.neighbourhood', walk, call));
          return;
        }
        const format: LineageFormat = formats[0] ?? 'tree';
        const written = await client.query('lineage.export', { ...walk, format }, call);
        process.stdout.write(format === 'tree' ? written.text.split('\n').map(plain).join('\n') : written.text);
        if (written.truncated) process.stderr.write(`Cut off at ${written.nodes} nodes: --limit takes up to 10000.\n`);
      });
    });

  own('path', 'the ways from one to the other; exit code 3 when there is none')
    .argument('<from>')
    .argument('<to>')
    .option('--limit <number>', 'ways at most', count('--limit', 1, 1000), 20)
    .action(async (from: string, to: string, options: Common & { limit: number }) => {
      await withClient(merged(options), async (client, call, common) => {
        const found = await client.query('lineage.path', { from: await lineageNodeOf(client, from), to: await lineageNodeOf(client, to), limit: options.limit }, call);
        if (common.json === true) printJson(found);
        else {
          const words = wordsOf(found.nodes);
          if (found.direction === 'none') printLine(found.complete ? 'Neither came of the other.' : 'No way was found within the bound of the search.');
          for (const way of found.paths) printLine(way.map(words).join(found.direction === 'downstream' ? ' → ' : ' ← '));
          if (found.truncated) printLine('… and more ways.');
        }
        if (found.direction === 'none') process.exitCode = exitCodes.notFound;
      });
    });

  own('impact', 'what hangs on a version: everything downstream, counted, and what carries which alias')
    .argument('<name>')
    .option('--limit <number>', 'rows at most', count('--limit', 0, 10_000), 200)
    .option('--alias <alias...>', 'only what carries one of these aliases is named')
    .option('--all-versions', 'of a collection: of every version that it links')
    .action(async (address: string, options: Common & { limit: number; alias?: string[]; allVersions?: boolean }) => {
      await withClient(merged(options), async (client, call, common) => {
        const impact = await client.query('lineage.impact', { root: await rootOf(client, address, options.allVersions === true), limit: options.limit, ...(options.alias === undefined ? {} : { aliases: options.alias }) }, call);
        if (common.json === true) printJson(impact);
        else printImpact(impact);
      });
    });

  own('stale', 'what was built from versions that are no longer latest or production; exit code 5 when something is')
    .argument('[name]', 'a version, run, collection or project; without it, all that a registry has in use')
    .option('--alias <alias...>', 'aliases that mean “in date” (default: latest and production)')
    .option('--up <steps>', 'steps upstream that are looked at', count('--up', 1, 20_000), 200)
    .option('--limit <number>', 'versions looked at, at most', count('--limit', 1, 1000), 1000)
    .action(async (address: string | undefined, options: Common & { alias?: string[]; up: number; limit: number }) => {
      await withClient(merged(options), async (client, call, common) => {
        const of = address === undefined ? undefined : await staleRootOf(client, address);
        const found = await client.query('lineage.stale', { ...(of === undefined ? {} : { of }), up: options.up, limit: options.limit, ...(options.alias === undefined ? {} : { aliases: options.alias }) }, call);
        if (common.json === true) printJson(found);
        else printStale(found);
        if (found.items.length > 0) process.exitCode = exitCodes.conflict;
      });
    });

  own('diff', 'two lineages side by side: what went into only one, and which artifacts as different versions')
    .argument('<first>')
    .argument('<second>')
    .option('--all', 'print what is the same, too')
    .action(async (first: string, second: string, options: Common & { all?: boolean }) => {
      await withClient(merged(options), async (client, call, common) => {
        const found = await client.query('lineage.compare', { first: await lineageNodeOf(client, first), second: await lineageNodeOf(client, second) }, call);
        if (common.json === true) {
          printJson(found);
          return;
        }
        const words = shortWordsOf(found.nodes);
        const rows = found.rows.filter((row) => options.all === true || row.verdict !== 'same');
        if (rows.length === 0) printLine('Both came from the same.');
        else printTable(rows.map((row) => ({ '': row.verdict.replace('_', ' '), kind: row.kind, name: row.name, first: row.first.map(words).join(' '), second: row.second.map(words).join(' ') })), ['', 'kind', 'name', 'first', 'second']);
      });
    });

  own('common', 'what both came from, nearest first; exit code 3 when there is nothing')
    .argument('<first>')
    .argument('<second>')
    .option('--limit <number>', 'at most so many', count('--limit', 1, 10_000), 100)
    .action(async (first: string, second: string, options: Common & { limit: number }) => {
      await withClient(merged(options), async (client, call, common) => {
        const found = await client.query('lineage.common', { first: await lineageNodeOf(client, first), second: await lineageNodeOf(client, second), limit: options.limit }, call);
        if (common.json === true) printJson(found);
        else if (found.total === 0) printLine('They have nothing in common.');
        else {
          const words = wordsOf(found.nodes);
          printTable(found.ancestors.map((one) => ({ name: words(one.key), 'to first': one.stepsToFirst, 'to second': one.stepsToSecond, '': one.nearest ? 'ways part here' : '' })), ['name', 'to first', 'to second', '']);
          if (found.total > found.ancestors.length) printLine(`… ${found.total} in all.`);
        }
        if (found.total === 0) process.exitCode = exitCodes.notFound;
      });
    });

  own('link', 'draw an edge by hand, with the reason')
    .argument('<from>', 'what came first')
    .argument('<to>', 'what came of it')
    .requiredOption('--reason <text>', 'why you know')
    .action(async (from: string, to: string, options: Common & { reason: string }) => {
      await withClient(merged(options), async (client, call, common) => {
        const { output } = await client.execute('lineage.link', { from: await lineageNodeOf(client, from), to: await lineageNodeOf(client, to), reason: options.reason }, call);
        if (common.json === true) printJson(output);
        else printLine(output.created ? 'Drawn.' : 'Stands already.');
      });
    });

  own('unlink', 'take away an edge that was drawn by hand')
    .argument('<from>')
    .argument('<to>')
    .action(async (from: string, to: string, options: Common) => {
      await withClient(merged(options), async (client, call, common) => {
        const { output } = await client.execute('lineage.unlink', { from: await lineageNodeOf(client, from), to: await lineageNodeOf(client, to) }, call);
        if (common.json === true) printJson(output);
        else printLine('Taken away.');
      });
    });

  own('import', 'take OpenLineage events: one, an array, or one per line')
    .argument('<file>')
    .option('--project <project>', 'put everything into this project, or team/project')
    .action(async (file: string, options: Common & { project?: string }) => {
      await withClient(merged(options), async (client, call, common) => {
        const { output } = await client.execute('lineage.import', { text: await textOf(file), ...(options.project === undefined ? {} : { project: projectOf(options.project) }) }, call);
        if (common.json === true) printJson(output);
        else printLine(output.unchanged ? `${output.events} events, nothing new.` : `${output.events} events: ${output.runsCreated} runs made, ${output.runsUpdated} ended, ${output.versionsCreated} versions, ${output.edgesCreated} edges.${output.skipped > 0 ? ` ${output.skipped} without a run were left out.` : ''}`);
      });
    });
}

const mostBytes = 32 * 1024 * 1024;

async function textOf(file: string): Promise<string> {
  const place = path.resolve(file);
  try {
    const { size } = await stat(place);
    if (size > mostBytes) throw new VitrineError('too_large', { details: { limit: mostBytes, explanation: `${place} has ${size} bytes; at most ${mostBytes} are taken at once. Divide it.` } });
    return await readFile(place, 'utf8');
  } catch (thrown) {
    if (isVitrineError(thrown)) throw thrown;
    throw new VitrineError('file_unreadable', { details: { path: place, reason: thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'it can’t be read' }, cause: thrown });
  }
}

function projectOf(text: string): { entity?: string; name: string } {
  const slash = text.indexOf('/');
  return slash < 0 ? { name: text } : { entity: text.slice(0, slash), name: text.slice(slash + 1) };
}

async function staleRootOf(client: CoreClient, address: string): Promise<NonNullable<InputOf<'lineage.stale'>['of']>> {
  try {
    const { object } = await resolve(client, address);
    if (object.kind === 'collection' || object.kind === 'project') return { kind: object.kind, id: object.id as never };
  } catch (thrown) {
    if (!isVitrineError(thrown) || thrown.code !== 'not_found') throw thrown;
  }
  return lineageNodeOf(client, address);
}

const wordsOf = (nodes: readonly LineageNode[]): ((key: string) => string) => {
  const byKey = new Map(nodes.map((node) => [node.key, addressOf(node)]));
  return (key) => plain(byKey.get(key) ?? key);
};

const shortWordsOf = (nodes: readonly LineageNode[]): ((key: string) => string) => {
  const byKey = new Map(nodes.map((node) => [node.key, node.kind === 'version' ? `v${node.index}` : node.runId]));
  return (key) => plain(byKey.get(key) ?? key);
};

function printImpact(impact: OutputOf<'lineage.impact'>): void {
  const atLeast = impact.complete ? '' : 'at least ';
  printLine(`${atLeast}${impact.versionCount} versions and ${impact.runCount} runs, up to ${impact.depth} steps away.`);
  if (impact.byType.length > 0) printLine(`By type: ${impact.byType.map((one) => `${plain(one.name)} ${one.count}`).join(', ')}.`);
  if (impact.byProject.length > 1) printLine(`By project: ${impact.byProject.map((one) => `${plain(one.name)} ${one.count}`).join(', ')}.`);
  const words = wordsOf(impact.nodes);
  const chosen = impact.carrying.filter((one) => one.alias !== 'latest');
  if (chosen.length > 0) printTable(chosen.map((one) => ({ alias: one.alias, on: `${one.in === 'collection' ? 'wandb-registry-' : ''}${one.holder}:v${one.index}`, node: words(one.key) })), ['alias', 'on', 'node']);
  const byKey = new Map(impact.nodes.map((node) => [node.key, node]));
  // The tree of degrees: each under the node through which it was met first.
  const below = new Map<string, string[]>();
  for (const row of impact.rows) {
    const list = below.get(row.through);
    if (list === undefined) below.set(row.through, [row.key]);
    else list.push(row.key);
  }
  const degree = new Map(impact.rows.map((row) => [row.key, row.degree]));
  const stack = impact.roots.toReversed();
  while (stack.length > 0) {
    const key = stack.pop()!;
    const node = byKey.get(key);
    const steps = degree.get(key) ?? 0;
    if (node !== undefined) printLine(`${'  '.repeat(Math.min(steps, 24))}${steps === 0 ? '' : `${steps} `}${plain(lineOf(node))}`);
    for (const next of (below.get(key) ?? []).toReversed()) stack.push(next);
  }
  const rest = impact.versionCount + impact.runCount - impact.rows.length;
  if (rest > 0) printLine(`… ${rest} more.`);
}

function printStale(found: OutputOf<'lineage.stale'>): void {
  const words = wordsOf(found.nodes);
  if (found.items.length === 0) printLine(`In date: ${found.checked} looked at.`);
  for (const item of found.items) {
    printLine(`${words(item.key)} is stale:`);
    for (const one of item.inputs) {
      for (const reason of one.reasons) {
        const now = reason.now === null ? 'nothing stands there now' : `there stands ${words(reason.now.key)} now`;
        const why = reason.why === 'deleted' ? 'was deleted' : `is no longer ${plain(reason.alias ?? '')} in ${plain(reason.holder ?? '')}; ${now}`;
        printLine(`  ${words(one.key)} (${one.degree} steps up, through ${words(one.through)}) ${why}${reason.since === null ? '' : `, since ${reason.since}`}`);
      }
    }
  }
  if (found.nextCursor !== null) printLine('… more were not looked at: name a collection or project.');
}
