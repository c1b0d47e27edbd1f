/** `vitrine audit …`: whether the history is whole, heads to keep elsewhere, and the history as a file. */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { eventKinds, VitrineError, type EventKind, type NotedHead } from '#shared/contract/index.ts';
import { headLine } from '#shared/domain/index.ts';
import { subcommand, within, type Common, type WithClient } from './common.ts';
import { formatSize, plain, printJson, printLine, printTable } from './print.ts';
import { resolve } from './resolve.ts';

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(path.resolve(file), 'utf8');
  } catch (cause) {
    throw new VitrineError('file_unreadable', { details: { path: file, reason: (cause as NodeJS.ErrnoException).code ?? 'unreadable' }, cause });
  }
}

export function addAuditCommands(audit: Command, withClient: WithClient): void {
  const under = (name: string, description: string): Command => subcommand(audit, name, description);
  const inAudit = within(audit, withClient);

  under('verify', 'walk the hash chain and hold it against noted heads; exit code 5 when something was altered, removed, put in, moved, cut off or rewritten')
    .option('--head <line...>', 'heads that were copied elsewhere (“vitrine-head 1 …”)')
    .option('--heads <file>', 'a file with such lines, or with signed heads as JSON lines')
    .action(async (options: Common & { head?: string[]; heads?: string }) => {
      await inAudit(options, async (client, call, common) => {
        const fromFile = options.heads === undefined ? [] : (await textOf(options.heads)).split('\n').map((line) => line.trim()).filter((line) => line !== '');
        const verdict = await client.query('history.verify', { noted: [...(options.head ?? []), ...fromFile] }, call);
        if (common.json === true) printJson(verdict);
        else {
          const { fault } = verdict;
          printLine(fault === null ? `Intact: ${verdict.events} events, head ${verdict.head.slice(0, 16)}.` : `Not intact (${fault.kind}): ${plain(fault.explanation)}`);
          if (verdict.heads.length > 0) printLine(`${verdict.heads.filter((head) => head.agrees).length} of ${verdict.heads.length} noted heads agree.`);
        }
        if (!verdict.intact) process.exitCode = 5;
      });
    });
  under('head', 'the line to copy to a place outside: later, “audit verify --head” finds out any change of what came before it')
    .action(async (options: Common) => {
      await inAudit(options, async (client, call, common) => {
        const head = await client.query('history.head', {}, call);
        if (common.json === true) printJson(head);
        else printLine(head.line);
      });
    });
  under('sign', 'sign the head and keep it beside the catalog; prints it, for keeping elsewhere')
    .option('--key <file>', 'an Ed25519 private key in PEM form (default: a key that Vitrine keeps among this catalog’s secrets)')
    .action(async (options: Common & { key?: string }) => {
      await inAudit(options, async (client, call) => {
        if (options.key === undefined) {
          printJson((await client.execute('history.signHead', {}, call)).output);
          if ((await client.query('history.heads', {}, call)).keyIn === 'file') process.stderr.write('The key that signed lies in a file of the catalog’s folder: whoever can rewrite the catalog as you can sign as you. Keep the line elsewhere, or sign with --key or in the app, which has the keychain.\n');
          return;
        }
        const { line: _, ...head } = await client.query('history.head', {}, call);
        const key = privateKey(await textOf(options.key), options.key);
        const note: NotedHead = { ...head, signature: sign(null, Buffer.from(headLine(head)), key).toString('base64'), publicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64') };
        printJson((await client.execute('history.keepHead', { note }, call)).output);
      });
    });
  under('heads', 'heads that were kept beside the catalog')
    .action(async (options: Common) => {
      await inAudit(options, async (client, call, common) => {
        const kept = await client.query('history.heads', {}, call);
        if (common.json === true) for (const item of kept.items) printJson(item);
        else printTable(kept.items.map((item) => ({ at: item.at, events: item.events, head: item.head.slice(0, 16), key: item.publicKey?.slice(-12) ?? null })), ['at', 'events', 'head', 'key']);
      });
    });
  under('export', 'write the history, oldest first, into a file')
    .argument('<file>')
    .option('--format <format>', 'jsonl or csv', 'jsonl')
    .option('--of <address>', 'only of this thing')
    .option('--by <username>', 'only what this person did')
    .option('--kind <kind...>', 'only these kinds, such as alias.moved')
    .option('--since <time>', 'from this day or time on (UTC)')
    .option('--until <time>', 'up to this day or time (UTC)')
    .option('--overwrite', 'replace the file')
    .action(async (file: string, options: Common & { format: string; of?: string; by?: string; kind?: string[]; since?: string; until?: string; overwrite?: boolean }) => {
      await inAudit(options, async (client, call, common) => {
        if (options.format !== 'jsonl' && options.format !== 'csv') throw new VitrineError('bad_input', { details: { explanation: '--format takes jsonl or csv.' } });
        const object = options.of === undefined ? null : (await resolve(client, options.of)).object;
        const { output } = await client.execute('history.export', {
          file: path.resolve(file), format: options.format, overwrite: options.overwrite ?? false,
          ...(object === null ? {} : { object: { kind: object.kind, id: object.id } }),
          ...(options.by === undefined ? {} : { actorId: (await client.query('users.get', { username: options.by })).id }),
          ...(options.kind === undefined ? {} : { kinds: options.kind.map(kindOf) }),
          ...(options.since === undefined ? {} : { since: timeOf('--since', options.since, false) }),
          ...(options.until === undefined ? {} : { until: timeOf('--until', options.until, true) }),
        }, call);
        if (common.json === true) printJson(output);
        else printLine(`Wrote ${output.events} events, ${formatSize(output.bytes)}, to ${plain(output.file)}.`);
      });
    });
}

function privateKey(pem: string, file: string) {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Said below.
  }
  throw new VitrineError('bad_input', { details: { explanation: `“${file}” is no Ed25519 private key in PEM form; “openssl genpkey -algorithm ed25519” makes one.` } });
}

function kindOf(text: string): EventKind {
  const kind = eventKinds.find((one) => one === text);
  if (kind === undefined) throw new VitrineError('bad_input', { details: { explanation: `“${text}” is no kind of event; there are ${eventKinds.join(', ')}.` } });
  return kind;
}

/** A day means all of it. */
function timeOf(option: string, text: string, end: boolean): string {
  const day = /^\d{4}-\d\d-\d\d$/.test(text);
  const at = new Date(day ? `${text}T${end ? '23:59:59.999' : '00:00:00.000'}Z` : text);
  if (Number.isNaN(at.getTime())) throw new VitrineError('bad_input', { details: { explanation: `${option} takes a day (2026-05-03) or a time (2026-05-03T12:00:00Z).` } });
  return at.toISOString();
}
