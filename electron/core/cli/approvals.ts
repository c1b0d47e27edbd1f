/** Gates and approvals on the command line. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { VitrineError, type ApprovalId, type OutputOf } from '#shared/contract/index.ts';
import { ApprovalGateShape } from '#shared/contract/operations/approvals.ts';
import { checkName } from '#shared/domain/index.ts';
import { plain, printJson, printLine, printTable } from './print.ts';
import { registryIdOf, resolveVersion, userIdOf } from './resolve.ts';
import { subcommand, within, type Common, type WholeNumber, type WithClient } from './common.ts';

type Approval = OutputOf<'approvals.get'>;

/** Adds `vitrine gate` and `vitrine approval`. */
export function addApprovalCommands(command: (name: string, description: string) => Command, withClient: WithClient, wholeNumber: WholeNumber): void {
  const show = (approval: Approval, json: boolean | undefined): void => {
    if (json === true) printJson(approval);
    else printLine(`${approval.id}: ${approval.alias} on ${plain(approval.link.label)} is ${approval.state}${approval.state === 'open' ? `, ${approval.missing} of ${approval.needed} approvals missing` : ''}.${approval.checks.filter((check) => check.passed !== true).map((check) => `\n  ${check.check}: ${plain(check.detail)}`).join('')}`);
  };

  const gate = command('gate', 'what aliases of a registry need before they may be put');
  const asGate = within(gate, withClient);
  subcommand(gate, 'show', 'gates of a registry, as YAML').argument('<registry>').action(async (registry: string, options: Common) => {
    await asGate(options, async (client, call, common) => {
      const { gates } = await client.query('gates.list', { registryId: await registryIdOf(client, registry) }, call);
      if (common.json === true) printJson(gates);
      else if (gates.length === 0) printLine('None.');
      else for (const one of gates) printLine(`${plain(one.alias)}: ${one.approvals} approvals by ${one.deciders}s${one.checks.length === 0 ? '' : `; ${one.checks.map(checkName).join(', ')}`}`);
    });
  });
  subcommand(gate, 'set', 'take the gates of a registry from YAML: a list of {alias, approvals, deciders, checks}').argument('<registry>').argument('<file>').action(async (registry: string, file: string, options: Common) => {
    await asGate(options, async (client, call, common) => {
      const gates = await gatesIn(file);
      const { output } = await client.execute('gates.set', { registryId: await registryIdOf(client, registry), gates }, call);
      if (common.json === true) printJson(output);
      else process.stdout.write(stringify(output.gates));
    });
  });

  const approval = command('approval', 'requests to put an alias that stands behind a gate');
  const as = within(approval, withClient);
  subcommand(approval, 'list', 'requests, newest first').option('--for-me', 'only those that wait for you').option('--all', 'those that are closed, too').action(async (options: Common & { forMe?: boolean; all?: boolean }) => {
    await as(options, async (client, call, common) => {
      const { items } = await client.query('approvals.list', { limit: 1000, forMe: options.forMe === true, ...(options.all === true ? {} : { states: ['open', 'granted'] }) }, call);
      if (common.json === true) printJson(items);
      else printTable(items.map((item) => ({ id: item.id, alias: item.alias, version: item.link.label, state: item.state, missing: item.missing, by: item.requestedBy.username, message: item.message })), ['id', 'alias', 'version', 'state', 'missing', 'by', 'message']);
    });
  });
  subcommand(approval, 'request', 'ask that an alias may be put').argument('<version>', 'a version in a registry').argument('<alias>').option('--from <usernames...>', 'who is asked').action(async (address: string, alias: string, options: Common & { from?: string[] }) => {
    await as(options, async (client, call, common) => {
      const { linkId } = await resolveVersion(client, address);
      if (linkId === null) throw new VitrineError('bad_input', { details: { explanation: `“${address}” is not in a registry: approvals are asked for there.` } });
      const reviewers = options.from === undefined ? [] : await Promise.all(options.from.map((username) => userIdOf(client, username)));
      const { output } = await client.execute('approvals.request', { linkId, alias, reviewers, message: common.message ?? '' }, call);
      show(output, common.json);
    });
  });
  for (const [name, vote, what] of [['grant', 'grant', 'agree; with the last one the alias is put'], ['refuse', 'refuse', 'refuse, with -m saying why'], ['comment', 'comment', 'say something, with -m']] as const) {
    subcommand(approval, name, what).argument('<id>').action(async (id: string, options: Common) => {
      await as(options, async (client, call, common) => {
        const { output } = await client.execute('approvals.decide', { id: wholeNumber('id', id, 1, Number.MAX_SAFE_INTEGER) as ApprovalId, vote, comment: common.message ?? '' }, call);
        show(output, common.json);
      });
    });
  }
  for (const [name, operation, what] of [['withdraw', 'approvals.withdraw', 'take a request back'], ['remind', 'approvals.remind', 'remind those who have not decided'], ['check', 'approvals.check', 'make its checks again']] as const) {
    subcommand(approval, name, what).argument('<id>').action(async (id: string, options: Common) => {
      await as(options, async (client, call, common) => {
        const { output } = await client.execute(operation, { id: wholeNumber('id', id, 1, Number.MAX_SAFE_INTEGER) as ApprovalId }, call);
        show(output, common.json);
      });
    });
  }
  subcommand(approval, 'delegate', 'ask somebody else in your place').argument('<id>').argument('<username>').action(async (id: string, username: string, options: Common) => {
    await as(options, async (client, call, common) => {
      const { output } = await client.execute('approvals.delegate', { id: wholeNumber('id', id, 1, Number.MAX_SAFE_INTEGER) as ApprovalId, to: await userIdOf(client, username) }, call);
      show(output, common.json);
    });
  });
}

async function gatesIn(file: string): Promise<z.output<typeof ApprovalGateShape>[]> {
  let text: string;
  try {
    text = await readFile(path.resolve(file), 'utf8');
  } catch (cause) {
    throw new VitrineError('file_unreadable', { details: { path: file }, cause });
  }
  try {
    return z.array(ApprovalGateShape).parse(parse(text) ?? []);
  } catch (thrown) {
    const issue = thrown instanceof z.ZodError ? thrown.issues[0] : undefined;
    throw new VitrineError('bad_input', { details: { explanation: issue === undefined ? `${file} is no YAML.` : `${file}, ${issue.path.map(String).join('.') || 'as a whole'}: ${issue.message}` } });
  }
}
