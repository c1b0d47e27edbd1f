/** Automations, their secrets, jobs and deliveries on the command line. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { VitrineError, type AutomationId, type CoreClient, type DeliveryId, type OutputOf } from '#shared/contract/index.ts';
import { isDeliveryState } from '#shared/contract/automations.ts';
import { nameOfCopy } from '#shared/domain/index.ts';
import { plain, printJson, printLine, printTable } from './print.ts';
import { subcommand, within, type Common, type WholeNumber, type WithClient } from './common.ts';


/** Adds `vitrine automation`, `vitrine secret` and `vitrine job`. */
export function addAutomationCommands(command: (name: string, description: string) => Command, withClient: WithClient, wholeNumber: WholeNumber): void {

  const automation = command('automation', 'what happens by itself when something happens in the catalog');
  const as = within(automation, withClient);
  subcommand(automation, 'list', 'every automation, in a sentence').action(async (options: Common) => {
    await as(options, async (client, _call, common) => {
      const items = await all(client);
      if (common.json === true) printJson(items);
      else printTable(items.map((item) => ({ name: item.definition.name, on: item.definition.enabled ? 'on' : 'off', done: item.deliveries.done, waiting: item.deliveries.waiting, dead: item.deliveries.dead, what: item.sentence })), ['name', 'on', 'done', 'waiting', 'dead', 'what']);
    });
  });
  subcommand(automation, 'export', 'as YAML, without secrets').argument('[names...]', 'all when none is named').action(async (names: string[], options: Common) => {
    await as(options, async (client, call, common) => {
      const ids = names.length === 0 ? undefined : await Promise.all(names.map((name) => idOf(client, name)));
      const output = await client.query('automations.export', ids === undefined ? {} : { ids }, call);
      if (common.json === true) printJson(output);
      else process.stdout.write(output.text);
    });
  });
  subcommand(automation, 'import', 'take automations from YAML: all or none').argument('<file>', '“-” reads standard input').option('--dry-run', 'only say what would happen').action(async (file: string, options: Common & { dryRun?: boolean }) => {
    await as(options, async (client, call, common) => {
      const { output } = await client.execute('automations.import', { text: await contentOf(file), dryRun: options.dryRun === true }, call);
      if (common.json === true) printJson(output);
      else {
        const would = options.dryRun === true ? 'would be ' : '';
        for (const name of output.created) printLine(`${plain(name)}: ${would}made.`);
        for (const name of output.updated) printLine(`${plain(name)}: ${would}changed.`);
        for (const name of output.missing) printLine(`Still needed: ${plain(name)}.`);
      }
    });
  });
  subcommand(automation, 'preview', 'what automations in a file would have done in the past').argument('<name>', 'a standing automation').option('--limit <events>', 'events of the history to look at', (value) => wholeNumber('--limit', value, 1, 100_000), 10_000)
    .action(async (name: string, options: Common & { limit: number }) => {
      await as(options, async (client, call, common) => {
        const { definition } = await client.query('automations.get', { id: await idOf(client, name) }, call);
        const output = await client.query('automations.preview', { definition, limit: options.limit }, call);
        if (common.json === true) printJson(output);
        else {
          printLine(output.sentence);
          for (const one of output.problems) printLine(`${one.at}: ${plain(one.problem)}`);
          printLine(`It would have fired ${output.matched === 1 ? 'once' : `${output.matched} times`} in the last ${output.looked} events.`);
          for (const one of output.examples) printLine(`  ${one.at}  ${plain(one.label)}  by ${plain(one.by)}`);
          for (const one of output.payloads) printLine(`${one.action} ${plain(one.target)}\n${plain(one.body)}`);
        }
      });
    });
  for (const [name, enabled] of [['enable', true], ['disable', false]] as const) {
    subcommand(automation, name, enabled ? 'switch on; it hears what comes from now on' : 'switch off').argument('<name>').action(async (which: string, options: Common) => {
      await as(options, async (client, call, common) => {
        const { output } = await client.execute('automations.update', { id: await idOf(client, which), enabled }, call);
        if (common.json === true) printJson(output);
        else printLine(`${plain(output.definition.name)} is ${enabled ? 'on' : 'off'}.`);
      });
    });
  }
  subcommand(automation, 'duplicate', 'make another like it, off until you switch it on').argument('<name>').argument('[copy]', 'what the copy is called').action(async (name: string, copy: string | undefined, options: Common) => {
    await as(options, async (client, call, common) => {
      const items = await all(client);
      const { definition } = named(items, name);
      const { output } = await client.execute('automations.create', { definition: { ...definition, name: copy ?? nameOfCopy(name, items.map((item) => item.definition.name)), enabled: false } }, call);
      if (common.json === true) printJson(output);
      else printLine(`${plain(output.definition.name)} is made, off. ${plain(output.sentence)}`);
    });
  });
  subcommand(automation, 'remove', 'remove it; its log stays').argument('<name>').action(async (name: string, options: Common) => {
    await as(options, async (client, call, common) => {
      const { output } = await client.execute('automations.remove', { id: await idOf(client, name) }, call);
      if (common.json === true) printJson(output);
      else printLine(`Removed ${plain(name)}; ${output.discarded} deliveries were given up.`);
    });
  });
  subcommand(automation, 'deliveries', 'what was sent, what waits, what failed').argument('[name]').option('--state <states...>', 'waiting, sending, done, dead, discarded, stopped').option('--limit <rows>', 'rows', (value) => wholeNumber('--limit', value, 1, 1000), 50)
    .action(async (name: string | undefined, options: Common & { state?: string[]; limit: number }) => {
      await as(options, async (client, call, common) => {
        const states = options.state?.map((state) => {
          if (!isDeliveryState(state)) throw new VitrineError('bad_input', { details: { explanation: `“${state}” is no state of a delivery.` } });
          return state;
        });
        const { items } = await client.query('deliveries.list', { limit: options.limit, ...(name === undefined ? {} : { automationId: await idOf(client, name) }), ...(states === undefined ? {} : { states }) }, call);
        if (common.json === true) printJson(items);
        else printTable(items.map((item) => ({ id: item.id, automation: item.automation, event: `${item.event.kind} ${item.event.label}`, action: `${item.action} ${item.target}`, state: `${item.state}${item.maybeTwice ? ' (perhaps twice)' : ''}`, attempts: item.attempts, problem: item.problem ?? '' })), ['id', 'automation', 'event', 'action', 'state', 'attempts', 'problem']);
      });
    });
  subcommand(automation, 'replay', 'send again').argument('<ids...>', 'ids of deliveries').action(async (ids: string[], options: Common) => {
    await as(options, async (client, call, common) => {
      const { output } = await client.execute('deliveries.replay', { ids: deliveryIds(ids, wholeNumber) }, call);
      if (common.json === true) printJson(output);
      else printLine(`${output.deliveryIds.length} queued.`);
    });
  });
  subcommand(automation, 'discard', 'give up on deliveries; what is under way is cut off, a job’s processes are ended').alias('cancel').argument('<ids...>', 'ids of deliveries').action(async (ids: string[], options: Common) => {
    await as(options, async (client, call, common) => {
      const { output } = await client.execute('deliveries.discard', { ids: deliveryIds(ids, wholeNumber) }, call);
      if (common.json === true) printJson(output);
      else printLine(`${output.discarded} given up.`);
    });
  });
  subcommand(automation, 'allow', 'private and loopback hosts that automations may call; lists them without one').argument('[hosts...]', 'host or host:port: the whole list').option('--none', 'allow none').action(async (hosts: string[], options: Common & { none?: boolean }) => {
    await as(options, async (client, call, common) => {
      const output = hosts.length === 0 && options.none !== true ? await client.query('allowedHosts.list', {}, call) : (await client.execute('allowedHosts.set', { hosts }, call)).output;
      if (common.json === true) printJson(output);
      else printLine(output.hosts.length === 0 ? 'None.' : output.hosts.join('\n'));
    });
  });

  const secret = command('secret', 'secrets for automations: written, never shown');
  const asSecret = within(secret, withClient);
  subcommand(secret, 'list', 'names, and what uses them').action(async (options: Common) => {
    await asSecret(options, async (client, call, common) => {
      const output = await client.query('secrets.list', {}, call);
      if (common.json === true) printJson(output);
      else {
        printTable(output.items.map((item) => ({ name: item.name, updated: item.updatedAt, keptIn: item.keptIn, here: item.here ? 'yes' : 'no', usedBy: item.usedBy.join(', ') })), ['name', 'updated', 'keptIn', 'here', 'usedBy']);
        if (output.kind === 'file') process.stderr.write('There is no system keychain here: secrets lie in a file that only you can read.\n');
      }
    });
  });
  subcommand(secret, 'set', 'keep one; its value comes on standard input, so that no shell remembers it').argument('<name>').action(async (name: string, options: Common) => {
    await asSecret(options, async (client, call) => {
      const value = (await text(process.stdin)).replace(/\r?\n$/u, '');
      if (value === '') throw new VitrineError('bad_input', { details: { explanation: 'Give the value on standard input: printf %s "$TOKEN" | vitrine secret set NAME' } });
      await client.execute('secrets.set', { name, value }, call);
      printLine(`${plain(name)} is kept.`);
    });
  });
  subcommand(secret, 'remove', 'forget one').argument('<name>').action(async (name: string, options: Common) => {
    await asSecret(options, async (client, call) => {
      await client.execute('secrets.remove', { name }, call);
      printLine(`${plain(name)} is forgotten.`);
    });
  });

  const job = command('job', 'local commands that automations may run');
  const asJob = within(job, withClient);
  subcommand(job, 'list', 'approved commands, and whether they are still what was approved').action(async (options: Common) => {
    await asJob(options, async (client, call, common) => {
      const { items } = await client.query('jobs.list', {}, call);
      if (common.json === true) printJson(items);
      else printTable(items.map((item) => ({ name: item.name, state: item.state, command: item.command.join(' '), folder: item.folder, seconds: item.timeout, hash: item.hash.slice(0, 12) })), ['name', 'state', 'command', 'folder', 'seconds', 'hash']);
    });
  });
  subcommand(job, 'approve', 'approve a command by name').argument('<name>').argument('<command...>', 'program by its whole path, and arguments, behind --').option('--folder <folder>', 'working folder', process.cwd()).option('--timeout <seconds>', 'time it may take', (value) => wholeNumber('--timeout', value, 1, 86_400), 600)
    .action(async (name: string, words: string[], options: Common & { folder: string; timeout: number }) => {
      await asJob(options, async (client, call, common) => {
        const { output } = await client.execute('jobs.approve', { name, command: words, folder: path.resolve(options.folder), timeout: options.timeout }, call);
        if (common.json === true) printJson(output);
        else printLine(`${plain(output.name)} may run: ${plain(output.command.join(' '))}`);
      });
    });
  subcommand(job, 'remove', 'withdraw the approval').argument('<name>').action(async (name: string, options: Common) => {
    await asJob(options, async (client, call) => {
      await client.execute('jobs.remove', { name }, call);
      printLine(`${plain(name)} may run no more.`);
    });
  });
}

async function all(client: CoreClient): Promise<OutputOf<'automations.list'>['items']> {
  const items: OutputOf<'automations.list'>['items'] = [];
  for (let cursor: string | null = null; ; ) {
    const page: OutputOf<'automations.list'> = await client.query('automations.list', { limit: 500, ...(cursor === null ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === null) return items;
  }
}

async function idOf(client: CoreClient, name: string): Promise<AutomationId> {
  return named(await all(client), name).id;
}

function named(items: OutputOf<'automations.list'>['items'], name: string): OutputOf<'automations.list'>['items'][number] {
  const found = items.find((item) => item.definition.name === name);
  if (found === undefined) throw new VitrineError('not_found', { details: { kind: 'automation', label: name } });
  return found;
}

function deliveryIds(ids: readonly string[], wholeNumber: WholeNumber): DeliveryId[] {
  return ids.map((id) => wholeNumber('id', id, 1, Number.MAX_SAFE_INTEGER) as DeliveryId);
}

async function contentOf(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  try {
    return await readFile(path.resolve(file), 'utf8');
  } catch (cause) {
    throw new VitrineError('file_unreadable', { details: { path: file }, cause });
  }
}
