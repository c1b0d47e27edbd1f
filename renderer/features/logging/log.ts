/** Logging itself: one version of everything, or one per folder; linked afterwards where that was wished. */
import type { CollectionId, OutputOf, Progress, UndoOffer } from '#shared/contract/index.ts';
import { formatBytes, formatCount, formatQuantity } from '../../ui/index.ts';
import { ask, beginActivity, core, notify, notifyFailure, runCommand, undoAction, undoAllOffered, undoKey } from '../../app/api/index.ts';
import type { LinkDestination } from '../../app/drag/index.ts';
import { navigate, placeOf } from '../../app/routes/index.ts';
import { distinctNames } from './names.ts';

export type LogForm = {
  readonly name: string;
  readonly type: string;
  readonly project: { readonly entity: string | undefined; readonly name: string };
  readonly aliases: readonly string[];
  readonly tags: readonly string[];
  readonly description: string;
};

type Logged = OutputOf<'versions.log'>;
type Watch = { readonly signal: AbortSignal; readonly onProgress: (progress: Progress) => void };

function inputOf(form: LogForm, paths: readonly string[], name: string) {
  return {
    paths: [...paths],
    project: form.project.entity === undefined ? { name: form.project.name } : { entity: form.project.entity, name: form.project.name },
    artifact: name,
    type: form.type,
    description: form.description,
    aliases: [...form.aliases],
    tags: [...form.tags],
  };
}

/**
 * Logs everything as one version and says so.
 * @throws VitrineError
 */
export async function logTogether(form: LogForm, paths: readonly string[], destination: LinkDestination | null, watch: Watch): Promise<void> {
  const result = await runCommand('versions.log', inputOf(form, paths, form.name), { toast: false, activity: `Logging ${form.name}`, ...watch });
  if (result === null) return;
  const { output } = result;
  const open = { label: 'Open', onPress: () => void openVersion(output) };
  if (!output.created) {
    notify({ tone: 'neutral', title: `Nothing new: these bytes are ${form.name} v${output.index} already`, action: open });
  } else {
    notify({
      tone: 'good',
      title: `Logged ${form.name} v${output.index}`,
      text: `${formatQuantity(output.fileCount, 'file')}, ${formatBytes(output.size)}${output.newBytes < output.size ? `, of which ${formatBytes(output.newBytes)} were new to the store` : ''}.`,
      ...undoKey(result.undo),
      ...(result.undo === null ? { action: open } : { action: undoAction(result.undo), secondAction: open }),
    });
  }
  if (destination !== null) await linkLogged(output, form, destination);
}

async function linkLogged(logged: Logged, form: LogForm, { registry, collection }: LinkDestination): Promise<void> {
  await runCommand(
    'links.create',
    {
      versionIds: [logged.versionId],
      target: collection === null ? { kind: 'new_collection', registryId: registry.id, name: form.name } : { kind: 'collection', id: collection.id as CollectionId },
    },
    { done: `Linked ${form.name} v${logged.index} to ${registry.name} / ${collection?.name ?? form.name}` },
  );
}

async function openVersion(logged: Pick<Logged, 'versionId'>): Promise<void> {
  try {
    navigate(placeOf.version(await ask('versions.get', { id: logged.versionId })));
  } catch (thrown) {
    notifyFailure(thrown);
  }
}

/**
 * Logs each folder as an artifact of its own, one after the other. What was logged before a failure stays logged, and the toast says how far it came.
 * @throws VitrineError
 */
export async function logEach(form: LogForm, folders: readonly { readonly name: string; readonly path: string }[], watch: Watch): Promise<void> {
  const names = distinctNames(folders.map((folder) => folder.name));
  const abort = new AbortController();
  watch.signal.addEventListener('abort', () => abort.abort(), { once: true });
  const activity = beginActivity(`Logging ${formatQuantity(folders.length, 'folder')}`, () => abort.abort());
  let made = 0;
  let seen = 0;
  const offers: UndoOffer[] = [];
  try {
    for (const [index, folder] of folders.entries()) {
      const name = names[index] ?? folder.name;
      const { output, undo } = await core().execute('versions.log', inputOf(form, [folder.path], name), {
        signal: abort.signal,
        onProgress: (progress) => {
          const shown: Progress = { ...progress, current: `${name} (${index + 1} of ${folders.length})` };
          activity.progress(shown);
          watch.onProgress(shown);
        },
      });
      seen += 1;
      if (output.created) made += 1;
      if (undo !== null) offers.push(undo);
    }
    const open = { label: 'Open', onPress: () => void openProject(form) };
    const back = undoAllOffered(offers, `Log ${formatQuantity(made, 'version')}`);
    notify({
      tone: 'good',
      title: `Logged ${formatQuantity(made, 'version')} from ${formatQuantity(folders.length, 'folder')}`,
      ...(made === seen ? {} : { text: `${formatCount(seen - made)} were there already.` }),
      ...(back.action === undefined ? { action: open } : { ...back, secondAction: open }),
    });
  } catch (thrown) {
    if (seen > 0) notify({ tone: 'caution', title: `${formatCount(seen)} of ${formatQuantity(folders.length, 'folder')} were logged before it stopped`, ...undoAllOffered(offers, `Log ${formatQuantity(made, 'version')}`) });
    throw thrown;
  } finally {
    activity.end();
  }
}

async function openProject(form: LogForm): Promise<void> {
  const entity = form.project.entity ?? (await ask('catalog.status', {})).team.name;
  navigate(placeOf.project(entity, form.project.name));
}
