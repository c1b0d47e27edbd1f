/**
 * Lifecycle states where a W&B remote follows: there are none there, so an alias stands for each (`lifecycleMapping.ts`), and goes over as any
 * alias does. A version that comes into a state takes its alias along; one that gets such an alias there comes into its state here.
 */
import { aliasOfState, type AliasWish, type Lifecycle } from '#shared/domain/index.ts';
import type { ReadableDb } from '../connection.ts';
import { followsCollection, remoteRows, type RemoteRow } from '../records/remotes.ts';
import type { CollectionRow, LinkRow } from '../records/rows.ts';
import { branded } from '../records/shared.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { applyAliasWishes } from './aliases.ts';

export const takesStates = ({ kind, settings }: RemoteRow): boolean => kind === 'wandb' && settings.fields.states && settings.fields.aliases;

const aliasesOn = (db: ReadableDb, linkId: number): readonly string[] => db.column<string>(sql`SELECT alias FROM aliases WHERE holder_kind = 'collection' AND target_id = ${linkId}`);

/** Whether a W&B remote is told of the states in a collection. */
export function tellsStates(db: ReadableDb, collection: CollectionRow): boolean {
  return remoteRows(db).some((remote) => takesStates(remote) && followsCollection(remote, collection.id) && remote.places.some((place) => place.registryId === collection.registryId));
}

/** The alias of a state, and those that stand on the link already. */
function carriedInto(db: ReadableDb, lifecycle: Lifecycle, link: Pick<LinkRow, 'id'>, to: string): { readonly after: string | null; readonly standing: ReadonlySet<string> } {
  return { after: aliasOfState(lifecycle, to), standing: new Set(aliasesOn(db, link.id)) };
}

/** The alias that a link would get by coming into a state, where `tellsStates`; null for none. */
export function aliasToCarry(db: ReadableDb, lifecycle: Lifecycle, link: Pick<LinkRow, 'id'>, to: string): string | null {
  const { after, standing } = carriedInto(db, lifecycle, link, to);
  return after === null || standing.has(after) ? null : after;
}

/** Puts the alias of a state on a link that came into it, and takes that of the state before off, where `tellsStates`. The rules of aliases hold. */
export function carryStateAlias(scope: CommandScope, lifecycle: Lifecycle, collection: CollectionRow, link: LinkRow, from: string, to: string): void {
  const { db } = scope;
  const before = aliasOfState(lifecycle, from);
  const { after, standing } = carriedInto(db, lifecycle, link, to);
  const wishes: AliasWish[] = [
    ...(before !== null && before !== after && standing.has(before) ? [{ alias: before, to: null, expected: link.index }] : []),
    ...(after !== null && !standing.has(after) ? [{ alias: after, to: link.index }] : []),
  ];
  if (wishes.length > 0) applyAliasWishes(scope, { kind: 'collection', id: branded(collection.id) }, wishes);
}

/** Where each alias of a collection stands, by the link's id. */
export function aliasesByName(db: ReadableDb, collectionId: number): ReadonlyMap<string, number> {
  return new Map(db.all<{ alias: string; linkId: number }>(sql`SELECT alias, target_id AS linkId FROM aliases WHERE holder_kind = 'collection' AND holder_id = ${collectionId}`).map(({ alias, linkId }) => [alias, linkId]));
}
