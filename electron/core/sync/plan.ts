/** What a push would do, item by item, with the reason: nothing is written on either side. */
import type { PlanItem, RemoteId, SyncPlan } from '#shared/contract/index.ts';
import { assertNever, pushVerdict } from '#shared/domain/index.ts';
import type { Connector, PushItem } from './remotes/connector.ts';

/** Items that a plan shows. */
const shownItems = 2000;

export async function planItemOf(connector: Connector, item: PushItem, all: readonly PushItem[], signal: AbortSignal): Promise<PlanItem> {
  if (item.kind === 'moot') return { action: 'skip', what: 'version', label: item.touch, from: null, to: null, why: item.why, bytes: null };
  const label = `${item.registry}/${item.collection}`;
  const objection = connector.judge(item);
  const made = (action: PlanItem['action'], what: PlanItem['what'], why: string, more: Partial<PlanItem> = {}): PlanItem => ({ action: objection === null ? action : 'skip', what, label, from: null, to: null, bytes: null, ...more, why: objection ?? why });
  switch (item.kind) {
    case 'collection':
      return item.model === null ? made('create', 'collection', 'There is no model of that name.') : made('skip', 'collection', 'It is there already.');
    case 'version':
      if (item.known !== null) return made('skip', 'version', `It is there already, as version ${item.known}.`, { label: `${label}:v${item.index}` });
      return made('create', 'version', 'It is linked here and not there.', { label: `${label}:v${item.index}`, from: item.label, bytes: item.size });
    case 'unlink':
      return made('update', 'version', 'It was unlinked here; what it links to stays there.', { label: `${label}:${item.label}` });
    case 'alias': {
      const shown = (token: string | null): string | null => (token === null ? null : token.startsWith('here ') ? item.sides.mine.shown.replace(' (not there yet)', '') : `version ${token}`);
      const aliasLabel = `${label}:${item.alias}`;
      if (objection !== null) return made('skip', 'alias', objection, { label: aliasLabel });
      const theirs = item.model === null ? null : await connector.aliasNow(item.model, item.alias, signal);
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
    remoteId, create: count('create'), move: count('move'), update: count('update'), skip: count('skip'), conflict: count('conflict'), bytes: items.reduce((sum, item) => sum + (item.action === 'create' ? (item.bytes ?? 0) : 0), 0),
    items: items.slice(0, shownItems), more: items.length > shownItems,
  };
}
