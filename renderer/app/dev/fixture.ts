/**
 * A small catalog in memory that answers like core does, for working on the window without one. Never in the product's bundle: only
 * `dev/index.html` leads here. It knows what the window asks most; everything else is answered with `not_offered`, so that gaps show.
 */
import {
  findOperation, VitrineError, type AliasMove, type ChangeEntity, type ChangeNotice, type CollectionSummary, type CommandName, type ConnectionState, type CoreClient, type InputOf, type LinkMark, type LinkSummary, type ObjectRef,
  type OutputOf, type Progress, type QueryName, type RegistrySummary, type RunSummary, type SearchHit, type UndoOffer, type UserSummary, type VersionSummary,
} from '#shared/contract/index.ts';
import { checkAlias, checkCollectionName } from '#shared/domain/names.ts';
import { formatPlace } from '#shared/domain/places.ts';
import { explainViolation } from '#shared/domain/violations.ts';

type Link = Omit<LinkSummary, 'version' | 'registry' | 'collection' | 'aliases'> & { versionId: number };
type World = {
  registries: RegistrySummary[];
  collections: (CollectionSummary & { description: string })[];
  links: Link[];
  versions: VersionSummary[];
  runs: RunSummary[];
  /** `collection:3` or `artifact:4` → alias → number. */
  aliases: Map<string, Map<string, number>>;
  moves: { holder: string; move: AliasMove; at: string; eventId: number }[];
  stars: Set<string>;
  settings: Record<string, unknown>;
  doorUrl: string | null;
  keys: OutputOf<'keys.list'>['items'];
};

const ada: UserSummary = { id: 1 as never, username: 'ada', displayName: 'Ada Lovelace', kind: 'person' };
const now = Date.UTC(2026, 10, 22, 12);
const ago = (hours: number): string => new Date(now - hours * 3_600_000).toISOString();
const hex = (seed: number): string => Array.from({ length: 64 }, (_, index) => ((seed * 7919 + index * 104_729) % 16).toString(16)).join('');
const entity = 'research';

function emptyWorld(): World {
  const registry = (id: number, name: string, types: string[] | null, glyph: string, hue: number, role: RegistrySummary['role'], core: boolean): RegistrySummary => ({
    id: id as never, name, description: '', visibility: 'organization', core, acceptedTypes: types, glyph, hue, protectedAliases: id === 1 ? ['production'] : [], reasonRequired: 'never', lifecycle: null, collectionCount: 0, linkCount: 0, role, starred: false, createdAt: ago(1500), updatedAt: ago(3),
  });
  return {
    registries: [registry(1, 'Models', ['model'], 'brain', 8, 'admin', true), registry(2, 'Datasets', ['dataset'], 'database', 4, 'member', true), registry(3, 'Release candidates', null, 'rocket', 1, 'viewer', false)],
    collections: [], links: [], versions: [], runs: [], aliases: new Map(), moves: [], stars: new Set(), settings: {}, doorUrl: null, keys: [],
  };
}

function sampleWorld(): World {
  const world = emptyWorld();
  const families = ['mini-lm', 'gemma-finetuned', 'reranker', 'ocr-layout', 'speech-small', 'vision-tower', 'toxicity', 'summariser'];
  families.forEach((family, position) => {
    const type = position % 4 === 3 ? 'dataset' : 'model';
    for (let index = 0; index < 18; index += 1) {
      const id = world.versions.length + 1;
      world.versions.push({
        id: id as never, artifactId: (position + 1) as never, projectId: ((position % 3) + 1) as never, entity, project: ['nlp', 'vision', 'speech'][position % 3] ?? 'nlp', artifact: family, type, index, state: 'committed',
        aliases: [], tags: index % 5 === 0 ? ['baseline', 'eval'] : [], digest: hex(id), size: 1024 ** 2 * (3 + ((id * 37) % 900)), fileCount: 3 + (id % 9), linkCount: 0, createdBy: ada, createdAt: ago(400 - index * 20 + position), updatedAt: ago(400 - index * 20 + position),
      });
    }
    const aliases = new Map([['latest', 17]]);
    world.aliases.set(`artifact:${position + 1}`, aliases);
  });
  for (const [position, family] of families.entries()) {
    const registry = world.registries[position % 4 === 3 ? 1 : position === 6 ? 2 : 0];
    if (registry === undefined) continue;
    const type = position % 4 === 3 ? 'dataset' : 'model';
    const id = position + 1;
    world.collections.push({ id: id as never, registryId: registry.id, registry: registry.name, name: family, type, tags: ['curated'], linkCount: 0, aliases: [], latest: null, starred: false, createdAt: ago(900), updatedAt: ago(position), description: `# ${family}\n\nWhat we ship, and why.` });
    for (let index = 0; index < 7; index += 1) {
      const source = world.versions[position * 18 + index * 2];
      if (source !== undefined) world.links.push({ id: (world.links.length + 1) as never, registryId: registry.id, collectionId: id as never, index, state: null, note: index === 3 ? 'Best on the held-out set.' : '', linkedBy: ada, linkedAt: ago(200 - index * 10), versionId: source.id });
    }
    world.aliases.set(`collection:${id}`, new Map([['latest', 6], ['production', 4], ['staging', 5], ['champion', 2]]));
  }
  world.stars.add('collection:1').add('registry:1');
  for (let id = 1; id <= 12; id += 1) {
    world.runs.push({ id: id as never, projectId: 1 as never, entity, project: 'nlp', runId: `run${id}abcd`, displayName: `brisk-otter-${id}`, state: id % 5 === 0 ? 'failed' : 'finished', jobType: 'train', group: null, tags: [], createdBy: ada, createdAt: ago(id * 9), finishedAt: ago(id * 9 - 2) });
  }
  return world;
}

/** Makes a client over a catalog in memory: `sample` filled, `empty` as on a first start. */
export function fixtureClient(kind: 'sample' | 'empty'): CoreClient {
  let world = kind === 'sample' ? sampleWorld() : emptyWorld();
  let rev = 1;
  let undoId = 0;
  const undos = new Map<number, World>();
  const changeListeners = new Set<(notice: ChangeNotice | null) => void>();

  const chips = (key: string, index: number, guarded: readonly string[] = []) =>
    [...(world.aliases.get(key) ?? [])].filter(([, at]) => at === index).map(([name]) => ({ name, protected: guarded.includes(name) }));
  const registryOf = (id: number): RegistrySummary => world.registries.find((one) => one.id === id) ?? missing('registry', String(id));
  const starred = (what: string, id: number): boolean => world.stars.has(`${what}:${id}`);
  const registry = (one: RegistrySummary): RegistrySummary => ({
    ...one, starred: starred('registry', one.id), collectionCount: world.collections.filter((collection) => collection.registryId === one.id).length, linkCount: world.links.filter((link) => link.registryId === one.id).length,
  });
  const version = (one: VersionSummary): VersionSummary => ({ ...one, aliases: chips(`artifact:${one.artifactId}`, one.index), linkCount: world.links.filter((link) => link.versionId === one.id).length });
  const collection = (one: World['collections'][number]): CollectionSummary => {
    const { description: _, ...rest } = one;
    const links = world.links.filter((link) => link.collectionId === one.id);
    const newest = links.toSorted((left, right) => right.index - left.index)[0];
    const guarded = registryOf(one.registryId).protectedAliases;
    return {
      ...rest, starred: starred('collection', one.id), linkCount: links.length,
      aliases: [...(world.aliases.get(`collection:${one.id}`) ?? [])].filter(([name]) => name !== 'latest').map(([name, index]) => ({ name, index, linkId: (links.find((link) => link.index === index)?.id ?? 0) as never, protected: guarded.includes(name) })),
      latest: newest === undefined ? null : { linkId: newest.id, versionId: newest.versionId as never, index: newest.index, linkedAt: newest.linkedAt },
    };
  };
  const link = ({ versionId, ...rest }: Link): LinkSummary => {
    const source = world.versions.find((one) => one.id === versionId) ?? missing('version', String(versionId));
    const home = world.collections.find((one) => one.id === rest.collectionId) ?? missing('collection', String(rest.collectionId));
    return { ...rest, registry: home.registry, collection: home.name, aliases: chips(`collection:${home.id}`, rest.index, registryOf(home.registryId).protectedAliases), version: version(source) };
  };
  const mark = (one: Link): LinkMark => {
    const shown = link(one);
    const home = registryOf(one.registryId);
    return { linkId: one.id, registryId: one.registryId, registry: home.name, glyph: home.glyph, hue: home.hue, collectionId: one.collectionId, collection: shown.collection, index: one.index, aliases: shown.aliases, state: shown.state };
  };
  const page = <Item>(items: readonly Item[], input: object) => {
    const { position = 0, limit = 100 } = input as { readonly position?: number; readonly limit?: number };
    return { items: items.slice(position, position + limit), nextCursor: null, total: items.length, position };
  };
  const refs = (): ObjectRef[] => [
    ...world.registries.map((one): ObjectRef => ({ kind: 'registry', id: one.id, label: one.name, address: formatPlace({ place: 'registry', registry: one.name }) })),
    ...world.collections.map((one): ObjectRef => ({ kind: 'collection', id: one.id, label: `${one.registry}/${one.name}`, address: formatPlace({ place: 'collection', registry: one.registry, collection: one.name }) })),
  ];
  const hits = (text: string): SearchHit[] => {
    const words = text.toLowerCase().split(/\s+/u).filter((word) => word !== '');
    const type = words.find((word) => word.startsWith('type:'))?.slice(5);
    const plain = words.filter((word) => !word.includes(':'));
    const fits = (name: string, itsType: string): boolean => plain.every((word) => name.toLowerCase().includes(word)) && (type === undefined || itsType === type);
    return [
      ...world.registries.filter((one) => fits(one.name, '')).map((one): SearchHit => ({ kind: 'registry', registry: registry(one), snippet: null })),
      ...world.collections.filter((one) => fits(one.name, one.type)).map((one): SearchHit => ({ kind: 'collection', collection: collection(one), snippet: null })),
      ...world.versions.filter((one) => fits(`${one.artifact} v${one.index}`, one.type)).map((one): SearchHit => ({ kind: 'version', version: version(one), snippet: null })),
      ...world.runs.filter((one) => fits(one.displayName, '')).map((one): SearchHit => ({ kind: 'run', run: one, snippet: null })),
    ];
  };

  // Each answer is cast once, where it leaves: the contract's own schemas are core's business.
  const queries: { readonly [Name in QueryName]?: (input: never) => unknown } = {
    'catalog.status': () => ({
      catalogId: 'fixture', directory: '/home/ada/.local/share/vitrine', version: '0.1.0', schema: 10, rev, readOnly: false, recovery: null, organization: { id: 1, name: 'home' }, team: { id: 1, name: entity, organizationId: 1 }, user: ada,
      counts: { registries: world.registries.length, collections: world.collections.length, links: world.links.length, projects: 3, artifacts: 8, versions: world.versions.length, runs: world.runs.length }, catalogBytes: 4_200_000, storeBytes: 1_500_000_000, empty: world.versions.length === 0,
    }),
    'registries.list': () => ({ items: world.registries.map(registry) }),
    'registries.get': (input: InputOf<'registries.get'>) => registry(world.registries.find((one) => ('id' in input ? one.id === input.id : one.name === input.name)) ?? missing('registry', JSON.stringify(input))),
    'collections.list': (input: InputOf<'collections.list'>) => page(world.collections.filter((one) => input.registryId === undefined || one.registryId === input.registryId).map(collection), input),
    'collections.get': (input: InputOf<'collections.get'>) => {
      const found = world.collections.find((one) => ('id' in input ? one.id === input.id : one.name === input.name)) ?? missing('collection', JSON.stringify(input));
      const home = registryOf(found.registryId);
      return { ...collection(found), description: found.description, role: home.role, protectedAliases: home.protectedAliases, reasonRequired: home.reasonRequired, lifecycle: home.lifecycle };
    },
    'links.list': (input: InputOf<'links.list'>) => page(world.links.filter((one) => one.collectionId === input.collectionId).toSorted((left, right) => right.index - left.index).map(link), input),
    'links.get': (input: InputOf<'links.get'>) => link(world.links.find((one) => ('id' in input ? one.id === input.id : one.collectionId === input.collectionId && one.index === input.index)) ?? missing('link', JSON.stringify(input))),
    'versions.list': (input: InputOf<'versions.list'>) => page(world.versions.filter((one) => input.artifactId === undefined || one.artifactId === input.artifactId).map(version).toReversed(), input),
    'versions.get': (input: InputOf<'versions.get'>) => {
      const found = world.versions.find((one) => ('id' in input ? one.id === input.id : one.artifactId === input.artifactId && one.index === input.index)) ?? missing('version', JSON.stringify(input));
      return { ...version(found), description: 'Fine-tuned on the cleaned set.', metadata: { acc: 0.91 }, wandbDigest: hex(1).slice(0, 32), loggedBy: world.runs[0] ?? null, usedByCount: 2, links: world.links.filter((one) => one.versionId === found.id).map(mark), starred: starred('version', found.id), ttlDays: null, previous: null, next: null };
    },
    'versions.links': (input: InputOf<'versions.links'>) => ({ items: world.links.filter((one) => one.versionId === input.id).map(mark) }),
    'projects.list': (input: object) => page(['nlp', 'vision', 'speech'].map((name, index) => ({ id: index + 1, entity, name, description: '', artifactCount: 3, versionCount: 50, runCount: 4, updatedAt: ago(index) })), input),
    'artifacts.types': () => ({ items: [{ type: 'model', artifactCount: 6 }, { type: 'dataset', artifactCount: 2 }] }),
    'runs.get': (input: InputOf<'runs.get'>) => ({ ...(world.runs.find((one) => 'id' in input && one.id === input.id) ?? missing('run', '?')), notes: '', config: {}, summary: {}, inputCount: 1, outputCount: 2 }),
    'tags.list': () => ({ items: [{ tag: 'baseline', count: 12 }, { tag: 'eval', count: 12 }] }),
    'home.get': () => ({
      starred: refs().filter((one) => world.stars.has(`${one.kind}:${one.id}`)),
      recent: refs().slice(2, 9).map((one, index) => ({ ...one, openedAt: ago(index * 5 + 1) })),
      updated: refs().slice(4).map((one, index) => ({ ...one, updatedAt: ago(index * 3) })),
    }),
    'search.query': (input: InputOf<'search.query'>) => {
      const wrong = input.text.indexOf('::');
      if (wrong >= 0) throw new VitrineError('query_invalid', { details: { explanation: 'A field is missing before “:”.', from: wrong, to: wrong + 2 } });
      const found = hits(input.text).filter((hit) => input.kinds === undefined || input.kinds.includes(hit.kind));
      return { items: found.slice(0, input.limit ?? 50), nextCursor: null, total: found.length, totalIsExact: true };
    },
    'search.complete': (input: InputOf<'search.complete'>) => {
      const from = input.text.lastIndexOf(' ', input.caret - 1) + 1;
      const word = input.text.slice(from, input.caret);
      return { items: ['type:', 'tag:', 'alias:', 'size>', 'updated:'].filter((field) => field.startsWith(word)).map((field) => ({ insert: field, label: `${field} …`, from, to: input.caret, kind: 'field' })) };
    },
    'search.quick': (input: InputOf<'search.quick'>) => ({ items: hits(input.text).slice(0, input.limit ?? 20), problem: null }),
    'aliases.timeline': (input: InputOf<'aliases.timeline'>) => page(world.moves.filter((one) => one.holder === `${input.holder.kind}:${input.holder.id}` && (input.alias === undefined || one.move.alias === input.alias)).toReversed().map((one) => ({ ...one.move, at: one.at, actor: ada, message: null, eventId: one.eventId })), input),
    'imports.scan': (input: InputOf<'imports.scan'>) => ({
      files: 6, bytes: 90_868_370, suggestedName: input.paths[0]?.split('/').at(-1) ?? 'artifact', suggestedType: 'model',
      sample: [{ path: 'config.json', size: 612 }, { path: 'model.safetensors', size: 90_868_376 }], subfolders: [],
    }),
    'settings.get': () => ({ values: world.settings }),
    'undo.latest': () => ({ offer: null }),
    'door.status': () => ({ url: world.doorUrl }),
    'keys.list': () => ({ items: world.keys }),
  };

  function changed(...entities: readonly ChangeEntity[]): void {
    const notice: ChangeNotice = { previous: rev, rev: rev + 1, changes: entities.map((one) => ({ entity: one, ids: 'all' })) };
    rev += 1;
    for (const listener of changeListeners) listener(notice);
  }
  function put(holder: string, index: number, aliases: readonly string[]): AliasMove[] {
    const standing = world.aliases.get(holder) ?? new Map<string, number>();
    world.aliases.set(holder, standing);
    return aliases.flatMap((alias) => {
      const checked = checkAlias(alias);
      if (!checked.ok) throw new VitrineError('name_invalid', { details: { explanation: explainViolation(checked.violation) } });
      const from = standing.get(alias) ?? null;
      if (from === index) return [];
      standing.set(alias, index);
      const move = { alias, from, to: index };
      world.moves.push({ holder, move, at: new Date().toISOString(), eventId: world.moves.length + 1 });
      return [move];
    });
  }
  function aliasTarget(target: InputOf<'aliases.set'>['target']): readonly [holder: string, index: number] {
    if (target.kind === 'link') {
      const found = world.links.find((one) => one.id === target.id) ?? missing('link', String(target.id));
      return [`collection:${found.collectionId}`, found.index];
    }
    const found = world.versions.find((one) => one.id === target.id) ?? missing('version', String(target.id));
    return [`artifact:${found.artifactId}`, found.index];
  }

  const commands: { readonly [Name in CommandName]?: (input: never, onProgress: (progress: Progress) => void, signal: AbortSignal) => { readonly output: unknown; readonly undo?: string } | Promise<{ readonly output: unknown; readonly undo?: string }> } = {
    'links.create': (input: InputOf<'links.create'>) => {
      let collectionId: number;
      if (input.target.kind === 'new_collection') {
        const checked = checkCollectionName(input.target.name);
        if (!checked.ok) throw new VitrineError('name_invalid', { details: { explanation: explainViolation(checked.violation) } });
        const home = registryOf(input.target.registryId);
        collectionId = world.collections.length + 1;
        const type = world.versions.find((one) => one.id === input.versionIds[0])?.type ?? 'model';
        world.collections.push({ id: collectionId as never, registryId: home.id, registry: home.name, name: checked.value, type, tags: [], linkCount: 0, aliases: [], latest: null, starred: false, createdAt: new Date().toISOString(), updatedAt: new Date().toISOString(), description: '' });
      } else collectionId = input.target.id;
      const home = world.collections.find((one) => one.id === collectionId) ?? missing('collection', String(collectionId));
      const links = input.versionIds.map((versionId) => {
        const standing = world.links.find((one) => one.collectionId === home.id && one.versionId === versionId);
        if (standing !== undefined) return { linkId: standing.id, versionId, index: standing.index, standing: true };
        const index = Math.max(-1, ...world.links.filter((one) => one.collectionId === home.id).map((one) => one.index)) + 1;
        const made: Link = { id: (world.links.length + 1) as never, registryId: home.registryId, collectionId: home.id, index, state: null, note: input.note ?? '', linkedBy: ada, linkedAt: new Date().toISOString(), versionId };
        world.links.push(made);
        return { linkId: made.id, versionId, index, standing: false };
      });
      const last = links.at(-1)?.index ?? 0;
      const moves = put(`collection:${home.id}`, last, ['latest', ...(input.aliases ?? [])]);
      changed('link', 'alias', 'collection', 'event');
      return { output: { collectionId: home.id, links, moves }, undo: `Link into ${home.name}` };
    },
    'aliases.set': (input: InputOf<'aliases.set'>) => {
      const [holder, index] = aliasTarget(input.target);
      const moves = put(holder, index, input.aliases);
      changed('alias', 'event');
      return { output: { moves, aliases: chips(holder, index) }, undo: 'Move aliases' };
    },
    'aliases.remove': (input: InputOf<'aliases.remove'>) => {
      const [holder, index] = aliasTarget(input.target);
      for (const alias of input.aliases) world.aliases.get(holder)?.delete(alias);
      changed('alias', 'event');
      return { output: { moves: input.aliases.map((alias) => ({ alias, from: index, to: null })), aliases: chips(holder, index) }, undo: 'Remove aliases' };
    },
    'stars.set': (input: InputOf<'stars.set'>) => {
      if (input.starred) world.stars.add(`${input.kind}:${input.id}`);
      else world.stars.delete(`${input.kind}:${input.id}`);
      changed('star');
      return { output: { starred: input.starred } };
    },
    'settings.set': (input: InputOf<'settings.set'>) => {
      world.settings = { ...world.settings, ...input.values };
      changed('setting');
      return { output: {} };
    },
    'versions.log': async (input: InputOf<'versions.log'>, onProgress, signal) => {
      const total = 90_868_370;
      for (let step = 0; step <= 40; step += 1) {
        if (signal.aborted) throw new VitrineError('cancelled');
        onProgress({ phase: 'hashing', done: Math.round((total * step) / 40), total, unit: 'bytes', files: { done: Math.floor(step / 7), total: 6 }, current: 'model.safetensors' });
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const standing = world.versions.filter((one) => one.artifact === input.artifact);
      const id = world.versions.length + 1;
      const artifactId = standing[0]?.artifactId ?? ((1000 + id) as never);
      world.versions.push({ id: id as never, artifactId, projectId: 1 as never, entity, project: input.project.name, artifact: input.artifact, type: input.type, index: standing.length, state: 'committed', aliases: [], tags: [...(input.tags ?? [])], digest: hex(id), size: total, fileCount: 6, linkCount: 0, createdBy: ada, createdAt: new Date().toISOString(), updatedAt: new Date().toISOString() });
      put(`artifact:${artifactId}`, standing.length, ['latest', ...(input.aliases ?? [])]);
      changed('version', 'artifact', 'alias', 'event');
      return { output: { versionId: id, artifactId, index: standing.length, digest: hex(id), wandbDigest: hex(id).slice(0, 32), size: total, fileCount: 6, created: true, newBytes: total }, undo: `Log ${input.artifact}` };
    },
    'catalog.addSample': () => {
      world = sampleWorld();
      changed(...(['catalog', 'registry', 'collection', 'link', 'version', 'artifact', 'alias', 'project', 'run', 'star'] as const));
      return { output: { registries: 3, collections: world.collections.length, versions: world.versions.length, runs: world.runs.length } };
    },
    'door.start': () => ({ output: { url: (world.doorUrl = 'http://127.0.0.1:43117') } }),
    'door.stop': () => {
      world.doorUrl = null;
      return { output: {} };
    },
    'keys.create': (input: InputOf<'keys.create'>) => {
      const summary = { id: (world.keys.length + 1) as never, name: input.name, user: ada, hint: 'local-9f', createdAt: new Date().toISOString(), lastUsedAt: null, expiresAt: null, revokedAt: null, scope: null, lastRunId: null };
      world.keys = [...world.keys, summary];
      changed('api_key');
      return { output: { key: 'local-9f2c7d7e5b0a4c1e8f6d3b2a1c0e9f8d7c6b5a49', summary } };
    },
    'undo.apply': (input: InputOf<'undo.apply'>) => {
      const before = undos.get(input.id);
      if (before === undefined) throw new VitrineError('nothing_to_undo');
      undos.delete(input.id);
      world = before;
      changed('link', 'alias', 'collection', 'version', 'artifact', 'registry', 'event');
      return { output: { label: 'the last act' } };
    },
  };

  async function query<Name extends QueryName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
    await new Promise((resolve) => setTimeout(resolve, 8));
    const answer = queries[name];
    if (answer === undefined) throw new VitrineError('not_offered', { details: { what: name } });
    return structuredClone(answer(input as never)) as OutputOf<Name>;
  }

  const state: ConnectionState = 'connected';
  return {
    query,
    async execute(name, input, options = {}) {
      const act = commands[name];
      if (act === undefined || findOperation(name) === undefined) throw new VitrineError('not_offered', { details: { what: name } });
      await new Promise((resolve) => setTimeout(resolve, 15));
      const before = structuredClone(world);
      const abort = new AbortController();
      options.signal?.addEventListener('abort', () => abort.abort(), { once: true });
      const done = await act(input as never, options.onProgress ?? (() => undefined), abort.signal);
      let offer: UndoOffer | null = null;
      if (done.undo !== undefined) {
        undoId += 1;
        undos.set(undoId, before);
        offer = { id: undoId as never, label: done.undo };
      }
      return { output: done.output as never, undo: offer, rev };
    },
    onChanges(listener) {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
    onState: () => () => undefined,
    state,
    attach: () => undefined,
    close: () => undefined,
  };
}

function missing(kind: string, label: string): never {
  throw new VitrineError('not_found', { details: { kind, label } });
}
