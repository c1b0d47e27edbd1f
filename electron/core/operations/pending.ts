/** Operations whose handlers are still to come: each says so by its code. */
import { VitrineError, type OperationName } from '#shared/contract/index.ts';
import type { Handlers } from './index.ts';

const pending: readonly OperationName[] = [
];

export const pendingHandlers: Handlers = Object.fromEntries(pending.map((name) => [name, () => Promise.reject(new VitrineError('not_offered', { details: { what: name } }))]));
