/** What a push would do, item by item, with the reason: nothing is written on either side. */
import type { PlanItem, RemoteId, SentItem, SyncPlan } from '#shared/contract/index.ts';
import { assertNever, pushVerdict, takeBackVerdict } from '#shared/domain/index.ts';
import type { Connector, PushItem, SentHere, Standing, Thing } from './remotes/connector.ts';

/** Items that a plan shows. */
const shownItems = 2000;

export async function planItemOf(connector: Connector, item: PushItem, all: readonly PushItem[], signal: AbortSignal): Promise<PlanItem> {
  if (item.kind === 'moot') return { action: 'skip', what: 'version', label: item.touch, from: null, to: null, why: item.why, bytes: null };
  const label = item.kind === 'registry' ? item.name : item.kind === 'run' ? item.label : `${item.registry}/${item.collection}`;
  const objection = connector.judge(item);
  const made = (action: PlanItem['action'], what: PlanItem['what'], why: string, more: Partial<PlanItem> = {}): PlanItem => ({ action: objection === null ? action : 'skip', what, label, from: null, to: null, bytes: null, ...more, why: objection ?? why });
  switch (item.kind) {
    case 'collection':
      return item.model === null ? made('create', 'collection', 'There is no model of that name.') : made('skip', 'collection', 'It is there already.');
    case 'version':
      if (item.known !== null) return made('skip', 'version', `It is there already, as version ${item.known}.`, { label: `${label}:v${item.index}` });
      return made('create', 'version', 'It is linked here and not there.', { label: `${label}:v${item.index}`, from: item.label, bytes: item.size });
    case 'drop':
      return made('delete', 'collection', item.withdrawn ? 'The push that made it there was taken back.' : 'It was deleted here, and this remote’s settings say that deletions follow.', { from: item.model });
    case 'unlink':
      return made('delete', 'version', item.withdrawn ? 'The push that made it there was taken back.' : item.artifact === null ? 'It was unlinked here: the version is deleted there, its run and files stay.' : 'It was unlinked here; what it links to stays there.', { label: `${label}:${item.label}` });
    case 'erase':
      return made('delete', 'version', 'It was deleted here: it goes from its project there, for good and with its files.', { label: item.label });
    case 'metadata':
      return made('update', 'metadata', 'It was written here.', { label: `${label}, version ${item.version} there` });
    case 'registry':
      return made('create', 'registry', 'It was made here, and the whole organization follows.');
    case 'run':
      return made('update', 'run', 'It logged more since it went there with a version.');
    case 'ttl':
      return made('update', 'time to live', 'It was set here.', { label: `${label}, version ${item.version} there`, to: item.days === null ? 'as its artifact says' : item.days === 0 ? 'for good' : `${item.days} days` });
    case 'alias': {
      const shown = (token: string | null): string | null => (token === null ? null : token.startsWith('here ') ? item.sides.mine.shown.replace(' (not there yet)', '') : `version ${token}`);
      const aliasLabel = `${label}:${item.alias}`;
      if (objection !== null) return made('skip', 'alias', objection, { label: aliasLabel });
      const theirs = item.model === null ? null : (await connector.now({ kind: 'alias', model: item.model, alias: item.alias }, signal)).value;
      const facts = { label: aliasLabel, from: shown(theirs), to: shown(item.mine) };
      switch (pushVerdict<string | null>(item.seen, item.mine, theirs, 'compare and set')) {
        case 'done':
          return made('skip', 'alias', 'It stands there already.', facts);
        case 'conflict':
          return made('conflict', 'alias', 'It was moved there too, since it was last seen: you decide.', facts);
        case 'send': {
          const link = item.mine?.startsWith('here ') === true ? Number(item.mine.slice(5)) : null;
          if (link !== null && !all.some((other) => other.kind === 'version' && other.linkId === link)) return made('skip', 'alias', 'The version that it stands on does not go there.', facts);
          return made(theirs === null ? 'create' : item.mine === null ? 'update' : 'move', 'alias', theirs === null ? 'It stands nowhere there.' : item.mine === null ? 'It was taken off here.' : 'It was moved here, and stands there where it was seen last.', facts);
        }
      }
      break;
    }
    case 'name':
      return made('update', 'collection', 'It was renamed here.', { from: item.model, to: item.collection });
    case 'description':
      return made('update', 'description', 'It was written here.');
    case 'text':
      return made('update', 'description', 'It was written here.', { label: `${label}, version ${item.version} there` });
    case 'state':
      return made('update', 'state', 'It was changed here.', { label: item.version === null ? label : `${label}, version ${item.version} there`, from: item.seen, to: item.mine });
    case 'tag':
      return made('update', 'tag', item.mine ? 'It was put here.' : 'It was taken off here.', { to: item.tag });
    case 'mark':
      return made('update', 'tag', item.mine ? 'It was put here.' : 'It was taken off here.', { label: `${label}, version ${item.version} there`, to: item.tag });
    default:
      return assertNever(item, 'kind of change');
  }
}

export function summed(remoteId: RemoteId, items: readonly PlanItem[]): SyncPlan {
  const count = (action: PlanItem['action']): number => items.filter((item) => item.action === action).length;
  return {
    remoteId, create: count('create'), move: count('move'), update: count('update'), delete: count('delete'), skip: count('skip'), conflict: count('conflict'), bytes: items.reduce((sum, item) => sum + (item.action === 'create' ? (item.bytes ?? 0) : 0), 0),
    items: items.slice(0, shownItems), more: items.length > shownItems,
  };
}

/** What taking one thing back would do, by what stands there now and here; `going` is what goes with it. */
export async function sentItemOf(connector: Connector, one: SentHere, going: readonly SentHere[], remote: string, signal: AbortSignal): Promise<SentItem> {
  const [, , ...rest] = one.touch.split(' ');
  const field = one.kind === 'alias' || one.kind === 'tag' || one.kind === 'mark' ? rest.join(' ') : null;
  const said = (verdict: SentItem['verdict'], why: string): SentItem => ({ id: one.id as SentItem['id'], what: whats[one.kind], label: one.label, field, from: one.shown.before, to: one.shown.after, verdict, why });
  if (one.blocked !== null) return said('refused', one.blocked);
  const theirs = await standingOf(connector, one, field ?? '', signal);
  switch (takeBackVerdict<string | null>({ before: one.before, after: one.after, mine: one.mine, theirs: theirs.value })) {
    case 'back already':
      return said('refused', 'It is as it was before, on both sides.');
    case 'moved there':
      return said('refused', `It was changed at ${remote} since: there is nothing of this push to take back.`);
    case 'changed here':
      return said('refused', 'It was changed here since: take that back first.');
    case 'take back': {
      const goes = new Set(going.filter((other) => other.kind === 'alias' ? one.kind === 'version' && other.now === one.now && other.after === one.after : one.kind === 'model' && other.kind === 'version' && other.now === one.now).map((other) => (other.kind === 'alias' ? other.touch.split(' ').slice(2).join(' ') : (other.after ?? ''))));
      const held = theirs.holds.filter((what) => !goes.has(what));
      if (held.length > 0) return said('refused', one.kind === 'version' ? `${held.map((alias) => `“${alias}”`).join(', ')} stands on it at ${remote}: that has to go first.` : `Versions stand in it at ${remote} that don’t go with it: ${held.slice(0, 5).join(', ')}.`);
      return said('take_back', words[one.kind]);
    }
  }
}

const whats: Readonly<Record<SentHere['kind'], SentItem['what']>> = { alias: 'alias', description: 'description', text: 'description', tag: 'tag', mark: 'tag', name: 'name', version: 'version', gone: 'version', model: 'collection', state: 'state' };

const words: Readonly<Record<SentHere['kind'], string>> = {
  alias: 'It goes back to where it stood, here and there.', description: 'The text before comes back, here and there.', text: 'The text before comes back, here and there.', tag: 'It becomes what it was, here and there.', mark: 'It becomes what it was, here and there.',
  name: 'It gets its old name back, here and there.', version: 'It is unlinked here and taken off there.', gone: 'It is linked again, here and there.', model: 'It is deleted here and there, once it is empty.', state: 'It goes back to the state before here, and to its stage there.',
};

async function standingOf(connector: Connector, one: SentHere, field: string, signal: AbortSignal): Promise<Standing> {
  const model = one.now;
  const version = one.version ?? '';
  const of = (thing: Thing): Promise<Standing> => connector.now(thing, signal);
  switch (one.kind) {
    case 'alias':
      return of({ kind: 'alias', model, alias: field });
    case 'description':
      return of({ kind: 'description', model });
    case 'tag':
      return of({ kind: 'tag', model, tag: field });
    case 'name':
    case 'model':
      return of({ kind: 'model', model }).then((standing) => (one.kind === 'name' ? { ...standing, holds: [] } : standing));
    case 'text':
      return of({ kind: 'text', model, version });
    case 'state':
      return of({ kind: 'stage', model, version });
    case 'mark':
      return of({ kind: 'mark', model, version, tag: field });
    case 'version':
    case 'gone':
      return of({ kind: 'version', model, version });
  }
}
