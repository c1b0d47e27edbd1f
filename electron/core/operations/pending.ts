/** Operations whose handlers are still to come: each says so by its code. */
import { VitrineError, type OperationName } from '#shared/contract/index.ts';
import type { Handlers } from './index.ts';

const pending: readonly OperationName[] = [
  'remotes.add', 'remotes.update', 'remotes.remove', 'remotes.test', 'sync.plan', 'sync.run', 'sync.pause', 'sync.resume', 'sync.state', 'sync.resolve', 'sync.retry', 'sync.edit', 'sync.discard', 'sync.fetch',
  'remotes.list', 'remotes.get', 'sync.rounds', 'sync.conflicts', 'sync.deadLetters',
];

export const pendingHandlers: Handlers = Object.fromEntries(pending.map((name) => [name, () => Promise.reject(new VitrineError('not_offered', { details: { what: name } }))]));
