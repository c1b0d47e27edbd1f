/**
 * OpenLineage events into the catalog: jobs' runs as runs, datasets as versions that refer to them. The same events again find what they made
 * before and change nothing; so many of them are taken piece by piece, with other writes in between, and an import that was cut off is
 * finished by doing it again.
 */
import { createHash } from 'node:crypto';
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { manifestChunks, wandbManifestChunks } from '#shared/domain/index.ts';
import { ownProject, readOpenLineage, type ReadDataset, type ReadEvent } from '#shared/lineage/index.ts';
import { demand, projectObject } from '../access.ts';
import { bytesOf } from '../records/shared.ts';
import { artifactNamesOf, runRow, versionRow } from '../records/rows.ts';
import { projectSubject, runSubject, versionSubject } from '../records/subjects.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';
import type { UndoStep } from '../undo.ts';
import { ensureProject, insertRun, teamOf, updateRun } from './runs.ts';
import { commitVersion } from './versions.ts';

type Project = { readonly id: number; readonly entity: string; readonly name: string };

/** Clocks of other machines may be ahead of ours by this much. */
const aheadMilliseconds = 24 * 60 * 60 * 1000;

/** Reads and checks a text as a whole. Throws `bad_input` with the event and the spot; nothing was imported then. */
export function checkedEvents(text: string, now: number): { readonly events: readonly ReadEvent[]; readonly skipped: number } {
  const reading = readOpenLineage(text);
  if (!reading.ok) {
    const where = [reading.event === null ? null : `event ${reading.event}`, reading.at === '' ? null : reading.at].filter((part) => part !== null).join(', ');
    throw new VitrineError('bad_input', { details: { event: reading.event, at: reading.at, explanation: `These OpenLineage events can’t be taken${where === '' ? '' : ` (${where})`}: ${reading.problem}. Nothing was imported.` } });
  }
  const late = reading.events.find((event) => event.at > now + aheadMilliseconds);
  if (late !== undefined) throw new VitrineError('bad_input', { details: { at: 'eventTime', explanation: `An event of the run ${late.runId} lies in the future (${new Date(late.at).toISOString()}). Nothing was imported.` } });
  return reading;
}

/** All of it in one transaction: for as much as no other write has to wait long for. */
export function importOpenLineage(scope: CommandScope, input: CheckedInputOf<'lineage.import'>): OutputOf<'lineage.import'> {
  const reading = checkedEvents(input.text, scope.at);
  const importer = new Importer(scope, input.project);
  for (const event of reading.events) importer.take(event);
  tellImport(scope, { tally: importer.tally, projects: importer.projects, steps: [], cut: false });
  return importAnswer(reading, importer.tally);
}

export type ImportTally = { runsCreated: number; runsUpdated: number; versionsCreated: number; edgesCreated: number };
type ImportedProject = Project & { readonly producer: string };
export type ImportPiece = {
  /** Events that were taken, from the first on. */
  readonly taken: number;
  readonly tally: ImportTally;
  /** What came into which projects. */
  readonly projects: readonly ImportedProject[];
};

/** Takes events from the first on until `budget` milliseconds are over; at least one. What was taken stands. */
export function importPiece(scope: CommandScope, { events, project, budget }: { readonly events: readonly ReadEvent[]; readonly project?: CheckedInputOf<'lineage.import'>['project']; readonly budget: number }): ImportPiece {
  const importer = new Importer(scope, project);
  const until = performance.now() + budget;
  let taken = 0;
  do importer.take(events[taken++]!);
  while (taken < events.length && performance.now() < until);
  return { taken, tally: importer.tally, projects: importer.projects };
}

/** One event of the history per project that something came into. All of it is taken back as one act; what pieces of it noted of the way back comes as `steps`. */
export function tellImport(scope: CommandScope, { tally, projects, steps, cut }: Pick<ImportPiece, 'tally' | 'projects'> & { readonly steps: readonly UndoStep[]; /** It ended in the middle. */ readonly cut: boolean }): null {
  if (Object.values(tally).every((count) => count === 0)) return null;
  for (const { producer, ...project } of projects) {
    scope.record({ kind: 'lineage.imported', subject: projectSubject(project), before: null, after: { format: 'OpenLineage', producer, ...tally }, ...(scope.message === null ? { message: `OpenLineage events of ${producer}` } : {}) });
  }
  for (const step of steps) scope.inverse(step);
  scope.offerUndo(`Import of OpenLineage events${cut ? ', as far as it came' : ''}`);
  return null;
}

export function importAnswer({ events, skipped }: { readonly events: readonly unknown[]; readonly skipped: number }, tally: ImportTally): OutputOf<'lineage.import'> {
  const { runsCreated, runsUpdated, versionsCreated, edgesCreated } = tally;
  return { events: events.length, skipped, runsCreated, runsUpdated, versionsCreated, edgesCreated, unchanged: runsCreated + runsUpdated + versionsCreated + edgesCreated === 0 };
}

class Importer {
  readonly tally: ImportTally = { runsCreated: 0, runsUpdated: 0, versionsCreated: 0, edgesCreated: 0 };
  readonly #scope: CommandScope;
  readonly #into: Project | null;
  readonly #team: string;
  readonly #projects = new Map<string, Project>();
  readonly #told = new Map<number, { readonly project: Project; readonly producer: string }>();

  constructor(scope: CommandScope, into: { readonly entity?: string | undefined; readonly name: string } | undefined) {
    this.#scope = scope;
    this.#into = into === undefined ? null : ensureProject(scope, into);
    this.#team = teamOf(scope.db, undefined).name;
  }

  take(event: ReadEvent): void {
    // Rows carry the time at which things happened; the history keeps when, and by whom, they were imported.
    const scope: CommandScope = { ...this.#scope, at: Math.min(event.at, this.#scope.at), entrance: 'sync', message: this.#scope.message ?? `OpenLineage event of ${event.producer}` };
    const told: CommandScope = { ...scope, record: (one) => this.#scope.record({ ...one, message: one.message ?? scope.message }) };
    const project = this.#projectOf(told, event.namespace);
    if (!this.#told.has(project.id)) this.#told.set(project.id, { project, producer: event.producer });
    const runId = this.#run(told, project, event);
    for (const dataset of event.inputs) this.#use(told, runId, dataset);
    for (const dataset of event.outputs) this.#log(told, runId, event, dataset);
  }

  /** Projects that events were about, in their order, each with who told the first. */
  get projects(): readonly ImportedProject[] {
    return [...this.#told.values()].map(({ project, producer }) => ({ ...project, producer }));
  }

  #projectOf(scope: CommandScope, namespace: string): Project {
    if (this.#into !== null) return this.#into;
    const known = this.#projects.get(namespace);
    if (known !== undefined) return known;
    const ours = ownProject(namespace);
    const standing = ours === null ? undefined : scope.db.get<Project>(sql`
      SELECT p.id, t.name AS entity, p.name FROM projects p JOIN teams t ON t.id = p.team_id WHERE t.name = ${ours.entity} AND p.name = ${ours.project} AND p.deleted_at IS NULL`);
    if (standing !== undefined) demand(scope.asker, 'source.log', projectObject(scope.db, standing.id), { kind: 'project', label: namespace });
    const project = standing ?? ensureProject(scope, { entity: this.#team, name: fitting(namespace, /[^\p{L}\p{N}_. -]+/gu) });
    this.#projects.set(namespace, project);
    return project;
  }

  #run(scope: CommandScope, project: Project, event: ReadEvent): number {
    const { db } = scope;
    const ours = event.ownRunId !== null && ownProject(event.namespace) !== null ? event.ownRunId : event.runId;
    const standing = db.value<number>(sql`SELECT id FROM runs WHERE project_id = ${project.id} AND run_id = ${ours} AND deleted_at IS NULL`)
      ?? db.value<number>(sql`SELECT id FROM runs WHERE project_id = ${project.id} AND run_id = ${event.runId} AND deleted_at IS NULL`);
    const id = standing ?? insertRun(scope, project, {
      runId: event.runId, displayName: event.job.slice(0, 128), jobType: event.job.slice(0, 128), group: null, tags: [], notes: '',
      config: { openlineage: { namespace: event.namespace, job: event.job, producer: event.producer } },
    });
    if (standing === undefined) this.tally.runsCreated++;
    demand(scope.asker, 'source.log', projectObject(db, runRow(db, id).projectId));
    const state = event.type === 'COMPLETE' ? 'finished' : event.type === 'FAIL' ? 'failed' : event.type === 'ABORT' ? 'killed' : null;
    const now = db.get<{ state: string; finishedAt: number | null }>(sql`SELECT state, finished_at AS finishedAt FROM runs WHERE id = ${id}`);
    // What ended has ended: a start that comes late, or again, opens nothing.
    if (state !== null && now !== undefined && now.state === 'running') {
      updateRun(scope, { id: id as never, state });
      scope.inverse({ step: 'edit', kind: 'run', id, set: { state: now.state }, expected: { state } });
      if (standing !== undefined) this.tally.runsUpdated++;
    }
    return id;
  }

  /** An input is what its version says; without one, what stands in its place at that moment. A run that uses some state of it uses that. */
  #use(scope: CommandScope, runId: number, dataset: ReadDataset): void {
    const { db } = scope;
    const own = this.#ownVersion(scope, dataset);
    const place = own === null ? this.#place(scope, dataset) : null;
    let id = own;
    if (id === null && place !== null) {
      if (dataset.version === null && place.artifactId !== null) {
        if (db.value(sql`SELECT 1 FROM run_inputs i JOIN versions v ON v.id = i.version_id WHERE i.run_id = ${runId} AND v.artifact_id = ${place.artifactId}`) !== undefined) return;
        id = db.value<number | null>(sql`SELECT latest_version_id FROM artifacts WHERE id = ${place.artifactId}`) ?? null;
      }
      id ??= this.#version(scope, place, dataset, dataset.version, undefined);
    }
    if (id === null) return;
    const version = versionRow(db, id);
    demand(scope.asker, 'source.use', projectObject(db, version.projectId), { kind: 'artifact version', label: String(id) });
    const { changes } = db.run(sql`INSERT INTO run_inputs (run_id, version_id, provenance, at) VALUES (${runId}, ${id}, 'sync', ${scope.at}) ON CONFLICT DO NOTHING`);
    if (changes === 0) return;
    this.tally.edgesCreated++;
    scope.inverse({ step: 'runEdge', kind: 'input', runId, versionId: id });
    scope.record({
      kind: 'version.used', subject: versionSubject(artifactNamesOf(version), version), before: null, after: { run: runSubject(runRow(db, runId)).label, provenance: 'sync' },
      about: [{ kind: 'run', id: runId }, { kind: 'artifact', id: version.artifactId }],
    });
    scope.changed('run', runId);
    scope.changed('version', id);
    scope.changed('lineage', id);
  }

  /** An output is a new state of its dataset: the one that its version names, else the one that this run left. */
  #log(scope: CommandScope, runId: number, event: ReadEvent, dataset: ReadDataset): void {
    const own = this.#ownVersion(scope, dataset);
    if (own !== null) {
      this.#output(scope, runId, own);
      return;
    }
    this.#output(scope, runId, this.#version(scope, this.#place(scope, dataset), dataset, dataset.version ?? `run ${event.runId}`, runId));
  }

  #output(scope: CommandScope, runId: number, versionId: number): void {
    const { db } = scope;
    demand(scope.asker, 'lineage.edit', projectObject(db, versionRow(db, versionId).projectId), { kind: 'artifact version', label: String(versionId) });
    const { changes } = db.run(sql`INSERT INTO run_outputs (run_id, version_id, provenance, at) VALUES (${runId}, ${versionId}, 'sync', ${scope.at}) ON CONFLICT DO NOTHING`);
    if (changes > 0) {
      this.tally.edgesCreated++;
      scope.inverse({ step: 'runEdge', kind: 'output', runId, versionId });
      scope.changed('run', runId);
      scope.changed('lineage', versionId);
    }
  }

  /** A version of ours that an event names by our own namespace and number. */
  #ownVersion(scope: CommandScope, dataset: ReadDataset): number | null {
    const ours = ownProject(dataset.namespace);
    const number = /^v(\d{1,9})$/.exec(dataset.version ?? '')?.[1];
    if (ours === null || number === undefined) return null;
    const id = scope.db.value<number>(sql`
      SELECT v.id FROM versions v JOIN artifacts a ON a.id = v.artifact_id JOIN projects p ON p.id = a.project_id JOIN teams t ON t.id = p.team_id
      WHERE t.name = ${ours.entity} AND p.name = ${ours.project} AND p.deleted_at IS NULL AND a.name = ${dataset.name} AND a.deleted_at IS NULL AND v.idx = ${Number(number)}`);
    return id ?? null;
  }

  #place(scope: CommandScope, dataset: ReadDataset): { readonly project: Project; readonly artifact: string; readonly artifactId: number | null } {
    const project = this.#projectOf(scope, dataset.namespace);
    // In one project for all, the same name of two namespaces must not become one artifact.
    const artifact = fitting(dataset.name, /[^a-zA-Z0-9_.-]+/g, this.#into === null ? undefined : `${dataset.namespace}\n${dataset.name}`);
    const artifactId = scope.db.value<number>(sql`SELECT id FROM artifacts WHERE project_id = ${project.id} AND name = ${artifact} AND deleted_at IS NULL`) ?? null;
    return { project, artifact, artifactId };
  }

  /** The version that refers to a state of a dataset, made where it isn't there. */
  #version(scope: CommandScope, place: { readonly project: Project; readonly artifact: string; readonly artifactId: number | null }, dataset: ReadDataset, checksum: string | null, runId: number | undefined): number {
    const reference = `${dataset.namespace.replace(/\/+$/, '')}/${dataset.name.replace(/^\/+/, '')}`;
    const sha256 = createHash('sha256');
    for (const chunk of manifestChunks([{ kind: 'reference', path: place.artifact, uri: reference, size: null, checksum }])) sha256.update(chunk);
    const digest = sha256.digest('hex');
    const standing = place.artifactId === null ? undefined : scope.db.value<number>(sql`SELECT id FROM versions WHERE artifact_id = ${place.artifactId} AND digest = ${bytesOf(digest)} ORDER BY idx DESC LIMIT 1`);
    if (standing !== undefined) return standing;
    const md5 = createHash('md5');
    for (const chunk of wandbManifestChunks([{ path: place.artifact, digest: checksum ?? reference }])) md5.update(chunk);
    const made = commitVersion(scope, {
      project: { entity: place.project.entity, name: place.project.name }, artifact: place.artifact, type: 'dataset', description: '', aliases: [], tags: [],
      metadata: { openlineage: { namespace: dataset.namespace, name: dataset.name, ...(dataset.version === null ? {} : { version: dataset.version }) } },
      entries: [{ path: place.artifact, size: 0, sha256: null, md5: checksum, reference }], digest, wandbDigest: md5.digest('hex'), size: 0,
      ...(runId === undefined ? {} : { runId }),
    }, true);
    if (made.created) this.tally.versionsCreated++;
    if (runId !== undefined) this.tally.edgesCreated++;
    return made.versionId;
  }
}

/** A name in which only allowed characters stand; one that had to change carries a hash of what it was, so that no two become one. */
function fitting(name: string, others: RegExp, distinct?: string): string {
  const plain = name.replaceAll(others, '-').replaceAll(/^[-. ]+|[-. ]+$/g, '').slice(0, 100).replaceAll(/[-. ]+$/g, '');
  if (plain === name && distinct === undefined && !/^(run-|source-|wandb-registry-)/.test(plain)) return plain;
  const hash = createHash('sha256').update(distinct ?? name).digest('hex').slice(0, 8);
  return `${plain === '' || /^(run-|source-|wandb-registry-)/.test(plain) ? `openlineage-${plain}`.replace(/-$/, '') : plain}-${hash}`;
}
