/** `vitrine scan`: what a version's files could do to whoever loads them. */
import type { Command } from 'commander';
import type { Common, WithClient } from './common.ts';
import { exitCodes } from './exitCodes.ts';
import { plain, printJson, printLine, printTable } from './print.ts';
import { resolveVersion } from './resolve.ts';

/** Adds `vitrine scan`. */
export function addScanCommand(command: (name: string, description: string) => Command, withClient: WithClient): void {
  command('scan', 'look for what would run when a version’s files are loaded, without loading them; exit code 5 when there is a danger')
    .argument('<version>', 'the version, e.g. project/artifact:v3')
    .option('--strict', 'exit code 5 for what nobody can vouch for, too')
    .option('--last', 'only what the last scan found')
    .action(async (address: string, options: Common & { strict?: boolean; last?: boolean }) => {
      await withClient(options, async (client, call, common) => {
        const { versionId } = await resolveVersion(client, address);
        const scan = options.last === true ? (await client.query('scans.get', { versionId }, call)).scan : (await client.execute('scans.run', { versionId }, call)).output;
        if (common.json === true) printJson(scan);
        else if (scan === null) printLine('Not scanned yet.');
        else {
          if (scan.findings.length > 0) printTable(scan.findings.map((finding) => ({ severity: finding.severity, what: `${finding.kind} ${plain(finding.subject)}`, file: finding.inside === null ? finding.path : `${finding.path}!${finding.inside}`, why: finding.detail })), ['severity', 'what', 'file', 'why']);
          printLine(`${scan.state === 'clean' ? 'Clean' : scan.state === 'caution' ? 'Caution' : 'Danger'}: ${scan.files} files, ${scan.loadable} of them with something that runs when loaded, ${scan.imports} imports seen.`);
        }
        if (scan?.state === 'danger' || (options.strict === true && scan?.state === 'caution')) process.exitCode = exitCodes.conflict;
      });
    });
}
