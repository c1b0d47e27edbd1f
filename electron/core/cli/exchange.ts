/** `vitrine export` and `vitrine import`: bundles from one Vitrine to another, and what other tools kept. */
import path from 'node:path';
import type { Command } from 'commander';
import { VitrineError, type CallOptions, type ImportReport } from '#shared/contract/index.ts';
import { subcommand, type Common, type WithClient } from './common.ts';
import { counted, formatSize, plain, printJson, printLine } from './print.ts';
import { resolve } from './resolve.ts';

type MakeCommand = (name: string, description: string) => Command;

export function addExchangeCommands(command: MakeCommand, withClient: WithClient): void {
  command('export', 'write versions, collections or registries with bytes and history into one file')
    .argument('<file>', 'the bundle to write')
    .argument('<addresses...>', 'versions, collections, registries')
    .option('--overwrite', 'replace the file')
    .option('--dry-run', 'only say what would be written')
    .action(async (file: string, addresses: string[], options: Common & { overwrite?: boolean; dryRun?: boolean }) => {
      await withClient(options, async (client, call, common) => {
        const chosen = { versionIds: [] as number[], collectionIds: [] as number[], registryIds: [] as number[] };
        for (const address of addresses) {
          const found = await resolve(client, address);
          if (found.versionId !== null) chosen.versionIds.push(found.versionId);
          else if (found.object.kind === 'collection') chosen.collectionIds.push(found.object.id);
          else if (found.object.kind === 'registry') chosen.registryIds.push(found.object.id);
          else throw new VitrineError('bad_input', { details: { explanation: `Versions, collections and registries can be exported; “${address}” is ${found.object.kind === 'artifact' ? 'an artifact: name its versions' : `a ${found.object.kind}`}.` } });
        }
        const { output } = await client.execute('bundles.export', { ...(chosen as object), file: path.resolve(file), overwrite: options.overwrite ?? false, dryRun: options.dryRun ?? false }, call);
        if (common.json === true) printJson(output);
        else printLine(`${output.dryRun ? 'Would write' : 'Wrote'} ${counted(output.versions, 'version')}, ${counted(output.links, 'link')}, ${counted(output.events, 'event')}, ${formatSize(output.bytes)}, to ${plain(output.file)}.`);
      });
    });

  const imports = command('import', 'bring in what is elsewhere: bundle, mlruns, gto, legacy');
  const under = (name: string, description: string): Command =>
    subcommand(imports, name, description).option('--dry-run', 'check everything and say what would be taken, but write nothing');
  const bring = async (options: Common & { dryRun?: boolean }, work: (client: Parameters<Parameters<WithClient>[1]>[0], call: CallOptions, dryRun: boolean) => Promise<{ readonly output: ImportReport }>): Promise<void> => {
    await withClient({ ...imports.opts<Common>(), ...options }, async (client, call, common) => {
      const { output } = await work(client, call, options.dryRun ?? false);
      if (common.json === true) printJson(output);
      else printReport(output);
      if (output.skipped > 0) process.exitCode = 5;
    });
  };

  under('bundle', 'a file that “vitrine export” wrote; every digest is checked first')
    .argument('<file>')
    .option('--project <project>', 'put its versions into this project')
    .option('--registry <name>', 'put its links into this registry')
    .action(async (file: string, options: Common & { dryRun?: boolean; project?: string; registry?: string }) => {
      await bring(options, (client, call, dryRun) => client.execute('imports.bundle', {
        file: path.resolve(file), dryRun, ...(options.project === undefined ? {} : { project: projectOf(options.project) }), ...(options.registry === undefined ? {} : { registry: { name: options.registry } }),
      }, call));
    });
  under('mlruns', 'a folder “mlruns” of MLflow: experiments, runs, registered models')
    .argument('<folder>')
    .option('--registry <name>', 'the registry that takes the registered models', 'Models')
    .option('--team <name>', 'the team whose projects the experiments become')
    .action(async (folder: string, options: Common & { dryRun?: boolean; registry: string; team?: string }) => {
      await bring(options, (client, call, dryRun) => client.execute('imports.mlruns', { folder: path.resolve(folder), registry: { name: options.registry }, dryRun, ...(options.team === undefined ? {} : { entity: options.team }) }, call));
    });
  under('gto', 'the GTO tags of a git repository (name@v1.0.0, name#stage)')
    .argument('<repository>')
    .option('--registry <name>', 'the registry that takes the artifacts', 'Models')
    .option('--project <project>', 'the project that takes their versions', 'gto')
    .action(async (repository: string, options: Common & { dryRun?: boolean; registry: string; project: string }) => {
      await bring(options, (client, call, dryRun) => client.execute('imports.gto', { repository: path.resolve(repository), registry: { name: options.registry }, project: projectOf(options.project), dryRun }, call));
    });
  under('legacy', 'W&B’s legacy model registry: a project of this catalog such as team/model-registry, or an export file (JSON)')
    .argument('<source>', 'a project’s address, or a file')
    .requiredOption('--registry <name>', 'the registry that takes it')
    .action(async (source: string, options: Common & { dryRun?: boolean; registry: string }) => {
      await bring(options, async (client, call, dryRun) => {
        const isFile = source.endsWith('.json');
        const found = isFile ? null : (await resolve(client, source)).object;
        if (found !== null && found.kind !== 'project') throw new VitrineError('bad_input', { details: { explanation: `“${source}” is a ${found.kind}; it takes a project, or a file that ends in .json.` } });
        return client.execute('imports.legacyRegistry', { source: found === null ? { kind: 'file', path: path.resolve(source) } : { kind: 'project', id: found.id as never }, registry: { name: options.registry }, dryRun }, call);
      });
    });
}

function projectOf(text: string): { entity?: string; name: string } {
  const slash = text.indexOf('/');
  return slash < 0 ? { name: text } : { entity: text.slice(0, slash), name: text.slice(slash + 1) };
}

function printReport(report: ImportReport): void {
  printLine(`${report.dryRun ? 'Would take' : 'Took'} ${report.taken} (${formatSize(report.bytes)}), ${report.same} were here already, ${report.skipped} skipped.`);
  for (const item of report.items) {
    if (item.outcome === 'same' && item.why === null) continue;
    printLine(`  ${item.outcome === 'skipped' ? 'skipped' : report.dryRun ? 'would take' : 'took'}  ${item.kind} ${plain(item.source)}${item.target === null ? '' : ` → ${plain(item.target)}`}${item.why === null ? '' : `: ${plain(item.why)}`}`);
  }
  if (report.more) printLine('  … and more.');
}
