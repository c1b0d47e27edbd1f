/**
 * A seeded run of edits by two Vitrines and a plain client on one server, with faults on the way and kills in the middle: at its end all three
 * agree, or every difference is a conflict that is written down, and nothing that was acknowledged is lost unseen.
 */
import type { InputOf, OperationName, OutputOf, RemoteId } from '#shared/contract/index.ts';
import { createRandom, type Random } from '../../operations/sample/random.ts';
import { auditedPerSweep } from '../remotes/mlflow/reading.ts';

export type Replica = {
  readonly name: string;
  run<Name extends OperationName>(name: Name, input: InputOf<Name>): Promise<OutputOf<Name>>;
  /** Logs a version of one file; answers its id. */
  log(artifact: string, text: string): Promise<number>;
  /** Ends it at once and opens it again; only what was committed is there. */
  kill(): Promise<void>;
};

export type UpstreamModel = { readonly description: string; readonly tags: Readonly<Record<string, string>>; readonly aliases: Readonly<Record<string, string>>; readonly versions: readonly { readonly version: string; readonly description: string; readonly tags: Readonly<Record<string, string>>; readonly stage?: string }[] };
export type Upstream = {
  readonly url: string;
  look(): Promise<Readonly<Record<string, UpstreamModel>>>;
  /** As a plain client does it. */
  act(act: 'model' | 'version' | 'alias' | 'unalias' | 'describe' | 'tag' | 'untag' | 'describe_version' | 'rename' | 'delete_version' | 'delete_model' | 'stage', parameters: Readonly<Record<string, string>>): Promise<void>;
  /** Faults from now on; null: none. Draws from a generator of its own, so that the acts stay the same. */
  faults(random: Random | null): void;
  /** Writes of a field as the server took them, with who wrote; empty where that is not known. */
  written(): readonly { readonly by: string; readonly model: string; readonly field: string; readonly value: string | null }[];
};

export type SeededRun = { readonly seed: number; readonly steps: number; readonly registry: string; readonly prefix: string; /** Whether lifecycle states and stages move as well. */ readonly states?: boolean; /** Whether links and collections are taken away here, too, which goes there, and models there. */ readonly deletions?: boolean };

const aliases = ['champion', 'staging', 'shadow'] as const;
const tags = ['reviewed', 'slow', 'legal'] as const;

const stages = ['None', 'Staging', 'Production', 'Archived'] as const;
/** One for each stage, and a way from each to each: what is set on one side always has its place on the other. */
const lifecycle = (() => {
  const states = ['draft', 'review', 'approved', 'retired'].map((name, hue) => ({ name, hue, terminal: false }));
  return { states, transitions: states.flatMap((from) => states.filter((to) => to !== from).map((to) => ({ from: from.name, to: to.name, role: 'member' as const, needsReason: false }))) };
})();

/** Throws with the acts so far where something does not hold. */
export async function seededRun({ seed, steps, registry, prefix, states = false, deletions = false }: SeededRun, replicas: readonly Replica[], upstream: Upstream): Promise<{ readonly conflicts: number; readonly log: readonly string[] }> {
  const random = createRandom(seed);
  const log: string[] = [];
  const remotes = new Map<Replica, RemoteId>();
  let serial = 0;
  /** Models that somebody deleted, here or there: their collections may stand here alone. */
  let dropped = 0;
  const fail = (what: string): never => {
    throw new Error(`Seed ${seed}: ${what}\n${log.join('\n')}`);
  };

  for (const replica of replicas) {
    if (states) await replica.run('registries.setLifecycle', { registryId: (await replica.run('registries.create', { name: registry })).id, lifecycle });
    const { id } = await replica.run('remotes.add', { kind: 'mlflow', name: registry, url: upstream.url, registry, credential: { kind: 'token', token: replica.name }, ...(states || deletions ? { fields: { aliases: true, descriptions: true, tags: true, runs: true, names: true, removals: true, states, deletions } } : {}) });
    remotes.set(replica, id);
    await replica.run('remotes.update', { id, pushes: true });
  }

  const collectionsOf = async (replica: Replica) => (await replica.run('collections.list', { registryId: await registryId(replica), limit: 1000 })).items.filter((one) => one.name.startsWith(prefix));
  const registryId = async (replica: Replica) => (await replica.run('registries.get', { name: registry })).id;
  const linksOf = async (replica: Replica, collectionId: number) => (await replica.run('links.list', { collectionId: collectionId as never, direction: 'ascending', limit: 200 })).items;

  const round = async (replica: Replica, everything: boolean): Promise<OutputOf<'sync.run'> | null> => {
    try {
      return await replica.run('sync.run', { remoteId: remotes.get(replica) as RemoteId, everything });
    } catch (thrown) {
      log.push(`    ${replica.name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      return null;
    }
  };

  async function actHere(replica: Replica): Promise<void> {
    const collections = await collectionsOf(replica);
    const kind = random.pick(['link', 'link', 'alias', 'alias', 'alias', 'unalias', 'describe', 'tag', 'untag', 'text', 'rename', ...(deletions ? (['unlink', 'unlink', 'drop', 'restore'] as const) : []), ...(states ? (['state', 'state'] as const) : [])] as const);
    const collection = collections.length === 0 ? null : random.pick(collections);
    const said = (what: string): void => void log.push(`${replica.name} ${what}`);
    if (kind === 'link' || collection === null) {
      const number = serial++;
      const versionId = await replica.log('maker', `${registry} ${number}`);
      const wished = random.next() < 0.5 ? [random.pick(aliases)] : [];
      const fresh = collection === null || random.next() < 0.25;
      said(`links ${number} into ${fresh ? `new ${prefix}${number}` : collection.name} ${wished.join()}`);
      await replica.run('links.create', { versionIds: [versionId as never], target: fresh ? { kind: 'new_collection', registryId: await registryId(replica), name: `${prefix}${number}` } : { kind: 'collection', id: collection.id }, aliases: wished });
      return;
    }
    const links = await linksOf(replica, collection.id);
    switch (kind) {
      case 'alias': {
        if (links.length === 0) return;
        const link = random.pick(links);
        const alias = random.pick(aliases);
        said(`puts ${alias} on ${collection.name}:v${link.index}`);
        await replica.run('aliases.set', { target: { kind: 'link', id: link.id }, aliases: [alias] });
        return;
      }
      case 'unalias': {
        const standing = collection.aliases.filter((alias) => alias.name !== 'latest');
        if (standing.length === 0) return;
        const alias = random.pick(standing);
        const link = links.find((one) => one.index === alias.index);
        if (link === undefined) return;
        said(`takes ${alias.name} off ${collection.name}`);
        await replica.run('aliases.remove', { target: { kind: 'link', id: link.id }, aliases: [alias.name] });
        return;
      }
      case 'describe': {
        const text = `by ${replica.name} ${serial++}`;
        said(`describes ${collection.name}: ${text}`);
        await replica.run('collections.update', { id: collection.id, description: text });
        return;
      }
      case 'tag':
      case 'untag': {
        const tag = random.pick(tags);
        said(`${kind}s ${collection.name} ${tag}`);
        await replica.run('tags.edit', { target: { kind: 'collection', id: collection.id }, ...(kind === 'tag' ? { add: [tag] } : { remove: [tag] }) });
        return;
      }
      case 'text': {
        if (links.length === 0) return;
        const link = random.pick(links);
        const text = `version by ${replica.name} ${serial++}`;
        said(`describes ${collection.name}:v${link.index}: ${text}`);
        await replica.run('versions.update', { id: link.version.id, description: text });
        return;
      }
      case 'state': {
        if (links.length === 0) return;
        const link = random.pick(links);
        const state = random.pick(lifecycle.states.filter((one) => one.name !== link.state)).name;
        said(`sets ${collection.name}:v${link.index} to ${state}`);
        await replica.run('links.setState', { linkIds: [link.id], state });
        return;
      }
      case 'unlink': {
        if (links.length === 0) return;
        const link = random.pick(links);
        said(`unlinks ${collection.name}:v${link.index}`);
        await replica.run('links.remove', { linkIds: [link.id] });
        return;
      }
      case 'drop': {
        if (random.next() < 0.4) return;
        said(`deletes ${collection.name}`);
        dropped += 1;
        await replica.run('collections.delete', { id: collection.id });
        return;
      }
      case 'restore': {
        const trashed = (await replica.run('trash.list', { limit: 200 })).items.filter((item) => item.object.label.startsWith(`${registry}/${prefix}`));
        if (trashed.length === 0) return;
        const item = random.pick(trashed);
        said(`restores ${item.object.label}`);
        await replica.run('trash.restore', { id: item.id }).catch((thrown: unknown) => log.push(`    ${thrown instanceof Error ? thrown.message : String(thrown)}`));
        return;
      }
      case 'rename': {
        if (random.next() < 0.6) return;
        const name = `${prefix}${replica.name}${serial++}`;
        said(`renames ${collection.name} to ${name}`);
        await replica.run('collections.update', { id: collection.id, name });
        return;
      }
    }
  }

  async function actThere(): Promise<void> {
    const models = Object.entries(await upstream.look()).filter(([name]) => name.startsWith(prefix));
    const kind = random.pick(['version', 'version', 'alias', 'alias', 'alias', 'unalias', 'describe', 'tag', 'untag', 'describe_version', 'rename', 'delete_version', ...(deletions ? (['delete_version', 'delete_model'] as const) : []), ...(states ? (['stage', 'stage'] as const) : [])] as const);
    const said = (what: string): void => void log.push(`client ${what}`);
    if (models.length === 0 || (kind === 'version' && random.next() < 0.2)) {
      const name = `${prefix}${serial++}`;
      said(`makes ${name}`);
      await upstream.act('model', { name });
      await upstream.act('version', { name, text: `${serial++}` });
      return;
    }
    const [name, model] = random.pick(models);
    const version = model.versions.length === 0 ? null : random.pick(model.versions).version;
    switch (kind) {
      case 'version':
        said(`makes a version of ${name}`);
        await upstream.act('version', { name, text: `${serial++}` });
        return;
      case 'alias': {
        if (version === null) return;
        const alias = random.pick(aliases);
        said(`puts ${alias} on ${name} ${version}`);
        await upstream.act('alias', { name, alias, version });
        return;
      }
      case 'unalias': {
        const standing = Object.keys(model.aliases);
        if (standing.length === 0) return;
        const alias = random.pick(standing);
        said(`takes ${alias} off ${name}`);
        await upstream.act('unalias', { name, alias });
        return;
      }
      case 'describe': {
        const text = `by client ${serial++}`;
        said(`describes ${name}: ${text}`);
        await upstream.act('describe', { name, description: text });
        return;
      }
      case 'tag':
      case 'untag': {
        const tag = random.pick(tags);
        if (kind === 'untag' && model.tags[tag] === undefined) return;
        said(`${kind}s ${name} ${tag}`);
        await upstream.act(kind, { name, key: tag });
        return;
      }
      case 'describe_version': {
        if (version === null) return;
        const text = `version by client ${serial++}`;
        said(`describes ${name} ${version}: ${text}`);
        await upstream.act('describe_version', { name, version, description: text });
        return;
      }
      case 'stage': {
        if (version === null) return;
        const stage = random.pick(stages);
        said(`moves ${name} ${version} to ${stage}`);
        await upstream.act('stage', { name, version, stage });
        return;
      }
      case 'rename': {
        if (random.next() < 0.6) return;
        const next = `${prefix}client${serial++}`;
        said(`renames ${name} to ${next}`);
        await upstream.act('rename', { name, new_name: next });
        return;
      }
      case 'delete_model': {
        if (random.next() < 0.5) return;
        said(`deletes ${name}`);
        dropped += 1;
        await upstream.act('delete_model', { name });
        return;
      }
      case 'delete_version': {
        if (version === null || random.next() < 0.6) return;
        said(`deletes ${name} ${version}`);
        await upstream.act('delete_version', { name, version });
        return;
      }
    }
  }

  // Edits, with faults and kills ------------------------------------------------------------------------------------------
  upstream.faults(createRandom(seed + 1_000_003));
  for (let step = 0; step < steps; step++) {
    const dice = random.next();
    const replica = random.pick(replicas);
    if (dice < 0.42) await actHere(replica);
    else if (dice < 0.68) await actThere();
    else if (dice < 0.94) {
      log.push(`${replica.name} syncs`);
      await round(replica, random.next() < 0.2);
    } else {
      log.push(`${replica.name} is killed while it syncs`);
      const syncing = round(replica, false);
      await replica.kill();
      await syncing;
    }
  }

  // Quiet, and what must hold then ----------------------------------------------------------------------------------------
  upstream.faults(null);
  const stateAt = async (replica: Replica) => {
    const found = (await replica.run('sync.state', {})).items.find((state) => state.remoteId === remotes.get(replica));
    if (found === undefined) throw new Error('No remote.');
    return found;
  };
  /**
   * Rounds until each has read what the last of them wrote. Replicas have loops of their own, which may tell what waited between another's
   * round and the count of their own: a turn is quiet only if nothing waited anywhere before it. And what moves no time there (a text of a version
   * that is not the newest) is found only by the audit of a sweep, so as many turns have to be quiet as it takes to read every model again.
   */
  const settle = async (): Promise<void> => {
    let quiet = 0;
    for (let turn = 0; turn < 40; turn++) {
      let moved = 0;
      let needed = 1;
      for (const replica of replicas) {
        const { waiting, models } = await stateAt(replica);
        moved += waiting;
        needed = Math.max(needed, Math.ceil(models / auditedPerSweep));
      }
      for (const replica of replicas) {
        const done = await round(replica, true);
        moved += done === null ? 1 : done.pulled + done.pushed;
      }
      quiet = moved === 0 ? quiet + 1 : 0;
      if (quiet >= needed) return;
    }
    fail('it does not come to rest.');
  };
  await settle();
  let conflicts = 0;
  for (const replica of replicas) {
    const standing = await stateAt(replica);
    if (standing.waiting > 0) fail(`${standing.waiting} changes still wait at ${replica.name}.`);
    conflicts += standing.conflicts;
  }
  await compare(true);
  await nothingLost();

  // Every conflict is decided; then all three are the same.
  for (let turn = 0; turn < 5; turn++) {
    let open = 0;
    for (const replica of replicas) {
      for (const conflict of (await replica.run('sync.conflicts', { remoteId: remotes.get(replica) as RemoteId })).items) {
        open += 1;
        const choice = random.pick(['mine', 'theirs'] as const);
        log.push(`${replica.name} decides ${conflict.label} ${conflict.field}: ${choice} (${conflict.mine.shown} / ${conflict.theirs.shown})`);
        await replica.run('sync.resolve', { id: conflict.id, choice }).catch((thrown: unknown) => {
          log.push(`    ${thrown instanceof Error ? thrown.message : String(thrown)}`);
          return replica.run('sync.resolve', { id: conflict.id, choice: choice === 'mine' ? 'theirs' : 'mine' });
        });
        await settle();
      }
    }
    if (open === 0) break;
    if (turn === 4) fail('conflicts come again and again.');
  }
  await compare(false);
  for (const replica of replicas) await replica.run('remotes.remove', { id: remotes.get(replica) as RemoteId });
  return { conflicts, log };

  async function compare(withConflicts: boolean): Promise<void> {
    const there = Object.fromEntries(Object.entries(await upstream.look()).filter(([name]) => name.startsWith(prefix)));
    for (const replica of replicas) {
      const remoteId = remotes.get(replica) as RemoteId;
      const open = new Set((await replica.run('sync.conflicts', { remoteId })).items.map((one) => `${one.collectionId} ${one.what} ${one.field}`));
      const dead = (await replica.run('sync.deadLetters', { remoteId })).items;
      const excused = (collectionId: number, what: string, word: string, label: string): boolean => (withConflicts && open.has(`${collectionId} ${what} ${word}`)) || dead.some((letter) => letter.what === what && letter.label.startsWith(label));
      const collections = await Promise.all((await collectionsOf(replica)).map(({ id }) => replica.run('collections.get', { id })));
      const badges = new Map((await replica.run('sync.badges', { collectionIds: collections.map((one) => one.id) })).items.filter((one) => one.remoteId === remoteId).map((one) => [one.id as number, one]));
      const seen = new Set<string>();
      let alone = 0;
      for (const collection of collections) {
        const label = `${registry}/${collection.name}`;
        const name = badges.get(collection.id)?.there ?? null;
        if (name === null && alone++ < dropped) continue;
        if (name === null || there[name] === undefined) fail(`${replica.name} has ${label}, and the server has no ${name ?? 'model for it'}.`);
        const model = there[name as string] as UpstreamModel;
        seen.add(name as string);
        if (name !== collection.name && dead.every((letter) => letter.what !== 'collection')) fail(`${replica.name} calls ${collection.name} what is ${name} there.`);
        const links = await linksOf(replica, collection.id);
        const numbers = new Map((await replica.run('sync.badges', { linkIds: links.map((one) => one.id) })).items.filter((one) => one.remoteId === remoteId).map((one) => [one.id as number, one.there]));
        const numberOf = new Map(links.map((link) => [link.index, numbers.get(link.id) ?? null]));
        const lacking = model.versions.filter((version) => ![...numberOf.values()].includes(version.version));
        // One that was unlinked here and could not go there says so.
        if (lacking.length > 0 && !(deletions && lacking.length <= dead.filter((letter) => letter.what === 'version').length)) fail(`${replica.name} lacks ${lacking.map((one) => one.version).join()} of ${label}.`);
        const hereAlone = links.filter((link) => (numbers.get(link.id) ?? null) === null);
        if (hereAlone.length > 0 && !(deletions && dropped > 0) && !hereAlone.every((link) => link.aliases.length > 0 || dead.some((letter) => letter.what === 'version'))) fail(`${replica.name} alone has ${hereAlone.map((one) => `v${one.index}`).join()} of ${label}.`);
        const mine = Object.fromEntries(collection.aliases.filter((one) => one.name !== 'latest').map((one) => [one.name, numberOf.get(one.index) ?? 'nowhere']));
        const standing = new Set(model.versions.map((one) => one.version));
        for (const alias of aliases) {
          const theirs = model.aliases[alias] !== undefined && standing.has(model.aliases[alias]) ? model.aliases[alias] : undefined;
          if (mine[alias] !== theirs && !(deletions && dropped > 0 && mine[alias] === 'nowhere' && theirs === undefined) && !excused(collection.id, 'alias', alias, label)) fail(`${alias} of ${label} stands on ${mine[alias] ?? 'nothing'} at ${replica.name} and on ${theirs ?? 'nothing'} there.`);
        }
        if (collection.description !== model.description && !excused(collection.id, 'description', '', label)) fail(`${label} is described as “${collection.description}” at ${replica.name} and as “${model.description}” there.`);
        for (const tag of tags) if (collection.tags.includes(tag) !== (model.tags[tag] === '')) fail(`${tag} of ${label} differs at ${replica.name}: ${collection.tags.join()} / ${Object.keys(model.tags).join()}`);
        for (const link of links) {
          const version = model.versions.find((one) => one.version === numbers.get(link.id));
          const stage = stages[lifecycle.states.findIndex((one) => one.name === link.state)];
          if (states && version !== undefined && stage !== version.stage) fail(`${label}:v${link.index} is “${link.state ?? ''}” at ${replica.name} and “${version.stage ?? ''}” there.`);
          if (version !== undefined && (await replica.run('versions.get', { id: link.version.id })).description !== version.description) fail(`${label}:v${link.index} is described differently at ${replica.name} and there: “${version.description}”.`);
        }
      }
      const skipped = new Set((await stateAt(replica)).skipped.map((one) => one.model));
      for (const name of Object.keys(there)) if (!seen.has(name) && !(deletions && (skipped.has(name) || dead.some((letter) => letter.what === 'collection')))) fail(`${replica.name} lacks ${name}.`);
    }
  }

  /**
   * What somebody did here and was told that it is done is found again: at the server, in a later act that came after it was seen, or as a
   * conflict or a superseded text in the history.
   */
  async function nothingLost(): Promise<void> {
    const written = upstream.written();
    if (written.length === 0) return;
    for (const replica of replicas) {
      const texts = new Set(written.filter((one) => one.field === 'description' || one.field.startsWith('text ')).map((one) => one.value));
      const events = [];
      let cursor: string | null = null;
      do {
        const page: OutputOf<'history.list'> = await replica.run('history.list', { limit: 500, ...(cursor === null ? {} : { cursor }) });
        events.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null);
      // Newest first. Two acts here on the same field are one to a remote: the last before it was told counts.
      const superseded = new Set(events.filter((event) => event.kind === 'sync.superseded').map((event) => String((event.before as { text?: unknown } | null)?.text)));
      const later = new Set<string>();
      for (const event of events) {
        if (event.kind !== 'collection.updated' || event.entrance === 'sync') continue;
        const text = (event.after as { description?: unknown } | null)?.description;
        if (typeof text !== 'string' || !text.startsWith('by ') || !event.subject.label.startsWith(`${registry}/`)) continue;
        const subject = String(event.subject.id);
        if (!texts.has(text) && !superseded.has(text) && !later.has(subject)) fail(`“${text}” of ${event.subject.label} at ${replica.name} is lost.`);
        later.add(subject);
      }
    }
  }
}
