/**
 * GTO: a registry kept as tags of a git repository. `name@v1.2.3` registers a version, `name@v1.2.3!` takes it back, `name#stage` (with `#N`
 * behind it) puts the version that stands at that commit into a stage, `name#stage!` takes it out, `name@deprecated` retires the artifact.
 * Read with the git program, given its arguments as a list; nothing of the repository is run: hooks and helpers play no part in reading.
 */
import { execFile, spawn } from 'node:child_process';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import { VitrineError, type CheckedInputOf } from '#shared/contract/index.ts';
import { checkAlias, checkManifestPaths, explainViolation } from '#shared/domain/index.ts';
import { entriesOfIngested } from '../log.ts';
import type { Importing, LinkWish } from './steps.ts';

const outputLimit = 256 * 1024 * 1024;

/** Only what is asked, nothing from the repository's own settings that could start a program. */
const safely = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-c', 'protocol.allow=never', '--no-pager', '--no-optional-locks'];
const environment = () => ({ ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1', LC_ALL: 'C' });

async function git(repository: string, args: readonly string[], signal: AbortSignal): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    execFile('git', [...safely, '-C', repository, ...args], { encoding: 'buffer', maxBuffer: outputLimit, signal, env: environment(), windowsHide: true }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if (signal.aborted) reject(new VitrineError('cancelled', { details: {} }));
      else if (error.code === 'ENOENT') reject(new VitrineError('blocked', { details: { explanation: 'The program “git” is not installed here.' } }));
      else reject(new VitrineError('bad_input', { details: { explanation: `git: ${stderr.toString('utf8').trim().split('\n').at(-1) ?? error.message}` }, cause: error }));
    });
  });
}

/** The content of a blob as it comes, without holding it whole. */
async function* blob(repository: string, id: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const child = spawn('git', [...safely, '-C', repository, 'cat-file', 'blob', id], { stdio: ['ignore', 'pipe', 'ignore'], signal, env: environment(), windowsHide: true });
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', resolve);
    child.once('error', () => resolve(-1));
  });
  for await (const piece of child.stdout) yield piece as Uint8Array;
  if ((await ended) !== 0) throw new VitrineError(signal.aborted ? 'cancelled' : 'file_unreadable', { details: { path: id, reason: 'git could not read it' } });
}

export type GtoTag = { readonly name: string; readonly commit: string; readonly at: number; readonly by: string; readonly message: string } & (
  | { readonly act: 'register' | 'deregister'; readonly version: string }
  | { readonly act: 'assign' | 'unassign'; readonly stage: string; readonly counter: number | null }
  | { readonly act: 'deprecate' }
);

const artifact = String.raw`(?<name>[a-zA-Z0-9][a-zA-Z0-9_./:=-]*?)`;
const registration = new RegExp(String.raw`^${artifact}@(?<version>v\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)(?<back>!)?(?:#\d+)?$`);
const deprecation = new RegExp(String.raw`^${artifact}@deprecated(?:#\d+)?$`);
const assignment = new RegExp(String.raw`^${artifact}#(?<stage>[a-z][a-z0-9-]*)(?<back>!)?(?:#(?<counter>\d+))?$`);

/** Null for a tag that is none of GTO's. */
export function parseGtoTag(tag: string, facts: { readonly commit: string; readonly at: number; readonly by: string; readonly message: string }): GtoTag | null {
  const registered = registration.exec(tag)?.groups;
  if (registered !== undefined) return { ...facts, name: registered['name']!, act: registered['back'] === undefined ? 'register' : 'deregister', version: registered['version']! };
  const deprecated = deprecation.exec(tag)?.groups;
  if (deprecated !== undefined) return { ...facts, name: deprecated['name']!, act: 'deprecate' };
  const assigned = assignment.exec(tag)?.groups;
  if (assigned === undefined) return null;
  return { ...facts, name: assigned['name']!, act: assigned['back'] === undefined ? 'assign' : 'unassign', stage: assigned['stage']!, counter: assigned['counter'] === undefined ? null : Number(assigned['counter']) };
}

type Registered = { readonly version: string; readonly commit: string; readonly at: number; readonly by: string; readonly message: string };
type Registry = ReadonlyMap<string, { readonly versions: readonly Registered[]; readonly stages: ReadonlyMap<string, string>; readonly deprecated: boolean }>;

/** What stands after all tags: versions in the order in which they were registered, and the version in each stage. */
export function standOf(tags: readonly GtoTag[]): Registry {
  const registry = new Map<string, { versions: Registered[]; stages: Map<string, string>; deprecated: boolean }>();
  // The counter says which came later where two tags have one time.
  const order = tags.toSorted((left, right) => left.at - right.at || counterOf(left) - counterOf(right));
  for (const tag of order) {
    let one = registry.get(tag.name);
    if (one === undefined) registry.set(tag.name, (one = { versions: [], stages: new Map(), deprecated: false }));
    switch (tag.act) {
      case 'register':
        one.versions.push({ version: tag.version, commit: tag.commit, at: tag.at, by: tag.by, message: tag.message });
        one.deprecated = false;
        break;
      case 'deregister':
        one.versions = one.versions.filter((version) => version.version !== tag.version);
        for (const [stage, version] of one.stages) if (version === tag.version) one.stages.delete(stage);
        break;
      case 'assign': {
        const version = one.versions.findLast((candidate) => candidate.commit === tag.commit);
        if (version !== undefined) one.stages.set(tag.stage, version.version);
        break;
      }
      case 'unassign':
        one.stages.delete(tag.stage);
        break;
      case 'deprecate':
        one.deprecated = true;
        break;
    }
  }
  return registry;
}

function counterOf(tag: GtoTag): number {
  return tag.act === 'assign' || tag.act === 'unassign' ? (tag.counter ?? 0) : 0;
}

async function readTags(repository: string, signal: AbortSignal): Promise<{ readonly tags: readonly GtoTag[]; readonly others: readonly string[] }> {
  // Fields end with NUL, which no name, person or message can hold.
  const format = ['%(refname:strip=2)', '%(objectname)', '%(*objectname)', '%(creatordate:unix)', '%(taggername)', '%(contents:subject)', ''].join('%00');
  const fields = (await git(repository, ['for-each-ref', `--format=${format}`, 'refs/tags'], signal)).toString('utf8').split('\0');
  const tags: GtoTag[] = [];
  const others: string[] = [];
  for (let at = 0; at + 6 <= fields.length; at += 6) {
    const [name = '', object = '', target = '', time = '', by = '', message = ''] = fields.slice(at, at + 6);
    const refname = name.replace(/^\n/, '');
    const tag = parseGtoTag(refname, { commit: target === '' ? object : target, at: Number(time), by, message });
    if (tag === null) others.push(refname);
    else tags.push(tag);
  }
  return { tags, others };
}

type Annotation = { readonly type: string | null; readonly path: string | null; readonly description: string; readonly labels: readonly string[] };

/** What `artifacts.yaml` said of an artifact at that commit. */
async function annotationOf(repository: string, commit: string, name: string, signal: AbortSignal): Promise<Annotation> {
  const nothing: Annotation = { type: null, path: null, description: '', labels: [] };
  const folder = /^(.+)[:=]([^:=]+)$/.exec(name);
  const file = folder === null ? 'artifacts.yaml' : `${folder[1]}/artifacts.yaml`;
  const text = await git(repository, ['show', `${commit}:${file}`], signal).catch((thrown: VitrineError) => {
    if (thrown.code === 'bad_input') return null;
    throw thrown;
  });
  if (text === null || text.length > 1024 * 1024) return nothing;
  let read: unknown;
  try {
    read = parse(text.toString('utf8'), { maxAliasCount: 0 });
  } catch {
    return nothing;
  }
  const key = folder?.[2] ?? name;
  const one = typeof read === 'object' && read !== null && Object.hasOwn(read, key) ? ((read as Record<string, unknown>)[key] as Record<string, unknown> | null) : null;
  if (typeof one !== 'object' || one === null) return nothing;
  const word = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
  const at = word(one['path']);
  return {
    type: word(one['type']), path: at === null || folder === null ? at : `${folder[1]}/${at}`, description: word(one['description']) ?? '',
    labels: Array.isArray(one['labels']) ? one['labels'].filter((label): label is string => typeof label === 'string') : [],
  };
}

type Blob = { readonly path: string; readonly id: string; readonly size: number };

async function blobsAt(repository: string, commit: string, at: string, signal: AbortSignal): Promise<readonly Blob[]> {
  const text = (await git(repository, ['ls-tree', '-r', '-l', '-z', '--full-tree', commit, '--', at], signal)).toString('utf8');
  return text.split('\0').flatMap((line) => {
    // Links and other repositories inside are left out: only plain files have content here.
    const match = /^100(?:644|755) blob ([0-9a-f]{40,64}) +(\d+)\t(.+)$/su.exec(line);
    return match === null ? [] : [{ id: match[1]!, size: Number(match[2]), path: match[3]! }];
  });
}

export async function importGto(importing: Importing, input: CheckedInputOf<'imports.gto'>) {
  const { context } = importing;
  const repository = path.resolve(input.repository);
  if (!path.isAbsolute(input.repository)) throw new VitrineError('path_invalid', { details: { path: input.repository, explanation: `“${input.repository}” is not an absolute path.` } });
  if ((await stat(repository).catch(() => null))?.isDirectory() !== true) throw new VitrineError('not_found', { details: { kind: 'folder', label: repository } });
  const { tags, others } = await readTags(repository, context.signal);
  for (const tag of others) importing.log.note('tag', tag, 'skipped', null, 'It is no tag of GTO.');
  const stand = standOf(tags);
  const registry = stand.size === 0 ? null : await importing.registry(input.registry.name);
  let done = 0;
  for (const [name, one] of stand) {
    importing.progress('artifacts', (done += 1), stand.size, name);
    if (registry === null && !input.dryRun) break;
    if (one.deprecated) {
      importing.log.note('collection', name, 'skipped', null, 'It is deprecated.');
      continue;
    }
    if (one.versions.length === 0) {
      importing.log.note('collection', name, 'skipped', null, 'No version of it is registered any more.');
      continue;
    }
    const links: LinkWish[] = [];
    let latest: Annotation | null = null;
    for (const version of one.versions) {
      const taken = await importing.attempt('version', `${name}@${version.version}`, async () => {
        latest = await annotationOf(repository, version.commit, name, context.signal);
        return { made: await takeVersion(importing, repository, name, version, latest, input.project) };
      });
      if (taken === null || (taken.made === null && !input.dryRun)) continue;
      const stages = [...one.stages].filter(([, at]) => at === version.version).map(([stage]) => stage);
      links.push({ source: `${name}@${version.version}`, versionId: taken.made?.id ?? null, aliases: [version.version, ...stages].filter((alias) => checkAlias(alias).ok), note: version.message });
    }
    const known = latest as Annotation | null;
    await importing.links(registry, input.registry.name, { source: name, name: name.replaceAll(/[/:=]/g, '-'), type: known?.type ?? 'model', description: known?.description ?? '', tags: [...(known?.labels ?? [])].filter((label) => /^[-\w]+( +[-\w]+)*$/.test(label)) }, links);
  }
  return await importing.finish(`GTO tags of ${path.basename(repository)}`);
}

async function takeVersion(importing: Importing, repository: string, name: string, version: Registered, annotation: Annotation, project: CheckedInputOf<'imports.gto'>['project']): Promise<{ readonly id: number } | null> {
  const { signal } = importing.context;
  const blobs = annotation.path === null ? [] : await blobsAt(repository, version.commit, annotation.path, signal);
  const base = annotation.path ?? '';
  const inside = (at: string): string => (at === base ? path.posix.basename(at) : at.slice(base.replace(/\/+$/, '').length + 1));
  const facts = { name, version: version.version, commit: version.commit, registeredAt: new Date(version.at * 1000).toISOString(), registeredBy: version.by, path: annotation.path };
  // What lies elsewhere (DVC, a bucket) is not in git: then the version is what git knows of it.
  const note = Buffer.from(`${JSON.stringify(facts, null, 2)}\n`);
  const files = blobs.length === 0
    ? [{ path: 'gto.json', size: note.length, content: (async function* () { yield note; })() }]
    : blobs.map((one) => ({ path: inside(one.path), size: one.size, content: blob(repository, one.id, signal) }));
  const paths = checkManifestPaths(files.map((file) => file.path));
  if (!paths.ok) throw new VitrineError('path_invalid', { details: { violation: paths.violation, explanation: explainViolation(paths.violation) } });
  const source = `${name}@${version.version}`;
  if (importing.dryRun) {
    importing.log.note('version', source, 'taken', `${project.name}/${name.replaceAll(/[^a-zA-Z0-9_\-.]/g, '-')}`);
    importing.log.bytes += files.reduce((sum, file) => sum + file.size, 0);
    return null;
  }
  const entries = entriesOfIngested(await importing.rooms.store.ingest(files, { signal }));
  return await importing.version({
    source, project, artifact: name.replaceAll(/[^a-zA-Z0-9_\-.]/g, '-'), type: annotation.type ?? 'model', description: annotation.description, metadata: { gto: facts }, aliases: [], tags: [], entries,
  });
}
