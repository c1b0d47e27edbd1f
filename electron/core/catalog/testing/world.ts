/** A real catalog in a temporary folder, and short ways to act in it. Inputs and outputs go through the contract's schemas. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VitrineError, type ErrorCode } from '#shared/contract/errors.ts';
import { findOperation, type CommandName, type Entrance, type InputOf, type OutputOf, type QueryName, type UndoOffer, type UserId } from '#shared/contract/index.ts';
import { openCatalog, type CatalogOptions, type CatalogPool } from '../index.ts';

export type Acting = { readonly actorId?: number; readonly message?: string; readonly entrance?: Entrance; readonly at?: number };

export type Logged = Omit<OutputOf<'versions.log'>, 'newBytes'>;

export type World = {
  readonly directory: string;
  readonly catalog: CatalogPool;
  do<Name extends CommandName>(name: Name, input: InputOf<Name>, acting?: Acting): Promise<OutputOf<Name>>;
  /** Like `do`, with the undo that was offered. */
  act<Name extends CommandName>(name: Name, input: InputOf<Name>, acting?: Acting): Promise<{ readonly output: OutputOf<Name>; readonly undo: UndoOffer | null; readonly rev: number }>;
  ask<Name extends QueryName>(name: Name, input: InputOf<Name>, acting?: Acting): Promise<OutputOf<Name>>;
  internal(name: string, input: unknown, acting?: Acting): Promise<unknown>;
  /** Commits a version whose one file has the given text. */
  log(artifact: string, text: string, more?: Readonly<Record<string, unknown>>, acting?: Acting): Promise<Logged>;
  /** Begins a draft of an artifact. */
  draft(input: InputOf<'drafts.create'>, acting?: Acting): Promise<OutputOf<'drafts.create'>>;
  registry(name: string): Promise<OutputOf<'registries.get'>>;
  person(username: string, role: 'restricted_viewer' | 'viewer' | 'member' | 'admin', kind?: 'person' | 'service'): Promise<number>;
  close(): Promise<void>;
};

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'vitrine-catalog-'));
}

const testFounding = { username: 'ada', displayName: 'Ada', organization: 'lab', team: 'lab' };

export async function openWorld(options: Partial<CatalogOptions> = {}): Promise<World> {
  const directory = options.directory ?? temporaryFolder();
  const catalog = await openCatalog({ founding: testFounding, ...options, directory });
  return worldOf(directory, catalog, options.directory === undefined);
}

/** Answers of queries that core completes before they leave the house. */
const partial: ReadonlySet<string> = new Set(['catalog.status', 'storage.usage']);

function worldOf(directory: string, catalog: CatalogPool, temporary: boolean): World {
  const contextOf = (acting: Acting = {}) => ({
    actorId: (acting.actorId ?? catalog.status().defaultUserId) as UserId,
    entrance: acting.entrance ?? ('window' as const),
    message: acting.message ?? null,
    ...(acting.at === undefined ? {} : { at: acting.at }),
  });
  const checkedInput = (name: string, input: unknown): unknown => findOperation(name)?.input.parse(input) ?? input;
  const checkedOutput = (name: string, output: unknown): unknown => (partial.has(name) ? output : (findOperation(name)?.output.parse(output) ?? output));
  const act = async (name: string, input: unknown, acting?: Acting) => {
    const result = await catalog.write(name, checkedInput(name, input), contextOf(acting));
    return { ...result, output: checkedOutput(name, result.output) };
  };
  const world = {
    directory,
    catalog,
    act,
    do: async (name: string, input: unknown, acting?: Acting) => (await act(name, input, acting)).output,
    ask: async (name: string, input: unknown, acting?: Acting) => checkedOutput(name, await catalog.read(name, checkedInput(name, input), contextOf(acting))),
    internal: async (name: string, input: unknown, acting?: Acting) => (await catalog.write(name, input, contextOf(acting))).output,
    log: async (artifact: string, text: string, more: Readonly<Record<string, unknown>> = {}, acting?: Acting) => (await catalog.write('internal.commitVersion', committed(artifact, text, more), contextOf(acting))).output as Logged,
    draft: async (input: InputOf<'drafts.create'>, acting?: Acting) => ((await catalog.write('internal.createDraft', checkedInput('drafts.create', input), contextOf(acting))).output as { readonly answer: OutputOf<'drafts.create'> }).answer,
    registry: async (name: string) => (await world.ask('registries.get', { name })) as OutputOf<'registries.get'>,
    person: async (username: string, role: string, kind = 'person') => ((await world.do('users.create', { username, kind, role })) as OutputOf<'users.create'>).id,
    close: async () => {
      await catalog.close();
      if (temporary) rmSync(directory, { recursive: true, force: true });
    },
  };
  return world as unknown as World;
}

const hex = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');

/** The input of `internal.commitVersion` for one file with a text. */
export function committed(artifact: string, text: string, more: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  return {
    project: { name: 'vision' }, artifact, type: 'model', description: '', metadata: {}, aliases: [], tags: [],
    entries: [{ path: 'model.bin', size: text.length, sha256: hex('sha256', text), md5: hex('md5', text), reference: null }],
    digest: hex('sha256', `manifest ${text}`), wandbDigest: hex('md5', `manifest ${text}`), size: text.length,
    ...more,
  };
}

/** The code a promise fails with; "none" when it doesn't. */
export async function codeOf(work: Promise<unknown>): Promise<ErrorCode | 'none'> {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (error instanceof VitrineError) return error.code;
    throw error;
  }
}
