/** Searches that are kept. One's own are nobody else's business; what is shared with the organization is history. */
import type { CheckedInputOf, OutputOf, SavedSearch } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { checkSearchName, explainQueryError, nameKey, parseQuery } from '#shared/domain/index.ts';
import { demand, notFound, organizationObject } from '../access.ts';
import { savedSearches } from '../records/savedSearches.ts';
import { branded } from '../records/shared.ts';
import { accepted } from '../refusals.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';
import type { SearchFacts } from '../undo.ts';

function found(scope: CommandScope, id: number): SavedSearch {
  const [search] = savedSearches(scope, sql`s.id = ${id}`);
  if (search === undefined) throw notFound('saved search', String(id));
  return search;
}

/** One that the asker may change: their own, or, for those who manage the organization, a shared one. */
function editable(scope: CommandScope, id: number): SavedSearch {
  const search = found(scope, id);
  if (!search.mayEdit) throw new VitrineError('permission_denied', { details: { kind: 'saved search', label: search.name, explanation: `“${search.name}” is ${search.owner.displayName}’s; they or an admin of the organization may change it. You can save a copy of your own.` } });
  return search;
}

function refuseTaken(scope: CommandScope, ownerId: number, name: string, but: number): void {
  if (scope.db.value(sql`SELECT 1 FROM saved_searches WHERE user_id = ${ownerId} AND name_key = ${nameKey(name)} AND id <> ${but}`) !== undefined) {
    throw new VitrineError('already_exists', { details: { kind: 'saved search', label: name } });
  }
}

/** Sharing tells everybody something, so it needs a member. */
function demandSharing(scope: CommandScope): void {
  demand(scope.asker, 'registry.create', organizationObject(scope.db));
}

function tell(scope: CommandScope, kind: 'search.saved' | 'search.removed', before: SavedSearch | null, after: SavedSearch | null): void {
  const search = after ?? before;
  if (search === null || (before?.shared !== true && after?.shared !== true)) return;
  const facts = (one: SavedSearch | null) => (one === null ? null : { name: one.name, text: one.text, shared: one.shared });
  scope.record({ kind, subject: { kind: 'settings', id: search.id, label: search.name, address: null, registryId: null }, before: facts(before), after: facts(after) });
}

export function saveSearch(scope: CommandScope, input: CheckedInputOf<'searches.save'>): OutputOf<'searches.save'> {
  const { db, at } = scope;
  const name = accepted(checkSearchName(input.name));
  const [error] = parseQuery(input.text).errors;
  if (error !== undefined) throw new VitrineError('query_invalid', { details: { offset: error.span.offset, length: error.span.length, explanation: explainQueryError(error) } });
  const kinds = input.kinds === null ? null : JSON.stringify([...new Set(input.kinds)]);
  const before = input.id === undefined ? null : editable(scope, input.id);
  if (input.shared && before?.shared !== true) demandSharing(scope);
  refuseTaken(scope, before?.owner.id ?? scope.actorId, name, before?.id ?? 0);
  const id = before?.id ?? db.run(sql`
    INSERT INTO saved_searches (user_id, name, name_key, text, kinds, shared, created_at, updated_at) VALUES (${scope.actorId}, ${name}, ${nameKey(name)}, ${input.text}, ${kinds}, ${Number(input.shared)}, ${at}, ${at})`).id;
  if (before !== null) db.run(sql`UPDATE saved_searches SET name = ${name}, name_key = ${nameKey(name)}, text = ${input.text}, kinds = ${kinds}, shared = ${Number(input.shared)}, updated_at = ${at} WHERE id = ${id}`);
  scope.changed('search', id);
  // Taking somebody else's search back from sharing hides it from who did it, too.
  const [after = null] = savedSearches(scope, sql`s.id = ${id}`);
  tell(scope, 'search.saved', before, after);
  const facts: SearchFacts = { ownerId: before?.owner.id ?? scope.actorId, name, text: input.text, kinds: input.kinds === null ? null : [...new Set(input.kinds)], shared: input.shared };
  scope.inverse({ step: 'search', id, to: before === null ? null : factsOf(before), expected: facts });
  scope.offerUndo(before === null ? `Save search “${name}”` : `Change search “${name}”`);
  return after ?? { ...(before as SavedSearch), name, text: input.text, kinds: input.kinds, shared: input.shared, mayEdit: false };
}

export function renameSearch(scope: CommandScope, input: CheckedInputOf<'searches.rename'>): OutputOf<'searches.rename'> {
  const { text, kinds, shared } = editable(scope, input.id);
  return saveSearch(scope, { id: input.id, name: input.name, text, kinds, shared });
}

export function removeSearch(scope: CommandScope, input: CheckedInputOf<'searches.remove'>): OutputOf<'searches.remove'> {
  const search = editable(scope, input.id);
  scope.db.run(sql`DELETE FROM saved_searches WHERE id = ${input.id}`);
  tell(scope, 'search.removed', search, null);
  scope.changed('search', input.id);
  scope.inverse({ step: 'search', id: input.id, to: factsOf(search), expected: null });
  scope.offerUndo(`Remove search “${search.name}”`);
  return {};
}

const factsOf = (search: SavedSearch): SearchFacts => ({ ownerId: search.owner.id, name: search.name, text: search.text, kinds: search.kinds, shared: search.shared });

/** For an undo: it must still be as the act left it, and its name free. */
export function searchBack(scope: CommandScope, step: { readonly id: number; readonly to: SearchFacts | null; readonly expected: SearchFacts | null }): void {
  const { db, at } = scope;
  const [now = null] = savedSearches(scope, sql`s.id = ${step.id}`);
  if (JSON.stringify(now === null ? null : factsOf(now)) !== JSON.stringify(step.expected)) throw new VitrineError('undo_stale', { details: { explanation: 'The search was changed meanwhile.' } });
  const { to } = step;
  if (to === null) {
    removeSearch(scope, { id: branded(step.id) });
    return;
  }
  const kinds = to.kinds as SavedSearch['kinds'];
  if (now !== null) {
    saveSearch(scope, { id: branded(step.id), name: to.name, text: to.text, kinds, shared: to.shared });
    return;
  }
  if (to.shared) demandSharing(scope);
  refuseTaken(scope, to.ownerId, to.name, step.id);
  db.run(sql`
    INSERT INTO saved_searches (id, user_id, name, name_key, text, kinds, shared, created_at, updated_at)
    VALUES (${step.id}, ${to.ownerId}, ${to.name}, ${nameKey(to.name)}, ${to.text}, ${kinds === null ? null : JSON.stringify(kinds)}, ${Number(to.shared)}, ${at}, ${at})`);
  scope.changed('search', step.id);
  const [back = null] = savedSearches(scope, sql`s.id = ${step.id}`);
  tell(scope, 'search.saved', null, back);
}
