/** Curating on the command line: registries and their rules, promotion, states, tables, cards, the past, and who may what. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { Lifecycle, VitrineError, type CallOptions, type CollectionId, type CoreClient, type EventId, type InputOf, type LinkId, type RegistryId, type TableColumn } from '#shared/contract/index.ts';
import { aliasOfState, mlflowStages, reasonRules, stageOfState, standardLifecycle } from '#shared/domain/index.ts';
import { foreseenCode } from './exitCodes.ts';
import { plain, printForeseenLinks, printJson, printLine, printMoves, printTable } from './print.ts';
import { subcommand, within, type Common, type WholeNumber, type WithClient } from './common.ts';
import { expectedOf, linkOf, linkTargetOf, registryIdOf, resolve } from './resolve.ts';


const bad = (explanation: string): VitrineError => new VitrineError('bad_input', { details: { explanation } });

/** Adds `vitrine registry`, `promote`, `state`, `lifecycle`, `board`, `table`, `card`, `as-of`, `revert` and `access`. */
export function addCurationCommands(command: (name: string, description: string) => Command, withClient: WithClient, wholeNumber: WholeNumber): void {

  const registry = command('registry', 'registries: made, changed');
  const asRegistry = within(registry, withClient);
  subcommand(registry, 'create', 'make a custom registry').argument('<name>').option('--type <type...>', 'types it accepts; without it, all').option('--restricted', 'only its members see it').option('-d, --description <text>', 'what it is for', '')
    .action(async (name: string, options: Common & { type?: string[]; restricted?: boolean; description: string }) => {
      await asRegistry(options, async (client, call, common) => {
        const { output } = await client.execute('registries.create', { name, acceptedTypes: options.type ?? null, visibility: options.restricted === true ? 'restricted' : 'organization', description: options.description }, call);
        if (common.json === true) printJson(output);
        else printLine(`Made the registry ${plain(output.name)}.`);
      });
    });
  subcommand(registry, 'update', 'change name, types, visibility, protected aliases, or when a reason is asked for').argument('<registry>')
    .option('--name <name>').option('--type <type...>', 'the types it accepts; “all” for every type').option('--visibility <visibility>', 'organization or restricted').option('--protect <alias...>', 'protected aliases, patterns such as prod-* too; “none” for none')
    .option('--reason <when>', `moves that need a reason: ${reasonRules.join(', ')}`).option('-d, --description <text>').option('--dry-run', 'only say what stands against it')
    .action(async (name: string, options: Common & { name?: string; type?: string[]; visibility?: string; protect?: string[]; reason?: string; description?: string; dryRun?: boolean }) => {
      await asRegistry(options, async (client, call, common) => {
        const id = await registryIdOf(client, name);
        const types = options.type === undefined ? {} : { acceptedTypes: options.type.includes('all') ? null : options.type };
        const visibility = options.visibility === undefined ? {} : { visibility: oneOf('--visibility', options.visibility, ['organization', 'restricted'] as const) };
        if (options.dryRun === true) {
          const { blockers } = await client.query('registries.updatePreview', { id, ...types, ...visibility }, call);
          if (common.json === true) printJson({ blockers });
          else if (blockers.length === 0) printLine('Nothing stands against it.');
          else for (const blocker of blockers) printLine(plain(blocker.explanation));
          if (blockers.length > 0) process.exitCode = 5;
          return;
        }
        const { output } = await client.execute('registries.update', {
          id, ...types, ...visibility, ...(options.name === undefined ? {} : { name: options.name }), ...(options.description === undefined ? {} : { description: options.description }),
          ...(options.protect === undefined ? {} : { protectedAliases: options.protect.includes('none') ? [] : options.protect }),
          ...(options.reason === undefined ? {} : { reasonRequired: oneOf('--reason', options.reason, reasonRules) }),
        }, call);
        if (common.json === true) printJson(output);
        else printLine(`${plain(output.name)}: ${output.acceptedTypes?.map(plain).join(', ') ?? 'all types'}, ${output.visibility}, protected: ${output.protectedAliases.map(plain).join(', ') || 'none'}, reasons: ${output.reasonRequired}.`);
      });
    });

  command('promote', 'link what is linked in one registry into another, as one act').argument('<link>', 'wandb-registry-NAME/collection:v3').argument('<target>', 'NAME/collection in the other registry')
    .option('-a, --alias <alias...>', 'aliases to put on it there').option('--carry', 'also the aliases that it carries here').option('--expect <vN>', 'refuse when the aliases do not stand there now (“none” for nowhere)').option('--note <text>', 'a note; without it, the note goes along')
    .option('--dry-run', 'only say what it would do')
    .action(async (address: string, target: string, options: Common & { alias?: string[]; carry?: boolean; expect?: string; note?: string; dryRun?: boolean }) => {
      await withClient(options, async (client, call, common) => {
        const input = {
          linkIds: [await linkOf(client, address)], target: await linkTargetOf(client, target), aliases: options.alias ?? [], carryAliases: options.carry ?? false, ...expectedOf(options.expect, options.alias ?? [], wholeNumber),
          ...(options.note === undefined ? {} : { note: options.note }),
        };
        if (options.dryRun === true) {
          const preview = await client.query('links.promotePreview', input, call);
          if (common.json === true) printJson(preview);
          else printForeseenLinks(preview);
          process.exitCode = foreseenCode(preview);
          return;
        }
        const { output } = await client.execute('links.promote', input, call);
        if (common.json === true) printJson(output);
        else {
          for (const link of output.links) printLine(link.standing ? `Stands there already as v${link.index}.` : `Promoted as v${link.index}.`);
          printMoves(output.moves);
        }
      });
    });

  const state = command('state', 'lifecycle states of links');
  const asState = within(state, withClient);
  subcommand(state, 'show', 'the state of a link, and where it may go').argument('<link>').action(async (address: string, options: Common) => {
    await asState(options, async (client, call, common) => {
      const found = await client.query('links.nextStates', { id: await linkOf(client, address) }, call);
      if (common.json === true) printJson(found);
      else printLine(found.state === null ? 'Its registry defines no states.' : `${plain(found.state)}${found.next.length === 0 ? '' : `; may become ${found.next.map((next) => `${plain(next.name)}${next.needsApproval === null ? '' : ` (once “${plain(next.needsApproval.alias)}” is approved)`}`).join(', ')}`}.`);
    });
  });
  subcommand(state, 'set', 'move links to another state').argument('<state>').argument('<links...>').option('--expect <state>', 'refuse when they are not in this state now')
    .action(async (to: string, addresses: string[], options: Common & { expect?: string }) => {
      await asState(options, async (client, call, common) => {
        const linkIds: LinkId[] = [];
        for (const address of addresses) linkIds.push(await linkOf(client, address));
        const { output } = await client.execute('links.setState', { linkIds, state: to, ...(options.expect === undefined ? {} : { expected: options.expect }) }, call);
        if (common.json === true) printJson(output);
        else printLine(output.links.length === 0 ? 'Nothing changed: it was so already.' : output.links.map((link) => `${plain(link.from)} → ${plain(link.to)}.`).join('\n'));
      });
    });

  const lifecycle = command('lifecycle', 'the states that a registry defines');
  const asLifecycle = within(lifecycle, withClient);
  subcommand(lifecycle, 'show', 'states and ways between them').argument('<registry>').action(async (name: string, options: Common) => {
    await asLifecycle(options, async (client, call, common) => {
      const found = await client.query('registries.get', { id: await registryIdOf(client, name) }, call);
      if (common.json === true) printJson(found.lifecycle);
      else if (found.lifecycle === null) printLine('It defines no states.');
      else printTable(found.lifecycle.states.map((one) => ({ state: one.name, ...mappingOf(found.lifecycle as Lifecycle, one.name), to: found.lifecycle?.transitions.filter((way) => way.from === one.name).map((way) => `${way.to} (${way.role}${way.needsReason ? ', reason' : ''})`).join(', ') ?? '' })), ['state', 'mlflow', 'wandb', 'to']);
    });
  });
  subcommand(lifecycle, 'map', 'what a state is at remotes: its stage in MLflow, its alias in W&B').argument('<registry>').argument('<state>')
    .option('--stage <stage>', `${mlflowStages.join(', ')}; “usual”: what its name and place say`).option('--alias <alias>', 'an alias, “none”, or “usual”: what its stage says')
    .action(async (name: string, state: string, options: Common & { stage?: string; alias?: string }) => {
      await asLifecycle(options, async (client, call, common) => {
        if (options.stage === undefined && options.alias === undefined) throw bad('Say --stage, --alias or both.');
        const registry = await client.query('registries.get', { id: await registryIdOf(client, name) }, call);
        const states = registry.lifecycle?.states ?? [];
        if (!states.some((one) => one.name === state)) throw bad(`${registry.name} has no state “${state}”${states.length === 0 ? '' : `; there are ${states.map((one) => one.name).join(', ')}`}.`);
        const mapped = { states: states.map((one) => (one.name === state ? mappedState(one, options) : one)), transitions: registry.lifecycle?.transitions ?? [] };
        const { output } = await client.execute('registries.setLifecycle', { registryId: registry.id, lifecycle: mapped }, call);
        if (common.json === true) printJson(output);
        else {
          const { mlflow, wandb } = mappingOf(mapped, state);
          printLine(`${plain(state)}: ${mlflow} in MLflow, ${wandb === '' ? 'no alias' : `“${plain(wandb)}”`} in W&B.`);
        }
      });
    });
  subcommand(lifecycle, 'set', 'define states: the standard ones, from a file, or none').argument('<registry>').option('--standard', 'draft, candidate, approved, retired').option('--file <file>', 'JSON: {"states": [{name, hue, terminal, stage, alias}], "transitions": [{from, to, role, needsReason}]}').option('--none', 'do without states')
    .option('--rename <old=new...>', 'states that go on under another name').option('--dry-run', 'only say what stands against it')
    .action(async (name: string, options: Common & { standard?: boolean; file?: string; none?: boolean; rename?: string[]; dryRun?: boolean }) => {
      await asLifecycle(options, async (client, call, common) => {
        const input = { registryId: await registryIdOf(client, name), lifecycle: lifecycleFrom(options), renamed: renamesFrom(options.rename ?? []) };
        if (options.dryRun === true) {
          const { blockers } = await client.query('registries.lifecyclePreview', input, call);
          if (common.json === true) printJson({ blockers });
          else if (blockers.length === 0) printLine('Nothing stands against it.');
          else for (const blocker of blockers) printLine(plain(blocker.explanation));
          if (blockers.length > 0) process.exitCode = 5;
          return;
        }
        const { output } = await client.execute('registries.setLifecycle', input, call);
        if (common.json === true) printJson(output);
        else printLine(output.lifecycle === null ? 'It defines no states now.' : `${output.lifecycle.states.length} states; ${output.links} links stand in them.`);
      });
    });

  command('board', 'aliases side by side: collections as rows').argument('[registry]').option('--limit <number>', 'at most so many rows', (text) => wholeNumber('--limit', text, 1, 1000), 100)
    .action(async (name: string | undefined, options: Common & { limit: number }) => {
      await withClient(options, async (client, call, common) => {
        const board = await client.query('aliases.board', { limit: options.limit, ...(name === undefined ? {} : { registryId: await registryIdOf(client, name) }) }, call);
        if (common.json === true) printJson(board);
        else {
          const columns = board.columns.slice(0, 8).map((column) => column.alias);
          printTable(board.items.map((row) => ({
            collection: `${row.registry}/${row.name}`,
            ...Object.fromEntries(columns.map((alias) => {
              const cell = row.cells.find((one) => one.alias === alias);
              return [alias, cell === undefined ? null : `v${cell.index}`];
            })),
          })), ['collection', ...columns]);
        }
      });
    });

  command('table', 'the versions of a collection with metadata and metrics').argument('<collection>').option('-c, --column <column...>', 'metadata.PATH or metric.KEY').option('--sort <column>', 'index, linked, size, created, state, metadata.PATH or metric.KEY', 'index')
    .option('--ascending', 'the least first').option('--state <state>', 'only links in this state').option('--csv', 'the whole table as CSV').option('--limit <number>', 'at most so many rows', (text) => wholeNumber('--limit', text, 1, 1000), 100)
    .action(async (address: string, options: Common & { column?: string[]; sort: string; ascending?: boolean; state?: string; csv?: boolean; limit: number }) => {
      await withClient(options, async (client, call, common) => {
        const columns = (options.column ?? []).map(columnOf);
        const view = { collectionId: await collectionIdOf(client, address), columns, sort: sortOf(options.sort), direction: options.ascending === true ? ('ascending' as const) : ('descending' as const), ...(options.state === undefined ? {} : { state: options.state }) };
        if (options.csv === true) {
          const exported = await client.query('collections.exportTable', view, call);
          if (common.json === true) printJson(exported);
          else process.stdout.write(exported.text);
          return;
        }
        const page = await client.query('collections.table', { ...view, limit: options.limit }, call);
        if (common.json === true) printJson(page);
        else {
          printTable(page.items.map((row) => ({
            link: `v${row.index}`, aliases: row.aliases.map((alias) => alias.name).join(' '), state: row.state, ...Object.fromEntries(row.cells.map((cell, at) => [options.column?.[at] ?? '', typeof cell === 'boolean' ? String(cell) : cell])),
          })), ['link', 'aliases', 'state', ...(options.column ?? [])]);
          if (page.total > page.items.length) printLine(`… ${page.total} in all.`);
        }
      });
    });

  command('card', 'how complete the card of a collection is').argument('<collection>').action(async (address: string, options: Common) => {
    await withClient(options, async (client, call, common) => {
      const card = await client.query('collections.card', { id: await collectionIdOf(client, address) }, call);
      if (common.json === true) printJson(card);
      else {
        for (const field of card.fields) printLine(`${field.filled ? 'filled ' : 'missing'}  ${plain(field.name)}${field.required ? ' (required)' : ''}`);
        printLine(`${Math.round(card.score * 100)} %.`);
      }
      if (!card.complete) process.exitCode = 5;
    });
  });

  command('as-of', 'a registry, collection or artifact as it was at a time').argument('<address>').argument('<time>', '2026-05-03 or 2026-05-03T14:00:00Z').option('--limit <number>', 'at most so many rows', (text) => wholeNumber('--limit', text, 1, 1000), 100)
    .action(async (address: string, time: string, options: Common & { limit: number }) => {
      await withClient(options, async (client, call, common) => {
        await printPast(client, call, common, address, timeOf(time), options.limit);
      });
    });

  command('revert', 'take back an event of the history, or the act it belongs to').argument('<event>', 'its number', (text) => wholeNumber('<event>', text, 1, Number.MAX_SAFE_INTEGER)).option('--act', 'all that its act did').option('--dry-run', 'only say what it would do')
    .action(async (event: number, options: Common & { act?: boolean; dryRun?: boolean }) => {
      await withClient(options, async (client, call, common) => {
        const input = { eventId: event as EventId, act: options.act ?? false };
        if (options.dryRun === true) {
          const preview = await client.query('history.revertPreview', input, call);
          if (common.json === true) printJson(preview);
          else for (const line of preview.possible ? preview.steps.map((step) => step.label) : [preview.reason ?? 'It can’t be taken back.']) printLine(plain(line));
          if (!preview.possible) process.exitCode = 5;
          return;
        }
        const { output } = await client.execute('history.revert', input, call);
        if (common.json === true) printJson(output);
        else for (const label of output.labels) printLine(`${plain(label)}.`);
      });
    });

  command('access', 'why somebody may or may not do what').argument('<address>', 'a registry, collection, project, artifact, version or run').option('--user <username>', 'somebody else; for admins').option('--action <action>', 'only this, e.g. alias.change')
    .action(async (address: string, options: Common & { user?: string; action?: string }) => {
      await withClient(options, async (client, call, common) => {
        const { object } = await resolve(client, address);
        const told = await client.query('access.explain', {
          object: { kind: object.kind as InputOf<'access.explain'>['object']['kind'], id: object.id },
          ...(options.user === undefined ? {} : { userId: (await client.query('users.get', { username: options.user })).id }), ...(options.action === undefined ? {} : { action: options.action }),
        }, call);
        if (common.json === true) printJson(told);
        else {
          printLine(`${plain(told.who.username)}: ${told.role ?? 'no role'} in ${plain(told.decidedBy.label)}.`);
          for (const action of told.actions) printLine(`${action.allowed ? 'yes' : 'no '}  ${action.action.padEnd(32)}  ${plain(action.sentence)}`);
        }
        if (options.action !== undefined && told.actions.some((action) => !action.allowed)) process.exitCode = 4;
      });
    });
}

async function printPast(client: CoreClient, call: CallOptions, common: Common, address: string, at: string, limit: number): Promise<void> {
  const { object } = await resolve(client, address);
  if (object.kind === 'registry') {
    const past = await client.query('registries.asOf', { registryId: object.id as RegistryId, at, limit }, call);
    if (common.json === true) printJson(past);
    else if (!past.existed) printLine('It was not there then.');
    else printTable(past.items.map((row) => ({ collection: `${past.registry}/${row.name}`, type: row.type, links: row.linkCount, aliases: row.aliases.map((alias) => `${alias.alias}=v${alias.index}`).join(' ') })), ['collection', 'type', 'links', 'aliases']);
    return;
  }
  if (object.kind === 'collection') {
    const past = await client.query('collections.asOf', { collectionId: object.id as CollectionId, at, limit }, call);
    if (common.json === true) printJson(past);
    else if (!past.existed) printLine('It was not there then.');
    else printTable(past.items.map((row) => ({ link: `v${row.index}`, aliases: row.aliases.join(' '), state: row.state, source: row.source })), ['link', 'aliases', 'state', 'source']);
    return;
  }
  if (object.kind !== 'artifact') throw bad(`“${address}” is no registry, collection or artifact.`);
  const { items } = await client.query('aliases.asOf', { holder: { kind: 'artifact', id: object.id as never }, at }, call);
  if (common.json === true) printJson(items);
  else printTable(items.map((item) => ({ alias: item.alias, on: `v${item.index}`, since: item.since, by: item.by?.username ?? null, why: item.message })), ['alias', 'on', 'since', 'by', 'why']);
}

async function collectionIdOf(client: CoreClient, address: string): Promise<CollectionId> {
  const { object } = await resolve(client, address);
  if (object.kind !== 'collection') throw bad(`“${address}” is no collection: name it as wandb-registry-NAME/collection.`);
  return object.id as CollectionId;
}

function oneOf<const Choice extends string>(option: string, text: string, choices: readonly Choice[]): Choice {
  const chosen = choices.find((choice) => choice === text);
  if (chosen === undefined) throw bad(`${option} takes ${choices.join(', ')}; “${text}” is none of them.`);
  return chosen;
}

function columnOf(text: string): TableColumn {
  const [, kind, rest] = /^(metadata|metric)\.(.+)$/s.exec(text) ?? [];
  if (kind === undefined || rest === undefined) throw bad(`“${text}” is no column: write metadata.PATH or metric.KEY.`);
  return kind === 'metric' ? { kind: 'metric', key: rest } : { kind: 'metadata', path: rest.split('.') };
}

function sortOf(text: string): NonNullable<InputOf<'collections.table'>['sort']> {
  const own = (['index', 'linked', 'size', 'created', 'state'] as const).find((key) => key === text);
  return own === undefined ? columnOf(text) : { kind: 'own', key: own };
}

function timeOf(text: string): string {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw bad(`“${text}” is no time: write 2026-05-03 or 2026-05-03T14:00:00Z.`);
  // A day alone means the whole of it.
  return new Date(/^\d{4}-\d{2}-\d{2}$/.test(text) ? time + 86_399_999 : time).toISOString();
}

function lifecycleFrom(options: { readonly standard?: boolean; readonly file?: string; readonly none?: boolean }): Lifecycle | null {
  if ([options.standard, options.file, options.none].filter((one) => one !== undefined).length !== 1) throw bad('Say one of --standard, --file and --none.');
  if (options.none === true) return null;
  if (options.file === undefined) return { states: [...standardLifecycle.states], transitions: [...standardLifecycle.transitions] };
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(options.file, 'utf8'));
  } catch (cause) {
    throw new VitrineError('file_unreadable', { details: { path: options.file, reason: cause instanceof SyntaxError ? 'it is no JSON' : 'no right to read it, or not there' }, cause });
  }
  const parsed = Lifecycle.safeParse(read);
  if (!parsed.success) throw bad(`${options.file} is no lifecycle: ${parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`);
  return parsed.data;
}

function mappingOf(lifecycle: Lifecycle, state: string): { readonly mlflow: string; readonly wandb: string } {
  return { mlflow: stageOfState(lifecycle, state), wandb: aliasOfState(lifecycle, state) ?? '' };
}

/** The state with what is told of it at remotes; “usual” takes back what was set. */
function mappedState({ stage, alias, ...rest }: Lifecycle['states'][number], options: { readonly stage?: string; readonly alias?: string }): Lifecycle['states'][number] {
  const nextStage = options.stage === undefined ? stage : options.stage === 'usual' ? undefined : oneOf('--stage', options.stage, mlflowStages);
  const nextAlias = options.alias === undefined ? alias : options.alias === 'usual' ? undefined : options.alias === 'none' ? null : options.alias;
  return { ...rest, ...(nextStage === undefined ? {} : { stage: nextStage }), ...(nextAlias === undefined ? {} : { alias: nextAlias }) };
}

function renamesFrom(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(pairs.map((pair) => {
    const [from, to] = pair.split('=');
    if (from === undefined || to === undefined || from === '' || to === '') throw bad(`--rename takes old=new; “${pair}” is not so.`);
    return [from, to];
  }));
}
