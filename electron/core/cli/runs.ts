/** Runs on the command line: listed, shown, their output, stopped, deleted. */
import type { Command } from 'commander';
import { VitrineError, type CoreClient, type InputOf, type OutputOf, type RunId } from '#shared/contract/index.ts';
import { subcommand, within, type Common, type WithClient } from './common.ts';
import { counted, formatSize, plain, printJson, printLine, printTable, type Row } from './print.ts';
import { resolve } from './resolve.ts';

type Listing = Common & { readonly state?: string; readonly group?: string; readonly tag?: string; readonly filter?: string; readonly sort?: string; readonly ascending?: boolean; readonly column?: string[]; readonly limit: string };

/** Adds `vitrine run`. */
export function addRunCommands(command: (name: string, description: string) => Command, withClient: WithClient): void {
  const run = command('run', 'training runs');
  const under = (name: string, description: string): Command => subcommand(run, name, description);
  const asRun = within(run, withClient);

  under('ls', 'runs of a project, or of all').argument('[project]', 'team/project')
    .option('--state <state>', 'running, finished, failed, crashed or killed').option('--group <group>').option('--tag <tag>')
    .option('--filter <json>', 'conditions, e.g. {"summary.loss": {"$lt": 0.1}}')
    .option('--sort <key>', 'created, name, state, or a value: summary.loss, config.lr', 'created').option('--ascending', 'smallest first')
    .option('-c, --column <value...>', 'values to show: summary.loss, config.lr').option('--limit <number>', 'rows at most', '50')
    .action(async (project: string | undefined, options: Listing) => {
      await asRun(options, async (client, call, common) => {
        const columns = options.column ?? [];
        const { items, total } = await client.query('runs.list', {
          ...(project === undefined ? {} : { projectId: await projectIdOf(client, project) }), ...(options.state === undefined ? {} : { state: options.state as InputOf<'runs.list'>['state'] }),
          ...(options.group === undefined ? {} : { group: options.group }), ...(options.tag === undefined ? {} : { tag: options.tag }), ...(options.filter === undefined ? {} : { filter: jsonOf(options.filter) }),
          ...(options.sort === undefined ? {} : { sort: options.sort }), direction: options.ascending === true ? 'ascending' : 'descending', columns, limit: limitOf(options.limit),
        }, call);
        if (common.json === true) {
          printJson(items);
          return;
        }
        const rows = items.map((item): Row => ({ run: `${item.entity}/${item.project}/${item.runId}`, name: item.displayName, state: item.state, group: item.group, begun: item.createdAt, ...Object.fromEntries(columns.map((column) => [column, shown(item.values[column])])) }));
        printTable(rows, ['run', 'name', 'state', 'group', 'begun', ...columns]);
        if (total > items.length) printLine(`… and ${total - items.length} more.`);
      });
    });
  under('show', 'a run with its config, summary, metrics and files').argument('<run>', 'team/project/run').action(async (address: string, options: Common) => {
    await asRun(options, async (client, call, common) => {
      const detail = await runOf(client, address);
      const { items: keys } = await client.query('runs.metricKeys', { id: detail.id }, call);
      const files = await client.query('runs.files', { id: detail.id, limit: 1000 }, call);
      if (common.json === true) printJson({ ...detail, metrics: keys, files: files.items });
      else printRun(detail, keys, files);
    });
  });
  under('log', 'what a run printed, the last lines first asked for').argument('<run>', 'team/project/run').option('--lines <number>', 'how many of the last lines', '100').action(async (address: string, options: Common & { lines: string }) => {
    await asRun(options, async (client, call, common) => {
      const { items } = await client.query('runs.console', { id: (await runOf(client, address)).id, limit: limitOf(options.lines, 5000) }, call);
      if (common.json === true) printJson(items);
      else for (const line of items) printLine(plain(line.text));
    });
  });
  under('stop', 'ask a running script to stop').argument('<run>', 'team/project/run').action(async (address: string, options: Common) => {
    await asRun(options, async (client, call, common) => {
      const { output } = await client.execute('runs.stop', { id: (await runOf(client, address)).id }, call);
      if (common.json === true) printJson(output);
      else printLine(`${plain(output.displayName)} is asked to stop; it hears so with its next message.`);
    });
  });
  under('delete', 'move a run with its metrics, output and files to the trash; versions that it logged stay').argument('<run>', 'team/project/run').option('--versions', 'move the versions that it logged to the trash too')
    .action(async (address: string, options: Common & { versions?: boolean }) => {
      await asRun(options, async (client, call, common) => {
        const detail = await runOf(client, address);
        const { output } = await client.execute('runs.delete', { id: detail.id, deleteVersions: options.versions === true }, call);
        if (common.json === true) printJson(output);
        else printLine(`Moved ${plain(detail.displayName)}${output.deletedVersions === 0 ? '' : ` and ${counted(output.deletedVersions, 'version')}`} to the trash; “vitrine trash” shows until when it can be restored.`);
      });
    });
}

function printRun(detail: OutputOf<'runs.get'>, keys: OutputOf<'runs.metricKeys'>['items'], files: OutputOf<'runs.files'>): void {
  const facts: readonly (readonly [string, string | number | null])[] = [
    ['run', `${detail.entity}/${detail.project}/${detail.runId}`], ['name', detail.displayName], ['state', `${detail.state}${detail.exitCode === null ? '' : ` (exit code ${detail.exitCode})`}`], ['begun', detail.createdAt], ['ended', detail.finishedAt],
    ['by', detail.createdBy.username], ['group', detail.group], ['job type', detail.jobType], ['tags', detail.tags.join(', ')], ['program', detail.program], ['host', detail.host], ['commit', detail.commit], ['notes', detail.notes],
    ['used', detail.inputCount], ['logged', detail.outputCount],
  ];
  for (const [name, value] of facts) if (value !== null && value !== '') printLine(`${`${name}:`.padEnd(10)}${plain(String(value))}`);
  for (const [title, values] of [['config', detail.config], ['summary', detail.summary]] as const) {
    const entries = Object.entries(values);
    if (entries.length > 0) printLine(`\n${title}`);
    for (const [key, value] of entries) printLine(`  ${plain(key)}: ${plain(JSON.stringify(value))}`);
  }
  const numbers = keys.filter((key) => key.type === 'number' && !key.key.startsWith('_'));
  if (numbers.length > 0) {
    printLine('\nmetrics');
    printTable(numbers.map((key) => ({ key: key.key, points: key.count, last: key.last, min: key.min, max: key.max })), ['key', 'points', 'last', 'min', 'max']);
  }
  if (files.total > 0) {
    printLine('\nfiles');
    for (const file of files.items) printLine(`  ${formatSize(file.size).padStart(10)}  ${plain(file.name)}`);
  }
}

function shown(value: unknown): string | number | null {
  return typeof value === 'number' || typeof value === 'string' ? value : value === undefined || value === null ? null : JSON.stringify(value);
}

function jsonOf(text: string): InputOf<'runs.list'>['filter'] {
  try {
    return JSON.parse(text) as InputOf<'runs.list'>['filter'];
  } catch {
    throw new VitrineError('query_invalid', { details: { explanation: '--filter takes JSON, e.g. {"summary.loss": {"$lt": 0.1}}.' } });
  }
}

function limitOf(text: string, most = 1000): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > most) throw new VitrineError('bad_input', { details: { explanation: `A number of rows is a whole number from 1 to ${most}, not “${text}”.` } });
  return number;
}

async function projectIdOf(client: CoreClient, address: string) {
  const found = await resolve(client, address);
  if (found.object.kind !== 'project') throw new VitrineError('bad_input', { details: { explanation: `“${address}” is not a project; write team/project.` } });
  return found.object.id as NonNullable<InputOf<'runs.list'>['projectId']>;
}

async function runOf(client: CoreClient, address: string): Promise<OutputOf<'runs.get'> & { readonly id: RunId }> {
  if (address.startsWith('vitrine://')) {
    const found = await resolve(client, address);
    if (found.object.kind === 'run') return await client.query('runs.get', { id: found.object.id as RunId });
  }
  const [entity, project, runId, more] = address.split('/');
  if (entity === undefined || project === undefined || runId === undefined || more !== undefined) throw new VitrineError('bad_input', { details: { explanation: `“${address}” names no run; write team/project/run.` } });
  return await client.query('runs.get', { entity, project, runId });
}
