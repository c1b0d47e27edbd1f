import { explainViolation, type Violation } from '../domain/violations.ts';
import type { ErrorCode, ErrorDetails, SerializedError } from './errors.ts';

/** What happened, in a sentence, and what to do next, where there is something to do. */
export type Explanation = { readonly title: string; readonly sentence: string; readonly advice: string | null };

function text(details: ErrorDetails, key: string, otherwise: string): string {
  const value = details[key];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : otherwise;
}

function list(details: ErrorDetails, key: string): string {
  const value = details[key];
  if (!Array.isArray(value)) return '';
  const shown = value.slice(0, 5).map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
  return shown.join(', ') + (value.length > 5 ? ` and ${value.length - 5} more` : '');
}

/** What is wrong with a path: the rule it breaks, else the reason the file system gave. */
function pathSentence(details: ErrorDetails): string {
  const { violation } = details;
  // It may have crossed a wire from a newer version, with a rule that is unknown here.
  if (typeof violation === 'object' && violation !== null && 'rule' in violation) {
    try {
      return explainViolation(violation as Violation);
    } catch {
      return `It breaks the rule “${String(violation.rule)}”.`;
    }
  }
  const path = `“${text(details, 'path', '')}”`;
  switch (details['reason']) {
    case 'link_loop':
      return `${path} is a link that leads back to a folder above it.`;
    case 'too_many_links':
      return `${path} is one more link to a folder than the ${text(details, 'limit', '')} that are followed.`;
    case 'too_deep':
      return `${path} lies deeper than ${text(details, 'limit', 'the most')} folders.`;
    case 'not_unicode':
      return `${path} has a name that is not Unicode.`;
    case 'nul':
      return `${path} contains a NUL character.`;
    default:
      return `${path} is not a relative path inside the artifact.`;
  }
}

type Words = (details: ErrorDetails) => Explanation;

const say = (title: string, sentence: string, advice: string | null = null): Explanation => ({ title, sentence, advice });

/**
 * Words per code. A detail named `explanation` (made by the domain's rules, which know the offending part) comes first.
 */
const words: { readonly [Code in ErrorCode]: Words } = {
  bad_input: (details) => say('That input can’t be read', text(details, 'explanation', `The input of ${text(details, 'operation', 'the operation')} does not have the form it needs.`), 'Correct it and try again.'),
  name_invalid: (details) => say('That name can’t be used', text(details, 'explanation', 'The name breaks a rule.'), 'Choose another name.'),
  path_invalid: (details) => say('A path can’t be used', text(details, 'explanation', pathSentence(details)), 'Rename the file, or leave it out.'),
  query_invalid: (details) => say('The search can’t be read', text(details, 'explanation', 'The search has a mistake.'), 'Correct the marked spot.'),
  unknown_operation: (details) => say('No such operation', `There is no operation named ${text(details, 'operation', '')}.`),
  not_found: (details) => say('Not found', text(details, 'explanation', `There is no ${text(details, 'kind', 'such thing')}${details['label'] === undefined ? '' : ` “${text(details, 'label', '')}”`}, or you may not see it.`)),
  permission_denied: (details) => say('You may not do that', text(details, 'explanation', `It needs the role ${text(details, 'needed', 'member')}; yours is ${text(details, 'role', 'lower')}.`), 'Ask an admin of the registry.'),
  not_signed_in: () => say('No valid key', 'The request carries no API key that is known here.', 'Make a key with “vitrine key create”, or in Settings.'),
  already_exists: (details) => say('That exists already', text(details, 'explanation', `There is already a ${text(details, 'kind', 'thing')} named “${text(details, 'label', '')}”.`), 'Choose another name, or use the one that is there.'),
  type_mismatch: (details) => say('The types don’t fit', text(details, 'explanation', `A ${text(details, 'type', 'thing')} can’t go where ${text(details, 'accepted', 'another type')} is expected.`)),
  alias_conflict: (details) => say('The alias moved meanwhile', text(details, 'explanation', `“${text(details, 'alias', '')}” is no longer where you saw it: it now stands on ${details['actual'] === null ? 'nothing' : `v${text(details, 'actual', '?')}`}.`), 'Look at where it stands now, then decide again.'),
  alias_protected: (details) => say('That alias is protected', text(details, 'explanation', `Only a registry admin may put, move or remove ${list(details, 'aliases') || `“${text(details, 'alias', '')}”`}.`), 'Ask an admin of the registry.'),
  state_conflict: (details) => say('The state changed meanwhile', text(details, 'explanation', 'It is no longer in the state in which you saw it.'), 'Look at the state it has now, then decide again.'),
  approval_required: (details) => say('That has to be approved first', text(details, 'explanation', 'This alias may be put only once that is approved.'), 'Request the approval; once it is granted the alias is put.'),
  reason_required: (details) => say('A reason is needed', text(details, 'explanation', 'This registry wants to know why.'), 'Say why, in a few words: it is kept in the history.'),
  aliases_present: (details) => say('Aliases stand on it', `These aliases would go: ${list(details, 'aliases')}.`, 'Name them in the deletion, or take them off first.'),
  version_unavailable: (details) => say('That version can’t be used', text(details, 'explanation', `The version is ${text(details, 'state', 'not committed')}.`)),
  blocked: (details) => say('Something stands against it', text(details, 'explanation', list(details, 'blockers') || 'It can’t be done as things stand.')),
  nothing_to_undo: () => say('Nothing to undo', 'That act was undone already, or is too long ago.'),
  undo_stale: (details) => say('That can’t be undone any more', text(details, 'explanation', 'Something has since been built on it.'), 'Look at the history and change it by hand.'),
  path_outside_folder: (details) => say('A link points outside the folder', `“${text(details, 'path', '')}” leads to ${text(details, 'target', 'a place outside')}. Nothing was logged.`, 'Replace the link by the file itself, or leave it out.'),
  file_unreadable: (details) => say('A file can’t be read', `“${text(details, 'path', '')}”: ${text(details, 'reason', 'no right to read it')}. Nothing was logged.`, 'Change its rights, or leave it out.'),
  file_changed: (details) => say('A file changed while it was read', `“${text(details, 'path', '')}” was written to meanwhile. Nothing was logged.`, 'Wait until the training is done with it, then log again.'),
  file_exists: (details) => say('A file is in the way', `“${text(details, 'path', '')}” exists already. Nothing was overwritten.`, 'Choose an empty folder, or allow overwriting.'),
  object_missing: (details) => say('Bytes are missing', `The store does not have the content of “${text(details, 'path', text(details, 'digest', ''))}”.`, 'Fetch it from a remote that has it, or log the files again.'),
  object_damaged: (details) => say('Bytes are damaged', `The content of “${text(details, 'path', text(details, 'digest', ''))}” no longer has its digest. It was put into quarantine.`, 'Fetch it from a remote that has it, or log the files again.'),
  too_large: (details) => say('That is too large', text(details, 'explanation', `The limit is ${text(details, 'limit', '?')}.`)),
  disk_full: (details) => say('The disk is full', `There is no room left in ${text(details, 'directory', 'the catalog’s folder')}. Nothing was half-written.`, 'Free some space, then try again.'),
  store_read_only: (details) => say('The store can’t be written', `${text(details, 'directory', 'The store')} is read-only.`, 'Change the rights of the folder, or open another catalog.'),
  catalog_read_only: (details) => say('The catalog can’t be written', `${text(details, 'directory', 'The catalog’s folder')} is read-only: you can look, not change.`, 'Change the rights of the folder, or open another catalog.'),
  catalog_corrupt: (details) => say('The catalog file is damaged', `${text(details, 'file', 'The file')} can’t be read as a catalog. It was kept as it is.`, 'Restore the newest backup.'),
  catalog_newer: (details) => say('The catalog is from a newer Vitrine', `It has schema ${text(details, 'found', '?')}; this version knows up to ${text(details, 'known', '?')}. Nothing was touched.`, 'Update Vitrine, or open another catalog.'),
  catalog_locked: (details) => say('The catalog is in use', `Another Vitrine owns ${text(details, 'directory', 'it')} and does not answer.`, 'Close the other one, then try again.'),
  cancelled: () => say('Cancelled', 'It was stopped before it was done; nothing was half-written.'),
  deadline_exceeded: (details) => say('That took too long', `${text(details, 'operation', 'The operation')} did not answer within ${text(details, 'milliseconds', '?')} ms.`, 'Try again.'),
  core_restarted: (details) => say('The core was restarted', `It stopped while ${text(details, 'operation', 'this')} was under way. Whether it took effect shows in the history.`, 'Look before you do it again.'),
  core_unavailable: () => say('The core can’t be reached', 'The process that owns the catalog does not answer.', 'Wait a moment, or restart Vitrine.'),
  not_offered: (details) => say('Not offered', text(details, 'explanation', `${text(details, 'what', 'This')} is not offered here.`)),
  remote_unreachable: (details) => say('The remote does not answer', text(details, 'explanation', `${text(details, 'remote', 'The remote')} can’t be reached.`), 'Check the address and the network; what waits for it is kept.'),
  remote_sign_in: (details) => say('The remote does not let us in', text(details, 'explanation', `${text(details, 'remote', 'The remote')} refused the credential.`), 'Enter the credential anew.'),
  remote_refused: (details) => say('The remote refused it', text(details, 'explanation', `${text(details, 'remote', 'The remote')} refused the request.`)),
  remote_failed: (details) => say('The remote failed', text(details, 'explanation', `${text(details, 'remote', 'The remote')} answered with a failure of its own.`), 'It is tried again later.'),
  unexpected: (details) => say('Something went wrong inside Vitrine', `That is our fault, not yours. It is noted in the log as ${text(details, 'id', '?')}.`, 'Try again; if it stays, report it with that id.'),
};

/** Says a failure in words, the same in the window, the command line and the HTTP door. */
export function explainError(error: Pick<SerializedError, 'code' | 'details'>): Explanation {
  return words[error.code](error.details);
}
