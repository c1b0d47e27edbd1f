import path from 'node:path';
import { Command, CommanderError } from 'commander';
import { isVitrineError, VitrineError, type CallOptions, type CoreClient, type LinkId, type RunId, type SearchHit } from '#shared/contract/index.ts';
import { explainViolation, parseMetadata } from '#shared/domain/index.ts';
import { addAccountCommands } from './accounts.ts';
import { addAuditCommands } from './audit.ts';
import { addApprovalCommands } from './approvals.ts';
import { addAutomationCommands } from './automations.ts';
import { addCurationCommands } from './curation.ts';
import { addPipelineCommands } from './pipelines.ts';
import { addExchangeCommands } from './exchange.ts';
import { addKeyCommands } from './keys.ts';
import { addRunCommands } from './runs.ts';
import { addBytesCommands } from './bytes.ts';
import { addScanCommand } from './scans.ts';
import { addSyncCommands } from './sync.ts';
import type { Common } from './common.ts';
import { interruption } from './interruption.ts';
import { addLineageCommands } from './lineage.ts';
import { foreseenCode } from './exitCodes.ts';
import { factLines } from './facts.ts';
import { counted, formatSize, plain, printForeseen, printForeseenLinks, printJson, printLine, printMoves, printTable, progressLine } from './print.ts';
import { expectedOf, linkOf, linkTargetOf, resolve, resolveVersion } from './resolve.ts';
import { addRetentionCommands } from './retention.ts';
import { serve } from './serve.ts';
import { dataDirectoryOf, openSession } from './session.ts';
import { applicationVersion } from './version.ts';


const exitCodeHelp = `
Exit codes:
  0  done
  1  a fault of Vitrine itself
  2  input that can't be read, a name that breaks a rule
  3  not found (“lineage path” and “lineage common”: there is none)
  4  no right to do that
  5  stands against what is there (exists, moved meanwhile, wrong type; “lineage stale”: something is; “scan”: there is a danger)
  6  files, disk or catalog can't be read or written
  7  the catalog's owner does not answer
  8  “wait”: the time was up
  130  cancelled

Addresses:
  [team/[project/]]artifact:alias              a version, by alias or number (v3); without either, its latest
  project/artifact:alias                       the same in this catalog’s own team
  wandb-registry-NAME/collection:alias         a version in a registry
  wandb-registry-NAME, team/project            a registry, a project
  vitrine://…                                  any place`;

/** Builds the whole command line. Nothing is opened before a command runs. */
export function buildProgram(): Command {
  const program = new Command('vitrine');
  program
    .description('Curate what training produced: log artifact versions, link them into registries, move aliases.')
    .version(applicationVersion())
    .option('--data <folder>', 'the catalog’s folder (default: VITRINE_DATA, else this person’s own)')
    .option('--json', 'print JSON')
    .option('-m, --message <text>', 'why, kept in the history')
    .option('--as <username>', 'what somebody else would be answered; only looks, for admins')
    .addHelpText('after', exitCodeHelp)
    .exitOverride()
    .configureHelp({ showGlobalOptions: true });

  /** Options may stand before or after the command's name. */
  function command(name: string, description: string): Command {
    const made = program.command(name).description(description).exitOverride();
    return made.option('--data <folder>', 'the catalog’s folder').option('--json', 'print JSON').option('-m, --message <text>', 'why, kept in the history');
  }

  function commonOf(options: Common): Common {
    return { ...program.opts<Common>(), ...options };
  }

  /** Runs with a session; Ctrl-C cancels what is under way instead of cutting it off. */
  async function withClient(options: Common, work: (client: CoreClient, call: CallOptions, common: Common) => Promise<void>): Promise<void> {
    const common = commonOf(options);
    const line = progressLine();
    const session = await openSession(dataDirectoryOf(common.data), applicationVersion());
    try {
      const viewAs = common.as === undefined ? {} : { viewAs: (await session.client.query('users.get', { username: common.as })).id as number };
      await work(session.client, { signal: interruption, onProgress: line.report, ...viewAs, ...(common.message === undefined ? {} : { message: common.message }) }, common);
    } finally {
      line.end();
      await session.close();
    }
  }

  command('serve', 'run without a window, as a server for scripts')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port; 0 takes a free one', (text) => wholeNumber('--port', text, 0, 65_535), 7777)
    .option('--allow-host <name...>', 'names under which others reach this machine; the first is in the address that is printed')
    .option('--tls-cert <file>', 'certificate in PEM form, with its chain: serve over https')
    .option('--tls-key <file>', 'the certificate’s key in PEM form')
    .option('--grace <seconds>', 'how long uploads under way may go on when told to stop', (text) => wholeNumber('--grace', text, 0, 3600), 30)
    .option('--sample', 'fill an empty catalog with the sample')
    .action(async (options: Common & { host: string; port: number; allowHost?: string[]; tlsCert?: string; tlsKey?: string; grace: number; sample?: boolean }) => {
      const common = commonOf(options);
      if ((options.tlsCert === undefined) !== (options.tlsKey === undefined)) throw new VitrineError('bad_input', { details: { explanation: '--tls-cert and --tls-key go together.' } });
      await serve({
        dataDirectory: dataDirectoryOf(common.data), host: options.host, port: options.port, json: common.json === true, sample: options.sample === true, applicationVersion: applicationVersion(),
        allowedHosts: options.allowHost ?? [], tls: options.tlsCert === undefined || options.tlsKey === undefined ? null : { certFile: path.resolve(options.tlsCert), keyFile: path.resolve(options.tlsKey) }, grace: options.grace * 1000,
      });
    });

  command('openapi', 'the HTTP interface of “vitrine serve” as an OpenAPI 3.1 document')
    .option('--html', 'as a page to read')
    .option('-o, --output <file>', 'write it there instead of printing it')
    .action(async (options: Common & { html?: boolean; output?: string }) => {
      // Loaded for this alone: it builds every schema of the contract.
      const { openApiText } = await import('./openApi.ts');
      await openApiText({ html: options.html === true, output: options.output ?? null });
    });

  command('log', 'log files or folders as a new artifact version')
    .argument('<paths...>', 'files or folders')
    .requiredOption('-n, --name <name>', 'the artifact’s name')
    .option('-t, --type <type>', 'the artifact’s type', 'model')
    .option('-p, --project <project>', 'project, or entity/project', 'uncategorized')
    .option('-a, --alias <alias...>', 'aliases to put on it')
    .option('--tag <tag...>', 'tags')
    .option('-d, --description <text>', 'description (Markdown)')
    .option('--metadata <json>', 'metadata, a JSON object')
    .option('--run <address>', 'the run that logs it, as entity/project/run')
    .option('--paranoid', 'read every byte again, even of files that look unchanged')
    .action(async (paths: string[], options: Common & { name: string; type: string; project: string; alias?: string[]; tag?: string[]; description?: string; metadata?: string; run?: string; paranoid?: boolean }) => {
      await withClient(options, async (client, call, common) => {
        const { output } = await client.execute('versions.log', {
          paths: paths.map((one) => path.resolve(one)),
          project: projectOf(options.project),
          artifact: options.name,
          type: options.type,
          aliases: options.alias ?? [],
          tags: options.tag ?? [],
          description: options.description ?? '',
          metadata: metadataOf(options.metadata),
          paranoid: options.paranoid ?? false,
          ...(options.run === undefined ? {} : { runId: await runOf(client, options.run) }),
        }, call);
        if (common.json === true) printJson(output);
        else printLine(output.created
          ? `Logged ${plain(options.name)}:v${output.index}, ${counted(output.fileCount, 'file')}, ${formatSize(output.size)} (${formatSize(output.newBytes)} new), digest ${output.digest.slice(0, 8)}.`
          : `The same bytes as ${plain(options.name)}:v${output.index}: no new version.`);
      });
    });

  command('link', 'link a version into a registry’s collection')
    .argument('<version>', 'the version, e.g. project/artifact:v3')
    .argument('<target>', 'wandb-registry-NAME/collection, or NAME/collection')
    .option('-a, --alias <alias...>', 'aliases to put on the link')
    .option('--note <text>', 'a note on the link', '')
    .option('--expect <vN>', 'refuse when the aliases do not stand there now (“none” for nowhere)')
    .option('--dry-run', 'only say what it would do')
    .action(async (address: string, target: string, options: Common & { alias?: string[]; note: string; expect?: string; dryRun?: boolean }) => {
      await withClient(options, async (client, call, common) => {
        const { versionId } = await resolveVersion(client, address);
        if (options.dryRun === true) {
          const preview = await client.query('links.preview', { versionIds: [versionId], target: await linkTargetOf(client, target), aliases: options.alias ?? [] }, call);
          if (common.json === true) printJson(preview);
          else printForeseenLinks(preview);
          process.exitCode = foreseenCode(preview);
          return;
        }
        const { output } = await client.execute('links.create', { versionIds: [versionId], target: await linkTargetOf(client, target), aliases: options.alias ?? [], note: options.note, ...expectedOf(options.expect, options.alias ?? [], wholeNumber) }, call);
        if (common.json === true) printJson(output);
        else for (const link of output.links) printLine(link.standing ? `Stands already as v${link.index}.` : `Linked as v${link.index}.`);
        if (common.json !== true) printMoves(output.moves);
      });
    });

  command('unlink', 'take versions out of their collections, all or none')
    .argument('<links...>', 'wandb-registry-NAME/collection:v3')
    .option('--dry-run', 'only say what it would do')
    .action(async (addresses: string[], options: Common & { dryRun?: boolean }) => {
      await withClient(options, async (client, call, common) => {
        const linkIds: LinkId[] = [];
        for (const address of addresses) linkIds.push(await linkOf(client, address));
        if (options.dryRun === true) {
          const preview = await client.query('links.removePreview', { linkIds }, call);
          if (common.json === true) printJson(preview);
          else {
            for (const link of preview.links) printLine(`Would unlink ${plain(link.label)}.`);
            printMoves(preview.moves);
            for (const refused of preview.refused) printLine(`Refused: ${plain(refused.explanation)}`);
            if (preview.needsReason) printLine('It needs a reason (-m).');
          }
          if (preview.refused.length > 0) process.exitCode = 5;
          return;
        }
        const { output } = await client.execute('links.remove', { linkIds }, call);
        if (common.json === true) printJson(output);
        else {
          printLine(output.removed === 1 ? 'Unlinked.' : `Unlinked ${output.removed}.`);
          printMoves(output.moves);
        }
      });
    });

  const alias = command('alias', 'put, remove or look at aliases');
  alias
    .command('set')
    .description('put aliases on a version; where one stands elsewhere it moves')
    .argument('<version>')
    .argument('<aliases...>')
    .option('--expect <vN>', 'refuse when the alias does not stand there now (“none” for nowhere)')
    .option('--dry-run', 'only say what it would do: from where each moves, what is refused, what needs an approval')
    .option('--data <folder>').option('--json').option('-m, --message <text>')
    .exitOverride()
    .action(async (address: string, aliases: string[], options: Common & { expect?: string; dryRun?: boolean }) => {
      await withClient({ ...alias.opts<Common>(), ...options }, async (client, call, common) => {
        if (options.dryRun === true) {
          const preview = await client.query('aliases.preview', { target: await aliasTargetOf(client, address), aliases }, call);
          if (common.json === true) printJson(preview);
          else printForeseen(preview, 'Nothing would move: it stands there already.');
          process.exitCode = foreseenCode(preview);
          return;
        }
        const { output } = await client.execute('aliases.set', { target: await aliasTargetOf(client, address), aliases, ...expectedOf(options.expect, aliases, wholeNumber) }, call);
        if (common.json === true) printJson(output);
        else printMoves(output.moves, 'Nothing moved: it stood there already.');
      });
    });
  alias
    .command('remove')
    .description('take aliases off a version')
    .argument('<version>')
    .argument('<aliases...>')
    .option('--expect <vN>', 'refuse when they do not stand there now')
    .option('--data <folder>').option('--json').option('-m, --message <text>')
    .exitOverride()
    .action(async (address: string, aliases: string[], options: Common & { expect?: string }) => {
      await withClient({ ...alias.opts<Common>(), ...options }, async (client, call, common) => {
        const { output } = await client.execute('aliases.remove', { target: await aliasTargetOf(client, address), aliases, ...expectedOf(options.expect, aliases, wholeNumber) }, call);
        if (common.json === true) printJson(output);
        else printMoves(output.moves);
      });
    });
  alias
    .command('history')
    .description('every move of the aliases of a collection or an artifact')
    .argument('<address>', 'a collection or an artifact')
    .argument('[alias]')
    .option('--data <folder>').option('--json')
    .exitOverride()
    .action(async (address: string, name: string | undefined, options: Common) => {
      await withClient({ ...alias.opts<Common>(), ...options }, async (client, call, common) => {
        const found = await resolve(client, address);
        const kind = found.object.kind;
        if (kind !== 'collection' && kind !== 'artifact') throw new VitrineError('bad_input', { details: { explanation: `“${address}” is neither a collection nor an artifact.` } });
        const holder = { kind, id: found.object.id } as Parameters<typeof client.query<'aliases.timeline'>>[1]['holder'];
        const moves = await client.query('aliases.timeline', { holder, limit: 1000, ...(name === undefined ? {} : { alias: name }) }, call);
        if (common.json === true) printJson(moves.items);
        else printTable(moves.items.map((move) => ({ at: move.at, alias: move.alias, from: move.from === null ? '–' : `v${move.from}`, to: move.to === null ? '–' : `v${move.to}`, by: move.actor.username, why: move.message })), ['at', 'alias', 'from', 'to', 'by', 'why']);
      });
    });

  command('tag', 'add tags to a version or a collection, or remove them')
    .argument('<address>')
    .argument('[tags...]', 'tags to add')
    .option('--remove <tag...>', 'tags to take away')
    .action(async (address: string, tags: string[], options: Common & { remove?: string[] }) => {
      await withClient(options, async (client, call, common) => {
        const found = await resolve(client, address);
        const target = found.versionId === null ? { kind: 'collection', id: found.object.id } : { kind: 'version', id: found.versionId };
        if (found.versionId === null && found.object.kind !== 'collection') throw new VitrineError('bad_input', { details: { explanation: `Tags stand on versions and collections; “${address}” is ${found.object.kind === 'artifact' ? 'an artifact' : `a ${found.object.kind}`}.` } });
        const { output } = await client.execute('tags.edit', { target: target as Parameters<typeof client.execute<'tags.edit'>>[1]['target'], add: tags, remove: options.remove ?? [] }, call);
        if (common.json === true) printJson(output);
        else printLine(output.tags.length === 0 ? 'No tags.' : output.tags.map(plain).join(', '));
      });
    });

  command('ls', 'list registries, collections, links, projects, artifacts or versions')
    .argument('[address]', 'nothing for registries; “projects”; a registry, collection, project or artifact')
    .option('--limit <number>', 'at most so many', (text) => wholeNumber('--limit', text, 1, 1_000_000), 100)
    .action(async (address: string | undefined, options: Common & { limit: number }) => {
      await withClient(options, async (client, call, common) => {
        await list(client, address, options.limit, common, call);
      });
    });

  command('show', 'show one thing with all its facts')
    .argument('<address>')
    .action(async (address: string, options: Common) => {
      await withClient(options, async (client, call, common) => {
        const facts = await detailOf(client, address, call);
        if (common.json === true) printJson(facts);
        else for (const line of factLines(facts)) printLine(line);
      });
    });

  command('get', 'write the files of a version into a folder')
    .argument('<version>')
    .argument('[folder]', 'an empty or new folder', '.')
    .option('--path <path>', 'only this file or folder of the version', '')
    .option('--overwrite', 'replace files that are in the way')
    .action(async (address: string, folder: string, options: Common & { path: string; overwrite?: boolean }) => {
      await withClient(options, async (client, call, common) => {
        const { versionId } = await resolveVersion(client, address);
        const { output } = await client.execute('versions.export', { id: versionId, folder: path.resolve(folder), path: options.path, overwrite: options.overwrite ?? false }, call);
        if (common.json === true) printJson(output);
        else printLine(`Wrote ${counted(output.files, 'file')}, ${formatSize(output.bytes)}, to ${plain(output.folder)}.`);
      });
    });

  command('search', 'find by words and fields: type:model tag:release metadata.acc>0.9')
    .argument('<words...>')
    .option('--limit <number>', 'at most so many', (text) => wholeNumber('--limit', text, 1, 10_000), 50)
    .action(async (words: string[], options: Common & { limit: number }) => {
      await withClient(options, async (client, call, common) => {
        const text = words.join(' ');
        const found = await client.query('search.query', { text, limit: Math.min(200, options.limit) }, call).catch((thrown: unknown) => {
          if (common.json !== true) pointAt(text, thrown);
          throw thrown;
        });
        if (common.json === true) {
          printJson(found);
          return;
        }
        printTable(found.items.map((hit) => ({ kind: hit.kind, name: hitLabel(hit), detail: hitDetail(hit) })), ['kind', 'name', 'detail']);
        if (found.total > found.items.length) printLine(`… ${found.totalIsExact ? '' : 'more than '}${found.total} in all.`);
      });
    });

  const lineage = command('lineage', 'what came from what: show, path, impact, stale, diff, common, link, unlink, import');
  addLineageCommands(lineage, withClient, wholeNumber);

  command('history', 'what happened, newest first')
    .argument('[address]', 'only of this thing')
    .option('--limit <number>', 'at most so many', (text) => wholeNumber('--limit', text, 1, 1000), 50)
    .action(async (address: string | undefined, options: Common & { limit: number }) => {
      await withClient(options, async (client, call, common) => {
        const found = address === undefined ? null : await resolve(client, address);
        const events = await client.query('history.list', { limit: options.limit, ...(found === null ? {} : { object: { kind: found.object.kind, id: found.object.id } }) }, call);
        if (common.json === true) printJson(events.items);
        else printTable(events.items.map((event) => ({ at: event.at, who: event.actor.username, through: event.entrance, what: event.kind, on: event.subject.label, why: event.message })), ['at', 'who', 'through', 'what', 'on', 'why']);
      });
    });

  addAuditCommands(command('audit', 'the history’s own integrity: verify, head, sign, heads, export'), withClient);

  addRetentionCommands(command, withClient);
  addExchangeCommands(command, withClient);
  addRunCommands(command, withClient);
  addSyncCommands(command, withClient);
  addBytesCommands(command, withClient);
  addKeyCommands(command, withClient);
  addAccountCommands(command, withClient);
  addCurationCommands(command, withClient, wholeNumber);
  addApprovalCommands(command, withClient, wholeNumber);
  addScanCommand(command, withClient);
  addAutomationCommands(command, withClient, wholeNumber);
  addPipelineCommands(command, withClient, wholeNumber);

  command('sample', 'fill an empty catalog with the sample')
    .action(async (options: Common) => {
      await withClient(options, async (client, call, common) => {
        const { output } = await client.execute('catalog.addSample', {}, call);
        if (common.json === true) printJson(output);
        else printLine(`Added ${output.registries} registries, ${output.collections} collections, ${output.versions} versions, ${output.runs} runs.`);
      });
    });

  command('restore', 'put the newest good backup in place of the catalog, which is kept beside it')
    .action(async (options: Common) => {
      await withClient(options, async (client, call, common) => {
        const { output } = await client.execute('catalog.restoreBackup', {}, call);
        if (common.json === true) printJson(output);
        else printLine(`Restored from ${plain(output.file)}.`);
      });
    });

  command('doctor', 'check the catalog, the store and their folder')
    .option('--deep', 'also read every stored byte')
    .action(async (options: Common & { deep?: boolean }) => {
      await withClient(options, async (client, call, common) => {
        const { findings } = await client.query('catalog.doctor', { deep: options.deep ?? false }, call);
        if (common.json === true) printJson({ findings });
        else for (const finding of findings) printLine(`${finding.verdict.padEnd(7)}  ${finding.check}: ${plain(finding.detail)}${finding.advice === null ? '' : ` ${plain(finding.advice)}`}`);
        if (findings.some((finding) => finding.verdict === 'broken')) process.exitCode = 6;
      });
    });

  return program;
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) throw new CommanderError(2, 'vitrine.number', `${name} takes a whole number from ${least} to ${most}.`);
  return value;
}

/** Under a search that can't be read, marks of the spot. */
function pointAt(text: string, thrown: unknown): void {
  if (!isVitrineError(thrown) || thrown.code !== 'query_invalid') return;
  const { offset, length } = thrown.details;
  if (typeof offset !== 'number' || typeof length !== 'number') return;
  process.stderr.write(`${plain(text)}\n${' '.repeat(offset)}${'^'.repeat(Math.max(1, length))}\n`);
}

function projectOf(text: string): { entity?: string; name: string } {
  const slash = text.indexOf('/');
  return slash < 0 ? { name: text } : { entity: text.slice(0, slash), name: text.slice(slash + 1) };
}

/** Checked here already: on the way to another process an infinity would turn into null. */
function metadataOf(text: string | undefined): Record<string, unknown> {
  if (text === undefined) return {};
  const verdict = parseMetadata(text);
  if (!verdict.ok) throw new VitrineError('bad_input', { details: { violation: verdict.violation, explanation: `--metadata: ${explainViolation(verdict.violation)}` } });
  return { ...verdict.value.value };
}

async function runOf(client: CoreClient, address: string): Promise<RunId> {
  const [entity, project, runId] = address.split('/');
  if (entity === undefined || project === undefined || runId === undefined) throw new VitrineError('bad_input', { details: { explanation: '--run takes entity/project/run.' } });
  return (await client.query('runs.get', { entity, project, runId })).id;
}

async function aliasTargetOf(client: CoreClient, address: string) {
  const { versionId, linkId } = await resolveVersion(client, address);
  return linkId === null ? ({ kind: 'version', id: versionId } as const) : ({ kind: 'link', id: linkId } as const);
}

async function list(client: CoreClient, address: string | undefined, limit: number, common: Common, call: CallOptions): Promise<void> {
  const show = (items: readonly unknown[], rows: readonly Readonly<Record<string, string | number | null>>[], columns: readonly string[]): void => {
    if (common.json === true) printJson(items);
    else printTable(rows, columns);
  };
  if (address === undefined) {
    const { items } = await client.query('registries.list', {}, call);
    show(items, items.map((item) => ({ registry: item.name, collections: item.collectionCount, links: item.linkCount, types: item.acceptedTypes?.join(', ') ?? 'all', role: item.role })), ['registry', 'collections', 'links', 'types', 'role']);
    return;
  }
  if (address === 'projects') {
    const items = await allPages(limit, (page) => client.query('projects.list', page, call));
    show(items, items.map((item) => ({ project: `${item.entity}/${item.name}`, artifacts: item.artifactCount, versions: item.versionCount, runs: item.runCount, updated: item.updatedAt })), ['project', 'artifacts', 'versions', 'runs', 'updated']);
    return;
  }
  const { object } = await resolve(client, address);
  switch (object.kind) {
    case 'registry': {
      const items = await allPages(limit, (page) => client.query('collections.list', { registryId: object.id as never, ...page }, call));
      show(items, items.map((item) => ({ collection: item.name, type: item.type, links: item.linkCount, aliases: item.aliases.map((alias) => `${alias.name}=v${alias.index}`).join(' '), updated: item.updatedAt })), ['collection', 'type', 'links', 'aliases', 'updated']);
      return;
    }
    case 'collection': {
      const items = await allPages(limit, (page) => client.query('links.list', { collectionId: object.id as never, ...page }, call));
      show(items, items.map((item) => ({ link: `v${item.index}`, aliases: item.aliases.map((alias) => alias.name).join(' '), source: `${item.version.entity}/${item.version.project}/${item.version.artifact}:v${item.version.index}`, size: formatSize(item.version.size), linked: item.linkedAt, by: item.linkedBy.username })), ['link', 'aliases', 'source', 'size', 'linked', 'by']);
      return;
    }
    case 'project': {
      const items = await allPages(limit, (page) => client.query('artifacts.list', { projectId: object.id as never, ...page }, call));
      show(items, items.map((item) => ({ artifact: item.name, type: item.type, versions: item.versionCount, updated: item.updatedAt })), ['artifact', 'type', 'versions', 'updated']);
      return;
    }
    case 'artifact': {
      const items = await allPages(limit, (page) => client.query('versions.list', { artifactId: object.id as never, sort: 'index', ...page }, call));
      show(items, items.map((item) => ({ version: `v${item.index}`, aliases: item.aliases.map((alias) => alias.name).join(' '), tags: item.tags.join(' '), size: formatSize(item.size), files: item.fileCount, digest: item.digest.slice(0, 8), created: item.createdAt })), ['version', 'aliases', 'tags', 'size', 'files', 'digest', 'created']);
      return;
    }
    default: {
      const { versionId } = await resolveVersion(client, address);
      const items = await allPages(limit, (page) => client.query('versions.manifest', { id: versionId, ...page }, call));
      show(items, items.map((item) => ({ path: item.path, size: item.size, sha256: item.sha256 ?? item.reference })), ['path', 'size', 'sha256']);
    }
  }
}

async function allPages<Item>(limit: number, ask: (page: { readonly limit: number; readonly cursor?: string }) => Promise<{ readonly items: readonly Item[]; readonly nextCursor: string | null }>): Promise<readonly Item[]> {
  const all: Item[] = [];
  let cursor: string | null = null;
  do {
    const page = await ask({ limit: Math.min(1000, limit - all.length), ...(cursor === null ? {} : { cursor }) });
    all.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && all.length < limit);
  return all;
}

async function detailOf(client: CoreClient, address: string, call: CallOptions): Promise<Readonly<Record<string, unknown>>> {
  const found = await resolve(client, address);
  const id = found.object.id as never;
  switch (found.object.kind) {
    case 'registry':
      return client.query('registries.get', { id }, call);
    case 'collection':
      return client.query('collections.get', { id }, call);
    case 'project':
      return client.query('projects.get', { id }, call);
    case 'artifact':
      return client.query('artifacts.get', { id }, call);
    case 'run':
      return client.query('runs.get', { id }, call);
    case 'link': {
      const link = await client.query('links.get', { id }, call);
      return { ...(await client.query('versions.get', { id: link.version.id }, call)), link: { registry: link.registry, collection: link.collection, index: link.index, aliases: link.aliases, note: link.note, linkedAt: link.linkedAt } };
    }
    case 'version':
      return client.query('versions.get', { id }, call);
    default:
      throw new VitrineError('bad_input', { details: { explanation: `“${address}” has no page of its own.` } });
  }
}

type Hit = SearchHit;

function hitLabel(hit: Hit): string {
  switch (hit.kind) {
    case 'version':
      return `${hit.version.entity}/${hit.version.project}/${hit.version.artifact}:v${hit.version.index}`;
    case 'artifact':
      return `${hit.artifact.entity}/${hit.artifact.project}/${hit.artifact.name}`;
    case 'collection':
      return `wandb-registry-${hit.collection.registry}/${hit.collection.name}`;
    case 'registry':
      return `wandb-registry-${hit.registry.name}`;
    case 'run':
      return `${hit.run.entity}/${hit.run.project}/${hit.run.runId}`;
    case 'project':
      return `${hit.project.entity}/${hit.project.name}`;
  }
}

function hitDetail(hit: Hit): string {
  if (hit.snippet !== null) return hit.snippet;
  switch (hit.kind) {
    case 'version':
      return [...hit.version.aliases.map((alias) => alias.name), ...hit.version.tags.map((tag) => `#${tag}`)].join(' ');
    case 'artifact':
      return `${hit.artifact.type}, ${counted(hit.artifact.versionCount, 'version')}`;
    case 'collection':
      return `${hit.collection.type}, ${counted(hit.collection.linkCount, 'link')}`;
    case 'registry':
      return counted(hit.registry.collectionCount, 'collection');
    case 'run':
      return `${hit.run.displayName}, ${hit.run.state}`;
    case 'project':
      return `${hit.project.artifactCount} artifacts`;
  }
}
