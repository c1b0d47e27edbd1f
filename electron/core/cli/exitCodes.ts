import type { ErrorCode } from '#shared/contract/index.ts';

/** What the command line's exit codes mean; also in `vitrine --help`. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  badInput: 2,
  notFound: 3,
  denied: 4,
  conflict: 5,
  files: 6,
  unavailable: 7,
  /** `vitrine wait`: the time was up. */
  waitedInVain: 8,
  cancelled: 130,
} as const;

const byCode: { readonly [Code in ErrorCode]: number } = {
  bad_input: exitCodes.badInput, name_invalid: exitCodes.badInput, path_invalid: exitCodes.badInput, query_invalid: exitCodes.badInput,
  unknown_operation: exitCodes.badInput, too_large: exitCodes.badInput, reason_required: exitCodes.badInput,
  not_found: exitCodes.notFound,
  permission_denied: exitCodes.denied, not_signed_in: exitCodes.denied, alias_protected: exitCodes.denied, approval_required: exitCodes.denied,
  already_exists: exitCodes.conflict, type_mismatch: exitCodes.conflict, alias_conflict: exitCodes.conflict, state_conflict: exitCodes.conflict, aliases_present: exitCodes.conflict,
  version_unavailable: exitCodes.conflict, blocked: exitCodes.conflict, nothing_to_undo: exitCodes.conflict, undo_stale: exitCodes.conflict,
  path_outside_folder: exitCodes.files, file_unreadable: exitCodes.files, file_changed: exitCodes.files, file_exists: exitCodes.files,
  object_missing: exitCodes.files, object_damaged: exitCodes.files, disk_full: exitCodes.files, store_read_only: exitCodes.files,
  catalog_read_only: exitCodes.files, catalog_corrupt: exitCodes.files, catalog_newer: exitCodes.files,
  catalog_locked: exitCodes.unavailable, core_restarted: exitCodes.unavailable, core_unavailable: exitCodes.unavailable, deadline_exceeded: exitCodes.unavailable,
  not_offered: exitCodes.unavailable, remote_unreachable: exitCodes.unavailable, remote_failed: exitCodes.unavailable, remote_sign_in: exitCodes.denied, remote_refused: exitCodes.conflict,
  cancelled: exitCodes.cancelled,
  unexpected: exitCodes.unexpected,
};

export function exitCodeOf(code: ErrorCode): number {
  return byCode[code];
}

/** Of a dry run: what the act itself would end with. */
export function foreseenCode(preview: { readonly refused: readonly unknown[]; readonly needsApproval: readonly unknown[] }): number {
  if (preview.refused.length > 0) return exitCodes.conflict;
  return preview.needsApproval.length > 0 ? exitCodes.denied : exitCodes.done;
}
