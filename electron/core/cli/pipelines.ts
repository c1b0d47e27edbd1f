/** For pipelines: `vitrine wait` until an alias stands where it should, `vitrine events` as they come. */
import type { Command } from 'commander';
import { eventKinds, isVitrineError, VitrineError, type CallOptions, type CoreClient, type EventKind, type OutputOf } from '#shared/contract/index.ts';
import { exitCodes } from './exitCodes.ts';
import { plain, printJson, printLine } from './print.ts';
import type { Common, WholeNumber, WithClient } from './common.ts';

type HistoryEvent = OutputOf<'history.list'>['items'][number];

/** Adds `vitrine wait` and `vitrine events`. */
export function addPipelineCommands(command: (name: string, description: string) => Command, withClient: WithClient, wholeNumber: WholeNumber): void {
  command('wait', 'wait until an alias stands in a collection or artifact; its version is printed')
    .requiredOption('--alias <alias>', 'the alias')
    .requiredOption('--of <address>', 'collection or artifact, e.g. wandb-registry-Models/gemma')
    .option('--on <version>', 'only this version counts, e.g. v3')
    .option('--moved', 'not where it stands now: its next move')
    .option('--timeout <seconds>', 'give up after; ends with exit code 8', (value) => wholeNumber('--timeout', value, 1, 10_000_000))
    .action(async (options: Common & { alias: string; of: string; on?: string; moved?: boolean; timeout?: number }) => {
      await withClient(options, async (client, call, common) => {
        const place = async (): Promise<OutputOf<'addresses.resolve'> | null> => {
          try {
            return await client.query('addresses.resolve', { address: `${options.of}:${options.alias}` }, call);
          } catch (thrown) {
            if (isVitrineError(thrown) && thrown.code === 'not_found') return null;
            throw thrown;
          }
        };
        // What it is to be found in must be there: a slip of the pen would be waited for without end.
        await client.query('addresses.resolve', { address: options.of, prefer: 'container' }, call);
        const begin = options.moved === true ? await place() : null;
        const wanted = options.on === undefined ? null : (await client.query('addresses.resolve', { address: `${options.of}:${options.on}` }, call)).versionId;
        const found = await untilChange(client, call.signal, options.timeout, ['alias', 'link', 'version'], async () => {
          const now = await place();
          if (now === null || (options.moved === true && now.versionId === begin?.versionId && now.linkId === begin?.linkId)) return null;
          return wanted !== null && now.versionId !== wanted ? null : now;
        });
        if (found === null) {
          process.stderr.write(`${plain(options.alias)} did not come within ${options.timeout ?? 0} seconds.\n`);
          process.exitCode = exitCodes.waitedInVain;
          return;
        }
        if (common.json === true) printJson({ alias: options.alias, versionId: found.versionId, linkId: found.linkId, label: found.object.label, address: found.object.address });
        else printLine(plain(found.object.label));
      });
    });

  command('events', 'events of the history, oldest first; with --follow as they come')
    .option('--follow', 'go on until stopped')
    .option('--after <id>', 'only those after this event', (value) => wholeNumber('--after', value, 0, Number.MAX_SAFE_INTEGER))
    .option('--kind <kinds...>', 'only these kinds, e.g. alias.moved')
    .option('--limit <events>', 'end after so many', (value) => wholeNumber('--limit', value, 1, 1_000_000))
    .action(async (options: Common & { follow?: boolean; after?: number; kind?: string[]; limit?: number }) => {
      const kinds = options.kind?.map((kind) => {
        if (!(eventKinds as readonly string[]).includes(kind)) throw new VitrineError('bad_input', { details: { explanation: `There is no kind of event “${kind}”. There are ${eventKinds.join(', ')}.` } });
        return kind as EventKind;
      });
      await withClient(options, async (client, call, common) => {
        // Following, one wants what comes; looking back, what was.
        let last = options.after ?? (options.follow === true ? ((await client.query('history.list', { limit: 1 }, call)).items[0]?.id ?? 0) : 0);
        let printed = 0;
        const more = async (): Promise<true | null> => {
          for (const event of await eventsAfter(client, last, kinds, call)) {
            last = event.id;
            if (common.json === true) process.stdout.write(`${JSON.stringify(event)}\n`);
            else printLine(`${event.id}  ${event.at}  ${event.kind}  ${plain(event.subject.label)}  by ${plain(event.actor.displayName)}${event.message === null ? '' : `  “${plain(event.message)}”`}`);
            printed += 1;
            if (options.limit !== undefined && printed >= options.limit) return true;
          }
          return options.follow === true ? null : true;
        };
        await untilChange(client, call.signal, undefined, ['event'], more);
      });
    });
}

/** Newest first is how pages come: taken until one is known, then turned round. */
async function eventsAfter(client: CoreClient, last: number, kinds: readonly EventKind[] | undefined, call: CallOptions): Promise<readonly HistoryEvent[]> {
  const found: HistoryEvent[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: OutputOf<'history.list'> = await client.query('history.list', { limit: 500, ...(kinds === undefined ? {} : { kinds: [...kinds] }), ...(cursor === null ? {} : { cursor }) }, call);
    const fresh = page.items.filter((event) => event.id > last);
    found.push(...fresh);
    cursor = page.nextCursor;
    if (cursor === null || fresh.length < page.items.length) return found.toReversed();
  }
}

/** Asks again whenever one of the entities changed, until there is an answer; null once the time is up. Throws `cancelled`, and `core_unavailable` once nobody is there who would tell. */
async function untilChange<Answer>(client: CoreClient, signal: CallOptions['signal'], seconds: number | undefined, entities: readonly string[], ask: () => Promise<Answer | null>): Promise<Answer | null> {
  const limit = seconds === undefined ? null : Date.now() + seconds * 1000;
  let wake: (() => void) | null = null;
  let changed = true;
  const stop = client.onChanges((notice) => {
    if (notice !== null && !notice.changes.some(({ entity }) => entities.includes(entity))) return;
    changed = true;
    wake?.();
  });
  const aborted = (): void => wake?.();
  signal?.addEventListener('abort', aborted);
  const stopState = client.onState(() => wake?.());
  try {
    for (;;) {
      if (signal?.aborted === true) throw new VitrineError('cancelled', { details: {} });
      if (client.state === 'disconnected') throw new VitrineError('core_unavailable', { details: {} });
      if (changed) {
        changed = false;
        const answer = await ask();
        if (answer !== null) return answer;
        continue;
      }
      const left = limit === null ? null : limit - Date.now();
      if (left !== null && left <= 0) return null;
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (left !== null) timer = setTimeout(resolve, Math.min(left, 2 ** 31 - 1));
      });
      clearTimeout(timer);
      wake = null;
    }
  } finally {
    stop();
    stopState();
    signal?.removeEventListener('abort', aborted);
  }
}
