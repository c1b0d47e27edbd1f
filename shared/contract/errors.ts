/**
 * Every way in which an operation can fail, as a closed set of codes.
 *
 * A code says what class of thing happened; `details` says to what and why, as data. Words for people are made from both at the
 * edge that shows them (window, command line, HTTP door), by `explainError`, so that all three say the same.
 */
export const errorCodes = [
  // What was asked can't be read.
  'bad_input',
  'name_invalid',
  'path_invalid',
  'query_invalid',
  'unknown_operation',
  // What was asked for isn't there, or isn't for this caller.
  'not_found',
  'permission_denied',
  'not_signed_in',
  // What was asked stands against what is there.
  'already_exists',
  'type_mismatch',
  'alias_conflict',
  'alias_protected',
  'state_conflict',
  'reason_required',
  'approval_required',
  'aliases_present',
  'version_unavailable',
  'blocked',
  'nothing_to_undo',
  'undo_stale',
  // Bytes and files.
  'path_outside_folder',
  'file_unreadable',
  'file_changed',
  'file_exists',
  'object_missing',
  'object_damaged',
  'too_large',
  // The ground we stand on.
  'disk_full',
  'store_read_only',
  'catalog_read_only',
  'catalog_corrupt',
  'catalog_newer',
  'catalog_locked',
  // The way between.
  'cancelled',
  'deadline_exceeded',
  'core_restarted',
  'core_unavailable',
  'not_offered',
  // Another server.
  'remote_unreachable',
  'remote_sign_in',
  'remote_refused',
  'remote_failed',
  // Our own fault: carries an id under which the stack stands in the log.
  'unexpected',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** JSON-safe facts about a failure: names, limits, offending parts, offsets in characters, sizes in bytes. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** The form in which a failure crosses a wire. */
export type SerializedError = {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
  /** Whether the same call may go through later without a change. */
  readonly retryable: boolean;
};

const retryableCodes: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['core_restarted', 'core_unavailable', 'deadline_exceeded', 'catalog_locked', 'remote_unreachable', 'remote_failed']);

export type VitrineErrorOptions = { readonly details?: ErrorDetails; readonly cause?: unknown };

/**
 * A failure that was foreseen. Anything thrown that is not a `VitrineError` is a bug and becomes `unexpected`.
 */
export class VitrineError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, options: VitrineErrorOptions = {}) {
    super(`${code} ${JSON.stringify(options.details ?? {})}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'VitrineError';
    this.code = code;
    this.details = options.details ?? {};
  }

  get retryable(): boolean {
    return retryableCodes.has(this.code);
  }

  toJSON(): SerializedError {
    return { code: this.code, details: this.details, retryable: this.retryable };
  }

  static from(serialized: SerializedError): VitrineError {
    return new VitrineError(serialized.code, { details: serialized.details });
  }
}

export function isVitrineError(thrown: unknown): thrown is VitrineError {
  return thrown instanceof VitrineError;
}

export function isErrorCode(text: string): text is ErrorCode {
  return (errorCodes as readonly string[]).includes(text);
}
