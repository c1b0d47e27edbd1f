/** `vitrine trash`, `gc`, `verify`, `ttl`, `hold`: what is deleted, kept, held back, read again and let go. */
import type { Command } from 'commander';
import { VitrineError, type CoreClient, type HoldTarget, type InputOf, type OutputOf, type TimeToLiveTarget, type TrashItem } from '#shared/contract/index.ts';
import type { Common, WithClient } from './common.ts';
import { exitCodes } from './exitCodes.ts';
import { counted, formatSize, plain, printJson, printLine, printTable } from './print.ts';
import { resolve } from './resolve.ts';

type MakeCommand = (name: string, description: string) => Command;

export function addRetentionCommands(command: MakeCommand, withClient: WithClient): void {
  addTrash(command('trash', 'what was deleted: ls, restore, purge, days'), withClient);
  addTimeToLive(command('ttl', 'times to live: show, set, ls, sweep'), withClient);
  addHolds(command('hold', 'keep a version or an artifact from deletion: add, ls, release'), withClient);

  command('gc', 'free the bytes that nothing refers to any more')
    .option('--dry-run', 'only say what would be freed')
    .action(async (options: Common & { dryRun?: boolean }) => {
      await withClient(options, async (client, call, common) => {
        const { output } = await client.execute('storage.collect', { simulate: options.dryRun === true }, { ...call, outcomeOfCancel: true });
        if (output.interrupted) process.exitCode = 130;
        if (common.json === true) {
          printJson({ ...output, dryRun: options.dryRun === true });
          return;
        }
        printLine(`${options.dryRun === true ? 'Would free' : output.interrupted ? 'Interrupted; freed' : 'Freed'} ${formatSize(output.bytes)} (${output.bytes} bytes, ${counted(output.objects, 'object')}).`);
        if (output.youngObjects > 0) printLine(`${output.youngObjects} objects were stored within the last hour and stay for now.`);
        if (output.keptBytes > 0) printLine(`${formatSize(output.keptBytes)} lie in packs that are not worth rewriting yet.`);
      });
    });

  command('verify', 'read stored bytes and hold them against their digests; exit code 6 when something is damaged')
    .option('--share <percent>', 'only so much of them, taken by chance', '100')
    .action(async (options: Common & { share: string }) => {
      await withClient(options, async (client, call, common) => {
        const percent = Number(options.share);
        if (!(percent > 0 && percent <= 100)) throw new VitrineError('bad_input', { details: { explanation: `--share takes a number above 0, up to 100; “${options.share}” is none.` } });
        const { output } = await client.execute('storage.verify', { share: percent / 100 }, call);
        if (common.json === true) printJson(output);
        else {
          printLine(`Read ${counted(output.objects, 'object')}, ${formatSize(output.bytes)}: ${output.damaged.length === 0 ? 'all well.' : `${output.damaged.length} damaged and put aside. Log the files again, or fetch them from a remote that has them.`}`);
          for (const digest of output.damaged) printLine(digest);
        }
        if (output.damaged.length > 0) process.exitCode = exitCodes.files;
      });
    });
}

function part(parent: Command, name: string, description: string, defaults: { readonly isDefault?: boolean } = {}): Command {
  return parent.command(name, defaults).description(description).option('--data <folder>', 'the catalog’s folder').option('--json', 'print JSON').option('-m, --message <text>', 'why, kept in the history').exitOverride();
}

const merged = <Options extends Common>(parent: Command, options: Options): Options => ({ ...parent.opts<Common>(), ...options });

function numbers(texts: readonly string[], name: string): number[] {
  return texts.map((text) => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < 1) throw new VitrineError('bad_input', { details: { explanation: `${name} takes numbers as “${name} ls” shows them, not “${text}”.` } });
    return number;
  });
}

// Trash ---------------------------------------------------------------------------------------------------------------

async function allTrash(client: CoreClient): Promise<TrashItem[]> {
  const items: TrashItem[] = [];
  let cursor: string | null = null;
  do {
    const page: OutputOf<'trash.list'> = await client.query('trash.list', { limit: 1000, ...(cursor === null ? {} : { cursor }) });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

function addTrash(trash: Command, withClient: WithClient): void {
  part(trash, 'ls', 'what can still be restored, and the bytes that purging it would free (also without “ls”)', { isDefault: true })
    .action(async (options: Common) => {
      await withClient(merged(trash, options), async (client, _call, common) => {
        const items = await allTrash(client);
        if (common.json === true) printJson(items);
        else printTable(items.map((item) => ({ id: item.id, kind: item.object.kind, name: item.object.label, frees: formatSize(item.bytesFreed), deleted: item.deletedAt, by: item.deletedBy.username, until: item.expiresAt })), ['id', 'kind', 'name', 'frees', 'deleted', 'by', 'until']);
      });
    });
  part(trash, 'restore', 'put things back; --all puts back everything that can be')
    .argument('[ids...]', 'numbers as “trash ls” shows them')
    .option('--all', 'everything')
    .option('--including', 'also put back what a thing lies in')
    .action(async (ids: string[], options: Common & { all?: boolean; including?: boolean }) => {
      await withClient(merged(trash, options), async (client, call, common) => {
        if ((options.all === true) === (ids.length > 0)) throw new VitrineError('bad_input', { details: { explanation: 'Name what to restore, or say --all.' } });
        if (options.all === true) {
          const { output } = await client.execute('trash.restoreAll', {}, call);
          if (common.json === true) printJson(output);
          else {
            printLine(`Restored ${output.restored.length}.`);
            for (const one of output.refused) printLine(`${plain(one.label)}: ${plain(one.why)}`);
          }
          if (output.refused.length > 0) process.exitCode = 5;
          return;
        }
        const restored: OutputOf<'trash.restore'>[] = [];
        for (const id of numbers(ids, 'trash')) restored.push((await client.execute('trash.restore', { id: id as never, including: options.including ?? false }, call)).output);
        if (common.json === true) printJson(restored);
        else for (const one of restored) printLine(`Restored ${plain([...one.also, one.label].join(', '))}.`);
      });
    });
  part(trash, 'purge', 'end the time of things in the trash, for good')
    .argument('[ids...]', 'numbers as “trash ls” shows them')
    .option('--all', 'everything')
    .option('--dry-run', 'only say what would go')
    .action(async (ids: string[], options: Common & { all?: boolean; dryRun?: boolean }) => {
      await withClient(merged(trash, options), async (client, call, common) => {
        if ((options.all === true) === (ids.length > 0)) throw new VitrineError('bad_input', { details: { explanation: 'Name what to purge, or say --all.' } });
        const input: InputOf<'trash.purge'> = options.all === true ? {} : { ids: numbers(ids, 'trash') as never };
        const report = options.dryRun === true ? await client.query('trash.purgePreview', input, call) : (await client.execute('trash.purge', input, call)).output;
        if (common.json === true) printJson({ ...report, dryRun: options.dryRun === true });
        else {
          printLine(`${options.dryRun === true ? 'Would purge' : 'Purged'} ${report.purged} (${report.versions} versions); “vitrine gc” then frees ${formatSize(report.bytesFreed)}.`);
          for (const one of report.kept) printLine(`Stays: ${plain(one.label)}. ${plain(one.why)}`);
        }
        if (report.kept.length > 0) process.exitCode = 5;
      });
    });
  part(trash, 'days', 'show or set the days that things stay in the trash')
    .argument('[days]')
    .option('--dry-run', 'only say what that would let go at once')
    .action(async (days: string | undefined, options: Common & { dryRun?: boolean }) => {
      await withClient(merged(trash, options), async (client, call, common) => {
        if (days === undefined) {
          const now = await client.query('retention.get', {}, call);
          if (common.json === true) printJson(now);
          else printLine(`${now.trashDays} days; ${now.items} things lie there, which keep ${formatSize(now.bytes)}.`);
          return;
        }
        const [trashDays] = numbers([days], 'trash');
        const { output } = await client.execute('retention.set', { trashDays: trashDays ?? 0, simulate: options.dryRun ?? false }, call);
        if (common.json === true) printJson(output);
        else printLine(`${options.dryRun === true ? 'It would be' : 'It is now'} ${output.trashDays} days; ${output.lapsing} things are over at once (${formatSize(output.bytesFreed)}).`);
      });
    });
}

// Times to live -----------------------------------------------------------------------------------------------------------

async function timeToLiveTarget(client: CoreClient, address: string): Promise<TimeToLiveTarget> {
  const found = await resolve(client, address);
  if (found.versionId !== null) return { kind: 'version', id: found.versionId as never };
  if (found.object.kind === 'artifact' || found.object.kind === 'project') return { kind: found.object.kind, id: found.object.id as never };
  throw new VitrineError('bad_input', { details: { explanation: `Versions, artifacts and projects have a time to live; “${address}” is a ${found.object.kind}.` } });
}

function settingText(setting: OutputOf<'ttl.get'>['own']): string {
  return setting.kind === 'days' ? `${setting.days} days` : setting.kind === 'off' ? 'kept for good' : 'as set above';
}

function lapseText(answer: OutputOf<'ttl.get'>): string {
  if (answer.held) return 'under hold';
  switch (answer.lapse?.kind) {
    case 'at':
      return answer.lapse.at;
    case 'paused':
      return `paused by a link, ${Math.ceil(answer.lapse.leftMilliseconds / 86_400_000)} days left`;
    default:
      return 'never';
  }
}

function printTimeToLive(answer: OutputOf<'ttl.get'>): void {
  const counts = answer.effective === null ? 'kept for good' : `${answer.effective.days} days, set on the ${answer.effective.from}`;
  printLine(`Own setting: ${settingText(answer.own)}. What counts: ${counts}.${answer.lapse === null ? '' : ` Goes to the trash: ${lapseText(answer)}.`}`);
}

function addTimeToLive(ttl: Command, withClient: WithClient): void {
  part(ttl, 'show', 'the time to live of a version, an artifact or a project', { isDefault: true })
    .argument('<address>')
    .action(async (address: string, options: Common) => {
      await withClient(merged(ttl, options), async (client, call, common) => {
        const answer = await client.query('ttl.get', { target: await timeToLiveTarget(client, address) }, call);
        if (common.json === true) printJson(answer);
        else printTimeToLive(answer);
      });
    });
  part(ttl, 'set', 'set it: a number of days, “off” for good, “inherit” for what stands above')
    .argument('<address>')
    .argument('<days>')
    .action(async (address: string, days: string, options: Common) => {
      await withClient(merged(ttl, options), async (client, call, common) => {
        const setting = days === 'off' ? { kind: 'off' as const } : days === 'inherit' ? { kind: 'inherit' as const } : { kind: 'days' as const, days: numbers([days.replace(/d$/, '')], 'ttl')[0] ?? 0 };
        const { output } = await client.execute('ttl.set', { target: await timeToLiveTarget(client, address), ttl: setting }, call);
        if (common.json === true) printJson(output);
        else printTimeToLive(output);
      });
    });
  part(ttl, 'ls', 'versions whose time ends, soonest first')
    .option('--within <days>', 'only those that end within so many days', '30')
    .action(async (options: Common & { within: string }) => {
      await withClient(merged(ttl, options), async (client, call, common) => {
        const { items } = await client.query('ttl.lapsing', { withinDays: Number(options.within), limit: 1000 }, call);
        if (common.json === true) printJson(items);
        else printTable(items.map((item) => ({ version: item.label, at: item.at, days: item.days, 'set on': item.from, size: formatSize(item.size) })), ['version', 'at', 'days', 'set on', 'size']);
      });
    });
  part(ttl, 'sweep', 'move versions whose time is over to the trash now')
    .option('--dry-run', 'only say which')
    .action(async (options: Common & { dryRun?: boolean }) => {
      await withClient(merged(ttl, options), async (client, call, common) => {
        const { output } = await client.execute('ttl.sweep', { simulate: options.dryRun === true }, call);
        if (common.json === true) printJson(output);
        else {
          for (const version of output.versions) printLine(plain(version.label));
          printLine(`${options.dryRun === true ? 'Would move' : 'Moved'} ${output.versions.length} of ${output.lapsed} to the trash (${formatSize(output.bytes)}).`);
        }
      });
    });
}

// Holds ---------------------------------------------------------------------------------------------------------------

async function holdTarget(client: CoreClient, address: string): Promise<HoldTarget> {
  const target = await timeToLiveTarget(client, address);
  if (target.kind === 'project') throw new VitrineError('bad_input', { details: { explanation: 'Holds stand on versions and artifacts.' } });
  return target;
}

function addHolds(hold: Command, withClient: WithClient): void {
  part(hold, 'ls', 'holds that stand', { isDefault: true })
    .argument('[address]')
    .option('--all', 'also those that were released')
    .action(async (address: string | undefined, options: Common & { all?: boolean }) => {
      await withClient(merged(hold, options), async (client, call, common) => {
        const { items } = await client.query('holds.list', { released: options.all ?? false, limit: 1000, ...(address === undefined ? {} : { target: await holdTarget(client, address) }) }, call);
        if (common.json === true) printJson(items);
        else printTable(items.map((item) => ({ id: item.id, on: item.object.label, why: item.reason, by: item.placedBy.username, at: item.placedAt, released: item.released?.at ?? null })), ['id', 'on', 'why', 'by', 'at', 'released']);
      });
    });
  part(hold, 'add', 'keep a version or an artifact from being deleted and from lapsing')
    .argument('<address>')
    .argument('<reason>')
    .action(async (address: string, reason: string, options: Common) => {
      await withClient(merged(hold, options), async (client, call, common) => {
        const { output } = await client.execute('holds.place', { target: await holdTarget(client, address), reason }, call);
        if (common.json === true) printJson(output);
        else printLine(`${plain(output.object.label)} is under hold (${output.id}).`);
      });
    });
  part(hold, 'release', 'let it go')
    .argument('<id>', 'a number as “hold ls” shows it')
    .argument('<reason>')
    .action(async (id: string, reason: string, options: Common) => {
      await withClient(merged(hold, options), async (client, call, common) => {
        const { output } = await client.execute('holds.release', { id: (numbers([id], 'hold')[0] ?? 0) as never, reason }, call);
        if (common.json === true) printJson(output);
        else printLine(`The hold on ${plain(output.object.label)} is released.`);
      });
    });
}
