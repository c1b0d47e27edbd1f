/** How failures look to W&B's clients: which HTTP status they get, and which words. */
import { GraphQLError } from 'graphql';
import { explainError, isVitrineError, VitrineError, type ErrorCode, type SerializedError } from '#shared/contract/index.ts';
import { serializeFailure } from '../../host/serializeFailure.ts';
import type { Log } from '../../host/log.ts';
import { reasonHeader } from '../reason.ts';

/**
 * Only statuses after which a client doesn't try again stand for what stays wrong. What passes by itself gets 503, which is tried again.
 * A fault of ours is not worth twenty tries either. The older client tries everything again but 400, 401, 403, 404 and 409, and for 401 and 403
 * it has words of its own in place of ours: what people have to read, such as which request is open, goes as 400 or 409.
 */
const statuses: { readonly [Code in ErrorCode]: number } = {
  bad_input: 400, name_invalid: 400, path_invalid: 400, query_invalid: 400, unknown_operation: 400,
  not_found: 404, permission_denied: 403, not_signed_in: 401,
  already_exists: 409, type_mismatch: 400, alias_conflict: 409, state_conflict: 409, alias_protected: 409, approval_required: 409, reason_required: 400, aliases_present: 409, version_unavailable: 409, blocked: 409,
  nothing_to_undo: 409, undo_stale: 409,
  path_outside_folder: 400, file_unreadable: 400, file_changed: 409, file_exists: 409, object_missing: 404, object_damaged: 400, too_large: 413,
  disk_full: 413, store_read_only: 403, catalog_read_only: 403, catalog_corrupt: 400, catalog_newer: 400, catalog_locked: 503,
  cancelled: 503, deadline_exceeded: 503, core_restarted: 503, core_unavailable: 503, not_offered: 400, remote_unreachable: 503, remote_failed: 503, remote_sign_in: 400, remote_refused: 400,
  unexpected: 400,
};

/** The status for a code. A run's upsert is tried again after 409, so there it is 400. */
export function wandbStatusOf(code: ErrorCode, options: { readonly conflictsAreRetried?: boolean } = {}): number {
  const status = statuses[code];
  return status === 409 && options.conflictsAreRetried === true ? 400 : status;
}

/**
 * The status under which a caller shows the words of a refusal. The public API of clients before 0.30 asks by itself, in Python, and shows of a
 * refusal no more than its number where lists are asked for; of errors under 200 it shows the first one's words, and doesn't try again either.
 */
export function shownStatusOf(status: number, userAgent: string | undefined): number {
  const minor = /^W&B Public Client 0\.(\d{1,3})\./.exec(userAgent ?? '')?.[1];
  return (status === 400 || status === 409) && minor !== undefined && Number(minor) < 30 ? 200 : status;
}

/** One line: clients show it as it is. */
export function messageOf(error: Pick<SerializedError, 'code' | 'details'>): string {
  const { sentence, advice } = explainError(error);
  // The client has no words for a reason, but sends along what headers it is told to.
  if (error.code === 'reason_required') return `${sentence} A script says why in a header, which newer clients (0.31, not 0.23) send along: set WANDB_X_EXTRA_HTTP_HEADERS='{"${reasonHeader}": "why"}' before it starts, or pass wandb.Settings(x_extra_http_headers={"${reasonHeader}": "why"}) to wandb.init. With an older one, leave the alias out of the script and put it in Vitrine’s window or with: vitrine alias set wandb-registry-REGISTRY/COLLECTION:vN ALIAS -m "why".`;
  // Where core explains the case at hand, the general advice adds nothing.
  return advice === null || typeof error.details['explanation'] === 'string' ? sentence : `${sentence} ${advice}`;
}

export type WireError = { readonly message: string; readonly path?: readonly (string | number)[]; readonly extensions: { readonly code: ErrorCode } };
export type WireFailure = { readonly status: number; readonly errors: readonly WireError[] };

/** What GraphQL's executor found wrong, as statuses and words. The first failure decides. */
export function failureOf(errors: readonly GraphQLError[], log: Log, options: { readonly conflictsAreRetried?: boolean } = {}): WireFailure {
  const wire = errors.slice(0, 10).map((error): WireError => {
    const { originalError: cause } = error;
    const serialized = cause === undefined || cause === null || cause instanceof GraphQLError ? new VitrineError('bad_input', { details: { explanation: error.message } }).toJSON() : serializeFailure(cause, 'graphql', log);
    return { message: messageOf(serialized), ...(error.path === undefined ? {} : { path: error.path }), extensions: { code: serialized.code } };
  });
  return { status: wandbStatusOf(wire[0]?.extensions.code ?? 'unexpected', options), errors: wire };
}

/** The one failure of something thrown. */
export function failureOfThrown(thrown: unknown, log: Log): WireFailure {
  const serialized = isVitrineError(thrown) ? thrown.toJSON() : serializeFailure(thrown, 'wandb', log);
  return { status: wandbStatusOf(serialized.code), errors: [{ message: messageOf(serialized), extensions: { code: serialized.code } }] };
}
