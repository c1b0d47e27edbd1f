/** What logging has open, and how it is begun: a drop, a menu, a button, a key. */
import { create } from 'zustand';
import { notify } from '../../app/api/index.ts';
import { bridge } from '../../app/bridge.ts';
import { whyNotNow } from '../../app/rights.ts';
import type { LinkDestination } from '../../app/drag/index.ts';

export type LogRequest = {
  readonly id: number;
  /** Absolute paths of files and folders. */
  readonly paths: readonly string[];
  readonly project: { readonly entity: string; readonly name: string } | null;
  /** Where the new version is linked at once, when it was dropped on a collection or a registry. */
  readonly destination: LinkDestination | null;
};

export const useLogging = create<{ readonly request: LogRequest | null }>(() => ({ request: null }));
let nextId = 1;

export type LogOptions = {
  readonly paths: readonly string[];
  readonly project?: { readonly entity: string; readonly name: string };
  readonly destination?: LinkDestination;
};

/** Asks once for name, type, project and the rest, then logs. */
export function openLogDialog({ paths, project, destination }: LogOptions): void {
  if (paths.length === 0) return;
  const reason = whyNotNow('versions.log', project === undefined ? 'somewhere' : { team: project.entity });
  if (reason !== null) {
    notify({ tone: 'danger', title: 'Nothing can be logged here', text: reason });
    return;
  }
  useLogging.setState({ request: { id: nextId++, paths, project: project ?? null, destination: destination ?? null } });
}

/** Lets a person choose files or a folder first. Nothing happens when they don't. */
export async function chooseAndLog(kind: 'files' | 'folder', options: Omit<LogOptions, 'paths'> = {}): Promise<void> {
  const paths = await bridge().openPathsDialog({ kind, title: kind === 'files' ? 'Choose files to log' : 'Choose a folder to log' });
  openLogDialog({ ...options, paths });
}

export function closeLogDialog(): void {
  useLogging.setState({ request: null });
}
