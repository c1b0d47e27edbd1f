/** What every import does alike: tells what became of each thing, finds or makes registries and collections, commits versions, links them. */
import { explainError, isVitrineError, VitrineError, type CommandName, type ErrorCode, type ImportOutcome, type InputOf, type JsonObject, type OutputOf, type QueryName, type UndoOffer } from '#shared/contract/index.ts';
import { gateOf, latestAlias, type ApprovalGate } from '#shared/domain/index.ts';
import type { z } from 'zod';
import { findOperation } from '#shared/contract/index.ts';
import type { UndoStep } from '../../catalog/index.ts';
import { acting, asking, type OperationContext } from '../context.ts';
import type { Rooms } from '../index.ts';
import { digestsOf, type CommitEntry } from '../log.ts';

/** Outcomes that are listed one by one. */
const listed = 2000;

/** Failures that end an import instead of skipping one thing: nothing that follows could go better. */
const endings: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['cancelled', 'disk_full', 'store_read_only', 'catalog_read_only', 'catalog_locked', 'object_damaged']);

export class ImportLog {
  readonly #items: ImportOutcome[] = [];
  readonly #counts = { taken: 0, same: 0, skipped: 0 };
  bytes = 0;

  note(kind: string, source: string, outcome: ImportOutcome['outcome'], target: string | null, why: string | null = null): void {
    this.#counts[outcome] += 1;
    this.#items.push({ kind, source, target, outcome, why });
    // What was skipped is never crowded out.
    if (this.#items.length > 4 * listed) this.#shorten();
  }

  #shorten(): void {
    const kept = this.#sorted().slice(0, listed);
    this.#items.splice(0, this.#items.length, ...kept);
  }

  #sorted(): ImportOutcome[] {
    const rank = { skipped: 0, taken: 1, same: 2 };
    return this.#items.toSorted((left, right) => rank[left.outcome] - rank[right.outcome]);
  }

  report(dryRun: boolean): OutputOf<'imports.bundle'> {
    const sum = this.#counts.taken + this.#counts.same + this.#counts.skipped;
    return { dryRun, ...this.#counts, bytes: this.bytes, items: this.#sorted().slice(0, listed), more: sum > listed };
  }
}

export class Importing {
  readonly log = new ImportLog();
  readonly rooms: Rooms;
  readonly context: OperationContext;
  readonly dryRun: boolean;
  /** The way back of all that was done so far. */
  readonly #steps: UndoStep[] = [];

  constructor(rooms: Rooms, context: OperationContext, dryRun: boolean) {
    this.rooms = rooms;
    this.context = context;
    this.dryRun = dryRun;
    if (!dryRun && rooms.catalog.status().readOnly) throw new VitrineError('catalog_read_only', { details: { directory: rooms.directory } });
  }

  throwIfCancelled(): void {
    if (this.context.signal.aborted) throw new VitrineError('cancelled', { details: {} });
  }

  progress(phase: string, done: number, total: number | null, current: string | null = null): void {
    this.context.report({ phase, done, total, unit: 'rows', files: null, current });
  }

  /** Asks as the one who imports. */
  async ask<Name extends QueryName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
    return (await this.rooms.catalog.read(name, this.#checked(name, input), asking(this.context), { signal: this.context.signal })) as OutputOf<Name>;
  }

  /** Acts as the one who imports, through the same commands as everywhere. */
  async act<Name extends CommandName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
    return (await this.#part(name, this.#checked(name, input))) as OutputOf<Name>;
  }

  async internal(name: string, input: unknown): Promise<unknown> {
    return await this.#part(name, input);
  }

  async #part(name: string, input: unknown): Promise<unknown> {
    const { output, steps = [] } = await this.rooms.catalog.write(name, input, { ...acting(this.context), part: true });
    this.#steps.push(...steps);
    return output;
  }

  /** Keeps the way back of what an import made that did not come to its end. */
  async keepBroken(source: string): Promise<void> {
    if (this.#steps.length > 0) await this.rooms.catalog.write('internal.breakImport', { source, steps: this.#steps }, acting(this.context));
  }

  /** Tells of the whole import, which is taken back as one act: all that it made, unless something was built on any of it. */
  async finish(source: string): Promise<{ readonly output: OutputOf<'imports.bundle'>; readonly undo: UndoOffer | null }> {
    const output = this.log.report(this.dryRun);
    if (this.dryRun) return { output, undo: null };
    const { taken, same, skipped } = output;
    const { undo } = await this.rooms.catalog.write('internal.finishImport', { source, taken, same, skipped, steps: this.#steps }, acting(this.context));
    return { output, undo };
  }

  #checked(name: string, input: unknown): unknown {
    const schema = findOperation(name)?.input as z.ZodType | undefined;
    const parsed = schema?.safeParse(input);
    if (parsed !== undefined && !parsed.success) throw new VitrineError('bad_input', { details: { explanation: parsed.error.issues[0]?.message ?? 'It does not have the form it needs.' } });
    return parsed === undefined ? input : parsed.data;
  }

  /** Tries one thing. What can't be taken is noted with the reason, and the import goes on. */
  async attempt<Result>(kind: string, source: string, work: () => Promise<Result>): Promise<Result | null> {
    this.throwIfCancelled();
    try {
      return await work();
    } catch (thrown) {
      if (!isVitrineError(thrown) || endings.has(thrown.code)) throw thrown;
      this.log.note(kind, source, 'skipped', null, explainError(thrown).sentence);
      return null;
    }
  }

  async orNull<Result>(work: Promise<Result>): Promise<Result | null> {
    try {
      return await work;
    } catch (thrown) {
      if (isVitrineError(thrown) && thrown.code === 'not_found') return null;
      throw thrown;
    }
  }

  // Registries, collections, links --------------------------------------------------------------------------------------

  /** Null in a dry run where it isn't there yet, and where it can't be made. */
  async registry(name: string, more: { readonly description?: string; readonly visibility?: 'organization' | 'restricted' } = {}): Promise<OutputOf<'registries.get'> | null> {
    const standing = await this.orNull(this.ask('registries.get', { name }));
    if (standing !== null) return standing;
    return await this.attempt('registry', name, async () => {
      const made = this.dryRun ? null : await this.act('registries.create', { name, ...more });
      this.log.note('registry', name, 'taken', name, more.visibility === 'restricted' ? 'Only its members see it.' : null);
      return made;
    });
  }

  /**
   * Links versions into a collection, which is made where it isn't there, with their numbers as far as they are free, their aliases and
   * notes. `registry` is null in a dry run where there is none yet.
   */
  async links(registry: { readonly id: number; readonly name: string } | null, registryName: string, collection: CollectionWish, wishes: readonly LinkWish[]): Promise<number | null> {
    const label = `${registryName}/${collection.name}`;
    const standing = registry === null ? null : await this.orNull(this.ask('collections.get', { registry: registry.name, name: collection.name }));
    let id: number | null = standing?.id ?? null;
    if (standing === null) {
      const made = await this.attempt('collection', collection.source, async () => {
        if (this.dryRun || registry === null) return { id: null };
        const created = await this.act('collections.create', { registryId: registry.id as never, name: collection.name, type: collection.type, description: collection.description, tags: [...collection.tags] });
        return { id: created.id as number };
      });
      if (made === null) return null;
      this.log.note('collection', collection.source, 'taken', label);
      ({ id } = made);
    } else this.log.note('collection', collection.source, 'same', label);
    const gates = this.dryRun && registry !== null ? (await this.ask('gates.list', { registryId: registry.id as never })).gates : [];
    for (const wish of wishes.toSorted((left, right) => (left.index ?? 0) - (right.index ?? 0))) await this.#link(id, label, wish, gates);
    return id;
  }

  async #link(collectionId: number | null, label: string, wish: LinkWish, gates: readonly ApprovalGate[]): Promise<void> {
    const { source, versionId, index, note } = wish;
    const aliases = wish.aliases.filter((alias) => alias !== latestAlias);
    if (collectionId === null || versionId === null) {
      // Only a dry run comes here: what would be linked.
      this.log.note('link', source, 'taken', label);
      for (const alias of aliases) this.#foresee(source, label, alias, gates);
      return;
    }
    const found = (await this.rooms.catalog.read('internal.linkOf', { collectionId, versionId }, asking(this.context))) as { readonly id: number; readonly index: number } | null;
    const link = found ?? (this.dryRun ? null : await this.attempt('link', source, async () => {
      if (index !== undefined) await this.internal('internal.skipNumbers', { collectionId, to: index });
      const made = await this.act('links.create', { versionIds: [versionId as never], target: { kind: 'collection', id: collectionId as never }, aliases: [], note });
      const [one] = made.links;
      return one === undefined ? null : { id: one.linkId as number, index: one.index };
    }));
    if (link === null && !this.dryRun) return;
    const target = `${label}:${link === null ? (index === undefined ? 'new' : `v${index}`) : `v${link.index}`}`;
    this.log.note('link', source, found === null ? 'taken' : 'same', target, link !== null && index !== undefined && link.index !== index ? `It has another number here: it was v${index}.` : null);
    for (const alias of aliases) {
      if (link === null) this.#foresee(source, label, alias, gates);
      else await this.attempt('alias', `${source}:${alias}`, async () => {
        const put = { target: { kind: 'link' as const, id: link.id as never }, aliases: [alias] };
        if (this.dryRun) {
          const { moves, refused, needsApproval } = await this.ask('aliases.preview', put);
          const why = refused[0]?.explanation ?? needsApproval[0]?.explanation ?? null;
          this.log.note('alias', `${source}:${alias}`, why !== null ? 'skipped' : moves.length === 0 ? 'same' : 'taken', why === null ? `${label}:${alias}` : null, why);
        } else this.log.note('alias', `${source}:${alias}`, (await this.act('aliases.set', put)).moves.length === 0 ? 'same' : 'taken', `${label}:${alias}`);
      });
    }
  }

  /** An alias on a link that only a dry run has: nobody can have approved that. Checks alone are judged once it stands there. */
  #foresee(source: string, label: string, alias: string, gates: readonly ApprovalGate[]): void {
    const held = (gateOf(gates, alias)?.approvals ?? 0) > 0;
    this.log.note('alias', `${source}:${alias}`, held ? 'skipped' : 'taken', held ? null : `${label}:${alias}`, held ? `“${alias}” may stand in ${label} only once that is approved: ask for it when the version is linked.` : null);
  }

  // Versions ------------------------------------------------------------------------------------------------------------

  /** Commits a version whose bytes the store has. The same content in the same artifact is the same version. Null in a dry run where it isn't there. */
  async version(wish: VersionWish): Promise<{ readonly id: number; readonly index: number } | null> {
    const { source, entries, project, ...facts } = wish;
    const digests = digestsOf(entries);
    const size = entries.reduce((sum, entry) => sum + entry.size, 0);
    const label = (index: number | string): string => `${project.entity === undefined ? '' : `${project.entity}/`}${project.name}/${facts.artifact}:${typeof index === 'number' ? `v${index}` : index}`;
    return await this.attempt('version', source, async () => {
      await this.rooms.catalog.read('internal.checkLog', { ...facts, project, aliases: [], tags: [...facts.tags] }, asking(this.context));
      const standing = (await this.rooms.catalog.read('internal.versionByDigest', { project, artifact: facts.artifact, digest: digests.digest }, asking(this.context))) as { readonly id: number; readonly index: number } | null;
      if (standing !== null) {
        this.log.note('version', source, 'same', label(standing.index));
        return standing;
      }
      if (this.dryRun) {
        this.log.note('version', source, 'taken', label('new'));
        this.log.bytes += size;
        return null;
      }
      const made = (await this.internal('internal.commitVersion', { ...facts, project, aliases: [...facts.aliases], tags: [...facts.tags], entries, size, ...digests })) as OutputOf<'versions.log'>;
      this.log.note('version', source, 'taken', label(made.index), wish.index !== undefined && wish.index !== made.index ? `It has another number here: it was v${wish.index}.` : null);
      this.log.bytes += size;
      return { id: made.versionId, index: made.index };
    });
  }
}

/** An import that is taken back as one act: what it had made when it ended in the middle, too. */
export function takenBack<Input extends { readonly dryRun: boolean }, Result>(source: string, work: (importing: Importing, input: Input) => Promise<Result>): (rooms: Rooms, input: Input, context: OperationContext) => Promise<Result> {
  return async (rooms, input, context) => {
    const importing = new Importing(rooms, context, input.dryRun);
    try {
      return await work(importing, input);
    } catch (thrown) {
      // What is told is why it ended, not that the offer couldn’t be kept.
      await importing.keepBroken(source).catch(() => undefined);
      throw thrown;
    }
  };
}

export type CollectionWish = { readonly source: string; readonly name: string; readonly type: string; readonly description: string; readonly tags: readonly string[] };

/** `versionId` is null where a dry run has not made it. */
export type LinkWish = { readonly source: string; readonly versionId: number | null; readonly index?: number | undefined; readonly aliases: readonly string[]; readonly note: string };

export type VersionWish = {
  readonly source: string; readonly project: { readonly entity?: string | undefined; readonly name: string }; readonly artifact: string; readonly type: string; readonly description: string; readonly metadata: JsonObject;
  readonly aliases: readonly string[]; readonly tags: readonly string[]; readonly entries: readonly CommitEntry[]; readonly runId?: number | undefined; readonly index?: number | undefined;
};

