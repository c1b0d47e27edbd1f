/** A remote's standing in words and tones: the same in the status line, the place and the list of remotes. */
import type { Remote, SyncState } from '#shared/contract/index.ts';
import { assertNever } from '#shared/domain/assert.ts';
import { formatQuantity } from '../../ui/format.ts';

export type Standing = { readonly tone: 'neutral' | 'good' | 'caution' | 'danger' | 'accent'; readonly label: string; readonly busy: boolean; readonly hollow: boolean };

export function standingOf(state: Pick<SyncState, 'phase' | 'waiting' | 'dead' | 'conflicts' | 'pushes' | 'fetching'>): Standing {
  const quiet = { busy: false, hollow: false } as const;
  // Files come at the end of a round, when all is read and sent.
  if ((state.phase === 'pulling' || state.phase === 'pushing') && state.fetching !== null && state.fetching.label !== null) return { tone: 'accent', label: 'Getting files', busy: true, hollow: false };
  switch (state.phase) {
    case 'pulling':
      return { tone: 'accent', label: 'Reading', busy: true, hollow: false };
    case 'pushing':
      return { tone: 'accent', label: 'Sending', busy: true, hollow: false };
    case 'conflict':
      return { tone: 'caution', label: `${formatQuantity(state.conflicts, 'conflict')} to decide`, ...quiet };
    case 'idle':
      if (state.dead > 0) return { tone: 'caution', label: `${formatQuantity(state.dead, 'change')} refused`, ...quiet };
      return state.waiting > 0 ? { tone: 'neutral', label: state.pushes ? `${state.waiting} to send` : `Up to date; ${state.waiting} kept back`, ...quiet } : { tone: 'good', label: 'Up to date', ...quiet };
    case 'backing_off':
      return { tone: 'caution', label: 'Trying again later', ...quiet };
    case 'offline':
      return { tone: 'neutral', label: 'Offline', busy: false, hollow: true };
    case 'sign_in':
      return { tone: 'danger', label: 'Sign-in needed', ...quiet };
    case 'paused':
      return { tone: 'neutral', label: 'Paused', busy: false, hollow: true };
    default:
      return assertNever(state.phase, 'phase');
  }
}

/** What needs a person first comes first. */
const urgency: Readonly<Record<SyncState['phase'], number>> = { sign_in: 0, conflict: 1, backing_off: 2, offline: 3, pushing: 4, pulling: 5, idle: 6, paused: 7 };

/** All remotes in one word, for the status line; null where there is none. */
export function standingOfAll(states: readonly SyncState[]): { readonly standing: Standing; readonly name: string } | null {
  const [first] = states.toSorted((left, right) => urgency[left.phase] - urgency[right.phase] || right.dead - left.dead || right.waiting - left.waiting);
  return first === undefined ? null : { standing: standingOf(first), name: first.name };
}

/** Which W&B a remote of that kind is for: what its public client shows of it. */
export const wandbCovers = 'Servers from 0.70 on: W&B’s cloud, dedicated or self-managed. What is sent are operations of the public client, held to its versions 0.31 and 0.23. W&B’s own server can’t be run in a test; the same client and Vitrine’s own server stand for it.';

export const wandbLimits: readonly string[] = [
  'W&B can’t compare and set an alias: it is read right before it is moved, and who moves it in the same moment wins unseen until the next round.',
  'Collections are made with their first version. Members, roles, protected aliases and automations stay each side’s own; who the members there are can be read.',
  'Times to live go both ways, deletions only there, each where the remote’s settings say so. Unless they do, a version that is deleted here is unlinked there, and stays in its project.',
  'The history of a run made here goes with its first version, and with its end what it logged since; its other fields stay as they went. Of a run’s history at most 10,000 steps come, of who used a version at most 100 runs.',
  'Files above 5 GiB are not sent, and XXH128 digests are not read.',
];

/** As whom one signs in, and where the secret lies. */
export function credentialWords({ kind, credential }: Remote): string {
  const place = credential.place === 'keychain' ? 'in the keychain' : credential.place === 'file' ? 'in a file that only you can read' : '';
  switch (credential.kind) {
    case 'none':
      return 'No credential';
    case 'basic':
      return `As ${credential.name ?? ''}; password ${place}`;
    case 'token':
      return `${kind === 'wandb' ? 'API key' : 'Token'} ${place}`;
    case 'environment':
      return `Credential in $${credential.name ?? ''}`;
  }
}
