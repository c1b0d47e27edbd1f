/** Remotes on the command line: connected, tried, planned, synced, decided about. */
import type { Command } from 'commander';
import { VitrineError, type CoreClient, type InputOf, type OutputOf, type Remote, type SyncState } from '#shared/contract/index.ts';
import { assertNever } from '#shared/domain/index.ts';
import { subcommand, within, type Common, type WithClient } from './common.ts';
import { formatSize, plain, printJson, printLine, printTable, progressLine, type Row } from './print.ts';
import { resolve } from './resolve.ts';
import { credentialOf, withSigning, type Signing } from './signing.ts';

type Adding = Common & Signing & { readonly kind: string; readonly registry?: string; readonly project?: string; readonly workspace?: string; readonly destination?: string; readonly follow?: string; readonly bytes: string; readonly rate?: string };

/** Adds `vitrine sync`. */
export function addSyncCommands(command: (name: string, description: string) => Command, withClient: WithClient): void {
  const sync = command('sync', 'remotes: MLflow servers and registries of W&B that registries here follow');
  const under = (name: string, description: string): Command => subcommand(sync, name, description);
  const asSync = within(sync, withClient);
  /** Prints JSON where it was asked for, else what `words` says. */
  const say = <Value>(common: Common, value: Value, words: (value: Value) => void): void => (common.json === true ? printJson(value) : words(value));

  withSigning(under('test', 'try an address step by step; writes nothing there').argument('<url-or-remote>')).option('--kind <kind>', 'mlflow or wandb', 'mlflow').option('--workspace <name>', 'of MLflow, or W&B’s registry as organization/registry').action(async (place: string, options: Common & Signing & { kind: string; workspace?: string }) => {
    await asSync(options, async (client, call, common) => {
      const input = /^https?:/u.test(place) ? { kind: kindOf(options.kind), url: place, workspace: options.workspace ?? null, credential: await credentialOf(options) } : { id: (await remoteOf(client, place)).id };
      const report = await client.query('remotes.test', input, call);
      say(common, report, ({ steps }) => {
        for (const step of steps) printLine(`${step.verdict === 'well' ? 'ok  ' : step.verdict === 'failed' ? 'FAIL' : '-   '} ${step.step.replace('_', '-').padEnd(10)} ${plain(step.detail)}${step.advice === null || step.verdict !== 'failed' ? '' : ` ${plain(step.advice)}`}`);
      });
      if (report.steps.some((step) => step.verdict === 'failed')) process.exitCode = 1;
    });
  });
  withSigning(under('add', 'connect a remote; it is read from then on, and told nothing before “sync push on”').argument('<name>').argument('<url>'))
    .option('--kind <kind>', 'mlflow or wandb', 'mlflow').option('--registry <name>', 'what it has goes into this registry, made when it isn’t there (default: MLflow, or W&B)').option('--project <name>', 'its versions are logged in this project').option('--workspace <name>', 'the MLflow server’s workspace, or W&B’s registry as organization/registry').option('--destination <team/project>', 'W&B: versions made here are logged there')
    .option('--follow <what>', followWords).option('--bytes <policy>', 'on-demand, aliased, aliased:NAME,NAME, all, or newest:N', 'on-demand').option('--rate <bytes>', 'bytes a second at most')
    .action(async (name: string, url: string, options: Adding) => {
      await asSync(options, async (client, call, common) => {
        const { output } = await client.execute('remotes.add', {
          kind: kindOf(options.kind), name, url, registry: options.registry ?? (options.kind === 'wandb' ? 'W&B' : 'MLflow'), workspace: options.workspace ?? null, credential: await credentialOf(options), bytes: bytesOf(options.bytes), rate: options.rate === undefined ? null : numberOf(options.rate), ...(options.follow === undefined ? {} : { follow: await followOf(client, { registry: { name: options.registry ?? (options.kind === 'wandb' ? 'W&B' : 'MLflow') } }, options.follow) }), ...(options.project === undefined ? {} : { project: options.project }), ...(options.destination === undefined ? {} : { destination: options.destination }),
        }, call);
        say(common, output, (remote) => {
          printLine(`Connected ${plain(remote.name)} to the registry ${plain(remote.registry.name)}.`);
          if (remote.credential.place === 'file') printLine('There is no keychain here: the secret lies in secrets.json in the catalog’s folder, which only you can read.');
        });
      });
    });
  under('ls', 'remotes').action(async (options: Common) => {
    await asSync(options, async (client, call, common) => {
      const { items } = await client.query('remotes.list', {}, call);
      say(common, items, (remotes) => printTable(remotes.map((remote): Row => ({ name: remote.name, kind: remote.kind, url: remote.url, registry: remote.registry.name, push: remote.pushes ? 'on' : 'off', bytes: remote.bytes.kind === 'newest' ? `newest:${remote.bytes.count}` : remote.bytes.kind })), ['name', 'kind', 'url', 'registry', 'push', 'bytes']));
    });
  });
  under('status', 'where each remote stands').action(async (options: Common) => {
    await asSync(options, async (client, call, common) => {
      const { items } = await client.query('sync.state', {}, call);
      say(common, items, (states) => {
        printTable(states.map((state): Row => ({ remote: state.name, state: phaseWords(state), waiting: state.waiting, conflicts: state.conflicts, refused: state.dead, models: state.models, versions: state.versions, 'last success': state.lastSuccessAt })), ['remote', 'state', 'waiting', 'conflicts', 'refused', 'models', 'versions', 'last success']);
        for (const { name, fetching } of states) if (fetching !== null) printLine(`${plain(name)}: ${fetchingWords(fetching)}`);
        for (const state of states) if (state.failure !== null) printLine(`${plain(state.name)}: ${plain(state.failure.sentence)}`);
        for (const { name, skipped, skippedCount } of states) {
          for (const { model, why } of skipped) printLine(`${plain(name)}: “${plain(model)}” stays there: ${plain(why)}`);
          if (skippedCount > skipped.length) printLine(`${plain(name)}: ${skippedCount - skipped.length} more stay there.`);
        }
      });
    });
  });
  under('plan', 'what a push would create, move and skip, and why').argument('<remote>').action(async (name: string, options: Common) => {
    await asSync(options, async (client, call, common) => {
      const plan = await client.query('sync.plan', { remoteId: (await remoteOf(client, name)).id }, call);
      say(common, plan, printPlan);
    });
  });
  under('members', 'who is a member of the registries that follow, at W&B, and in which role; no role here comes of it').argument('<remote>').action(async (name: string, options: Common) => {
    await asSync(options, async (client, call, common) => {
      const { registries } = await client.query('sync.members', { remoteId: (await remoteOf(client, name)).id }, call);
      say(common, registries, (all) => printTable(all.flatMap(({ registry, people, teams }): readonly Row[] => [...teams.map((team) => ({ registry, kind: 'team', name: team.name, email: null, role: team.role })), ...people.map((one) => ({ registry, kind: 'person', name: one.username, email: one.email, role: one.role }))]), ['registry', 'kind', 'name', 'email', 'role']));
    });
  });
  under('push', 'whether changes made here go there').argument('<remote>').argument('<on-or-off>').action(async (name: string, wanted: string, options: Common) => {
    if (wanted !== 'on' && wanted !== 'off') throw new VitrineError('bad_input', { details: { explanation: `Write “on” or “off”, not “${wanted}”.` } });
    await asSync(options, async (client, call, common) => {
      const { output } = await client.execute('remotes.update', { id: (await remoteOf(client, name)).id, pushes: wanted === 'on' }, call);
      say(common, output, (remote) => printLine(remote.pushes ? `Changes made here go to ${plain(remote.name)} from now on.` : `Nothing goes to ${plain(remote.name)}; what is changed here is kept for it.`));
    });
  });
  under('bytes', 'which bytes come here by themselves, and how fast').argument('<remote>').argument('<policy>', 'on-demand, aliased, aliased:NAME,NAME, all, newest:N, or pinned:COLLECTION,COLLECTION').option('--rate <bytes>', 'bytes a second at most; 0 for as fast as it goes').action(async (name: string, policy: string, options: Common & { rate?: string }) => {
    await asSync(options, async (client, call, common) => {
      const remote = await remoteOf(client, name);
      const pinned = /^pinned:(.+)$/u.exec(policy)?.[1];
      const bytes = pinned === undefined ? bytesOf(policy) : { kind: 'pinned' as const, collections: await Promise.all(pinned.split(',').map(async (one) => (await client.query('collections.get', { registry: remote.registry.name, name: one.trim() })).id)) };
      const { output } = await client.execute('remotes.update', { id: remote.id, bytes, ...(options.rate === undefined ? {} : { rate: options.rate === '0' ? null : numberOf(options.rate) }) }, call);
      say(common, output, (changed) => printLine(`Changed ${plain(changed.name)}.`));
    });
  });
  under('set', 'what follows a remote, and which fields go over').argument('<remote>').option('--on <fields>', `fields that go over, separated by commas: ${fieldNames.join(', ')}`).option('--off <fields>', 'fields that don’t')
    .option('--follow <what>', followWords).action(async (name: string, options: Common & { on?: string; off?: string; follow?: string }) => {
      await asSync(options, async (client, call, common) => {
        const remote = await remoteOf(client, name);
        const changed = { ...Object.fromEntries(fieldsOf(options.on).map((field) => [field, true])), ...Object.fromEntries(fieldsOf(options.off).map((field) => [field, false])) };
        const follow = options.follow === undefined ? {} : { follow: await followOf(client, remote, options.follow) };
        const { output } = await client.execute('remotes.update', { id: remote.id, fields: { ...remote.fields, ...changed }, ...follow }, call);
        say(common, output, (now) => {
          printLine(`With ${plain(now.name)} go over: ${fieldNames.filter((field) => now.fields[field]).join(', ') || 'no fields'}.`);
          printLine(followedWords(now));
        });
      });
    });
  under('run', 'one round now').argument('<remote>').option('--everything', 'read everything there again').action(async (name: string, options: Common & { everything?: boolean }) => {
    await asSync(options, async (client, call, common) => {
      const line = progressLine();
      const { output } = await client.execute('sync.run', { remoteId: (await remoteOf(client, name)).id, everything: options.everything === true }, { ...call, onProgress: line.report }).finally(line.end);
      say(common, output, (done) => printLine(`${done.pulled} changes came, ${done.pushed} went${done.conflicts === 0 ? '' : `, ${done.conflicts} conflict`}${done.dead === 0 ? '' : `, ${done.dead} refused`}; ${done.requests} requests, ${formatSize(done.bytesIn)} in, ${formatSize(done.bytesOut)} out.`));
    });
  });
  under('fetch', 'bring the bytes of versions here').argument('<version...>').action(async (addresses: string[], options: Common) => {
    await asSync(options, async (client, call, common) => {
      const versionIds = [];
      for (const address of addresses) {
        const { versionId } = await resolve(client, address);
        if (versionId === null) throw new VitrineError('bad_input', { details: { explanation: `“${address}” names no version.` } });
        versionIds.push(versionId);
      }
      const line = progressLine();
      const { output } = await client.execute('sync.fetch', { versionIds: versionIds as InputOf<'sync.fetch'>['versionIds'] }, { ...call, onProgress: line.report }).finally(line.end);
      say(common, output, (done) => printLine(done.fetched === 0 ? 'Nothing was only there.' : `Fetched ${done.fetched} versions: ${done.files} files, ${formatSize(done.bytes)}.`));
    });
  });
  for (const [name, description, operation] of [['pause', 'stop asking and telling a remote', 'sync.pause'], ['resume', 'go on', 'sync.resume']] as const) {
    under(name, description).argument('<remote>').action(async (remote: string, options: Common) => {
      await asSync(options, async (client, call, common) => {
        const { output } = await client.execute(operation, { remoteId: (await remoteOf(client, remote)).id }, call);
        say(common, output, (changed) => printLine(changed.paused ? `Paused ${plain(changed.name)}.` : `Going on with ${plain(changed.name)}.`));
      });
    });
  }
  under('rounds', 'what went to and fro lately').argument('<remote>').action(async (name: string, options: Common) => {
    await asSync(options, async (client, call, common) => {
      const { items } = await client.query('sync.rounds', { remoteId: (await remoteOf(client, name)).id }, call);
      say(common, items, (rounds) => printTable(rounds.map((one): Row => ({ id: one.id, at: one.startedAt, came: one.pulled, went: one.pushed, requests: one.requests, 'can be undone': one.revocable, outcome: one.failure ?? 'done' })), ['id', 'at', 'came', 'went', 'requests', 'can be undone', 'outcome']));
    });
  });
  under('undo', 'take back what a round sent: here, and there with the next round').argument('<remote>').argument('<round>', 'its id, as “sync rounds” shows it').option('--item <id...>', 'only these; without it, all that can be').option('--dry-run', 'show what could be taken back, and why the rest can’t').action(async (name: string, round: string, options: Common & { item?: string[]; dryRun?: boolean }) => {
    await asSync(options, async (client, call, common) => {
      const remoteId = (await remoteOf(client, name)).id;
      const { items } = await client.query('sync.undoPlan', { remoteId, roundId: numberOf(round) }, call);
      const chosen = options.item?.map(numberOf);
      const stranger = chosen?.find((id) => !items.some((item) => item.id === id));
      if (stranger !== undefined) throw new VitrineError('bad_input', { details: { explanation: `Round ${round} sent nothing with the id ${stranger}; --dry-run shows what it sent.` } });
      const table = (): void => printTable(items.map((item): Row => ({ id: item.id, what: item.what, label: item.field === null ? item.label : `${item.label} ${item.field}`, before: item.from, sent: item.to, undo: item.verdict === 'take_back' ? 'yes' : 'no', why: item.why })), ['id', 'what', 'label', 'before', 'sent', 'undo', 'why']);
      if (options.dryRun === true) {
        say(common, items, table);
        return;
      }
      const ids = items.filter((item) => (chosen === undefined ? item.verdict === 'take_back' : chosen.includes(item.id))).map((item) => item.id);
      if (ids.length === 0) {
        say(common, items, table);
        throw new VitrineError('undo_stale', { details: { explanation: items.length === 0 ? `Round ${round} sent nothing.` : 'Nothing of it can be taken back any more.' } });
      }
      const { output } = await client.execute('sync.undo', { remoteId, ids }, call);
      say(common, output, ({ takenBack }) => printLine(`Took back ${takenBack} of ${items.length}; it goes there with the next round.`));
    });
  });
  under('conflicts', 'what was changed here and there differently').action(async (options: Common) => {
    await asSync(options, async (client, call, common) => {
      const { items } = await client.query('sync.conflicts', {}, call);
      say(common, items, (conflicts) => printTable(conflicts.map((one): Row => ({ id: one.id, remote: one.remote, what: `${one.label} ${one.what} ${one.field}`, here: one.mine.shown, there: one.theirs.shown })), ['id', 'remote', 'what', 'here', 'there']));
    });
  });
  under('resolve', 'decide a conflict').argument('<id>').argument('<choice>', 'mine, theirs, or both').option('--alias <name>', 'with both: the alias that yours gets').action(async (id: string, choice: string, options: Common & { alias?: string }) => {
    if (choice !== 'mine' && choice !== 'theirs' && choice !== 'both') throw new VitrineError('bad_input', { details: { explanation: `Write “mine”, “theirs” or “both”, not “${choice}”.` } });
    await asSync(options, async (client, call, common) => {
      const { output } = await client.execute('sync.resolve', { id: numberOf(id) as never, choice, ...(options.alias === undefined ? {} : { alias: options.alias }) }, call);
      say(common, output, () => printLine('Decided.'));
    });
  });
  under('refused', 'changes that a remote refused for good').action(async (options: Common) => {
    await asSync(options, async (client, call, common) => {
      const { items } = await client.query('sync.deadLetters', {}, call);
      say(common, items, (letters) => printTable(letters.map((one): Row => ({ id: one.id, remote: one.remote, what: `${one.what} ${one.label}`, value: one.value, error: one.error })), ['id', 'remote', 'what', 'value', 'error']));
    });
  });
  under('retry', 'send refused changes again').argument('<id...>').action(async (ids: string[], options: Common) => {
    await asSync(options, async (client, call, common) => {
      const { output } = await client.execute('sync.retry', { ids: ids.map(numberOf) as never }, call);
      say(common, output, ({ waiting }) => printLine(`${waiting} wait again.`));
    });
  });
  under('edit', 'write the value of a refused change anew, here too').argument('<id>').argument('<value>').action(async (id: string, value: string, options: Common) => {
    await asSync(options, async (client, call, common) => {
      const { output } = await client.execute('sync.edit', { id: numberOf(id) as never, value }, call);
      say(common, output, () => printLine('Written; it is sent with the next round.'));
    });
  });
  under('discard', 'drop refused changes: they stay here and are not sent').argument('<id...>').action(async (ids: string[], options: Common) => {
    await asSync(options, async (client, call, common) => {
      const { output } = await client.execute('sync.discard', { ids: ids.map(numberOf) as never }, call);
      say(common, output, ({ dropped }) => printLine(`Dropped ${dropped}.`));
    });
  });
  under('remove', 'disconnect a remote; what came from it stays').argument('<remote>').action(async (name: string, options: Common) => {
    await asSync(options, async (client, call, common) => {
      const { output } = await client.execute('remotes.remove', { id: (await remoteOf(client, name)).id }, call);
      say(common, output, ({ dropped }) => printLine(`Disconnected${dropped === 0 ? '' : `; ${dropped} changes that waited for it were dropped`}.`));
    });
  });
}

async function remoteOf(client: CoreClient, name: string): Promise<Remote> {
  return client.query('remotes.get', { name });
}

function kindOf(text: string): 'mlflow' | 'wandb' {
  if (text === 'mlflow' || text === 'wandb') return text;
  throw new VitrineError('bad_input', { details: { explanation: `--kind takes mlflow or wandb, not “${text}”.` } });
}

const followWords = '“registry”: all of its registry; “everything”: the whole organization (MLflow: every registry here); “registries:NAME,NAME”: these beside it; or collections, separated by commas, as NAME or REGISTRY/NAME';

function followedWords(remote: Remote): string {
  switch (remote.follow.kind) {
    case 'organization':
      return remote.kind === 'wandb' ? 'Every registry of the organization follows it.' : 'Every registry here follows it.';
    case 'registry':
      return `Every collection of ${plain(remote.registry.name)} follows it.`;
    case 'registries':
      return `Every collection of ${remote.registries.map((one) => plain(one.name)).join(', ')} follows it.`;
    case 'collections':
      return `${remote.follow.ids.length} collections follow it.`;
    default:
      return assertNever(remote.follow, 'what follows');
  }
}

const fieldNames = ['aliases', 'descriptions', 'tags', 'names', 'runs', 'removals', 'states', 'deletions', 'artifacts', 'lifetimes', 'registries'] as const satisfies readonly (keyof Remote['fields'])[];

function fieldsOf(text: string | undefined): readonly (typeof fieldNames)[number][] {
  return (text?.split(',') ?? []).map((word) => {
    const found = fieldNames.find((field) => field === word.trim());
    if (found === undefined) throw new VitrineError('bad_input', { details: { explanation: `“${word.trim()}” is no field; there are ${fieldNames.join(', ')}.` } });
    return found;
  });
}

async function followOf(client: CoreClient, remote: { readonly registry: { readonly name: string } }, text: string): Promise<Remote['follow']> {
  const named = text.trim();
  if (named === 'registry' || named === 'all') return { kind: 'registry' };
  if (named === 'everything') return { kind: 'organization' };
  const registries = /^registries:(.+)$/u.exec(named)?.[1];
  if (registries !== undefined) return { kind: 'registries', names: registries.split(',').map((name) => name.trim()).filter((name) => name !== '') };
  const ids: Extract<Remote['follow'], { readonly kind: 'collections' }>['ids'] = [];
  for (const word of text.split(',')) {
    const [name = '', registry = remote.registry.name] = word.trim().split('/').toReversed();
    ids.push((await client.query('collections.get', { registry, name })).id);
  }
  return { kind: 'collections', ids };
}

function numberOf(text: string): number {
  if (!/^[1-9]\d{0,14}$/u.test(text)) throw new VitrineError('bad_input', { details: { explanation: `“${text}” is no id; the lists show them.` } });
  return Number(text);
}

function bytesOf(text: string): Remote['bytes'] {
  const newest = /^newest:([1-9]\d{0,3})$/u.exec(text);
  if (newest !== null) return { kind: 'newest', count: Number(newest[1]) };
  if (text === 'on-demand') return { kind: 'on_demand' };
  if (text === 'all') return { kind: 'all' };
  const aliased = /^aliased(?::(.+))?$/u.exec(text);
  if (aliased !== null) return { kind: 'aliased', aliases: aliased[1]?.split(',').map((alias) => alias.trim()).filter((alias) => alias !== '') ?? [] };
  throw new VitrineError('bad_input', { details: { explanation: `--bytes takes on-demand, aliased, aliased:NAME,NAME, all or newest:N, not “${text}”.` } });
}

function phaseWords(state: SyncState): string {
  switch (state.phase) {
    case 'idle':
      return state.waiting > 0 && !state.pushes ? 'up to date, not pushing' : 'up to date';
    case 'pulling':
      return 'reading';
    case 'pushing':
      return 'sending';
    case 'backing_off':
      return 'trying again later';
    case 'offline':
      return 'offline';
    case 'sign_in':
      return 'sign-in needed';
    case 'conflict':
      return 'waits for a decision';
    case 'paused':
      return 'paused';
    default:
      return assertNever(state.phase, 'phase');
  }
}

function fetchingWords({ label, done, total, rate, waiting }: NonNullable<SyncState['fetching']>): string {
  const behind = `${waiting} version${waiting === 1 ? '' : 's'}`;
  if (label === null) return `the files of ${behind} wait to come.`;
  return `the files of ${plain(label)} come (${formatSize(done)}${total === null ? '' : ` of ${formatSize(total)}`}${rate === null ? '' : `, ${formatSize(rate)}/s`})${waiting === 0 ? '' : `; those of ${behind} wait`}.`;
}

function printPlan(plan: OutputOf<'sync.plan'>): void {
  printTable(plan.items.map((item): Row => ({ action: item.action, what: item.what, label: item.label, from: item.from, to: item.to, size: item.bytes === null ? null : formatSize(item.bytes), why: item.why })), ['action', 'what', 'label', 'from', 'to', 'size', 'why']);
  printLine(`${plan.create} to create, ${plan.move} to move, ${plan.update} to update, ${plan.delete} to delete, ${plan.skip} skipped, ${plan.conflict} in conflict; ${formatSize(plan.bytes)} to send.`);
}
