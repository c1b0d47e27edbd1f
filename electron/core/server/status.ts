import type { ErrorCode } from '#shared/contract/index.ts';

const statuses: { readonly [Code in ErrorCode]: number } = {
  bad_input: 400, name_invalid: 422, path_invalid: 422, query_invalid: 422, unknown_operation: 404,
  not_found: 404, permission_denied: 403, not_signed_in: 401,
  already_exists: 409, type_mismatch: 409, alias_conflict: 409, state_conflict: 409, alias_protected: 403, approval_required: 403, reason_required: 422, aliases_present: 409, version_unavailable: 409, blocked: 409,
  nothing_to_undo: 409, undo_stale: 409,
  path_outside_folder: 422, file_unreadable: 422, file_changed: 409, file_exists: 409, object_missing: 404, object_damaged: 500, too_large: 413,
  disk_full: 507, store_read_only: 403, catalog_read_only: 403, catalog_corrupt: 500, catalog_newer: 500, catalog_locked: 503,
  cancelled: 499, deadline_exceeded: 504, core_restarted: 503, core_unavailable: 503, not_offered: 501, remote_unreachable: 502, remote_failed: 502, remote_sign_in: 502, remote_refused: 502,
  unexpected: 500,
};

/** The HTTP status that says the same as a code. */
export function httpStatusOf(code: ErrorCode): number {
  return statuses[code];
}
