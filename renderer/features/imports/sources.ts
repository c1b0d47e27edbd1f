/** The ways in: what is asked for each, and which operation does it. */
import type { CommandName, CommandResult, ImportReport } from '#shared/contract/index.ts';
import { runCommand } from '../../app/api/index.ts';
import type { Where } from '../../app/rights.ts';
import type { ImportSource } from './store.ts';

export type ImportAnswers = { readonly path: string; readonly registry: string; readonly project: string; readonly dryRun: boolean };

export type SourceFacts = {
  /** What it comes to, and where one needs the right to it. */
  readonly needs: readonly [operation: CommandName, where: Where];
  readonly label: string;
  readonly hint: string;
  readonly placeholder: string;
  /** Of the system's dialog. */
  readonly title: string;
  readonly picks: 'files' | 'folder';
  readonly registry: boolean;
  readonly project: boolean;
  /** @throws VitrineError */
  readonly run: (answers: ImportAnswers) => Promise<CommandResult<ImportReport> | null>;
};

const quiet = (dryRun: boolean) => ({ toast: false, activity: dryRun ? 'Looking at what would be imported' : 'Importing' }) as const;

export const sources: Readonly<Record<ImportSource, SourceFacts>> = {
  bundle: {
    needs: ['imports.bundle', 'somewhere'],
    label: 'Bundle file', hint: 'One that another Vitrine wrote: every digest is checked before anything of it stands here.', placeholder: '/home/…/release.vitrine', title: 'A bundle', picks: 'files', registry: false, project: false,
    run: ({ path, dryRun }) => runCommand('imports.bundle', { file: path, dryRun }, quiet(dryRun)),
  },
  legacy: {
    needs: ['imports.legacyRegistry', 'organization'],
    label: 'Export of the model registry', hint: 'The JSON of a team’s model-registry project; its versions must be in this catalog.', placeholder: '/home/…/model-registry.json', title: 'An export of the model registry', picks: 'files', registry: true, project: false,
    run: ({ path, registry, dryRun }) => runCommand('imports.legacyRegistry', { source: { kind: 'file', path }, registry: { name: registry }, dryRun }, quiet(dryRun)),
  },
  gto: {
    needs: ['imports.gto', 'somewhere'],
    label: 'Git repository', hint: 'Tags such as name@v1.0.0 become versions, name#stage becomes an alias.', placeholder: '/home/…/models', title: 'A git repository with GTO tags', picks: 'folder', registry: true, project: true,
    run: ({ path, registry, project, dryRun }) => runCommand('imports.gto', { repository: path, registry: { name: registry }, project: { name: project }, dryRun }, quiet(dryRun)),
  },
  mlruns: {
    needs: ['imports.mlruns', 'somewhere'],
    label: 'Folder mlruns', hint: 'Experiments become projects, runs come with parameters and metrics, registered models become collections.', placeholder: '/home/…/mlruns', title: 'A folder mlruns', picks: 'folder', registry: true, project: false,
    run: ({ path, registry, dryRun }) => runCommand('imports.mlruns', { folder: path, registry: { name: registry }, dryRun }, quiet(dryRun)),
  },
};
