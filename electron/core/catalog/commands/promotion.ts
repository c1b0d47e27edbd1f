/** Promotion: what is linked in one registry goes on into another, with aliases and message, as one act. */
import type { CheckedInputOf, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { formatVersion, latestAlias, refuse } from '#shared/domain/index.ts';
import { demand, notFound, registryObject } from '../access.ts';
import { collectionRow, linkRow, registryRow, versionRows, type CollectionRow, type LinkRow, type VersionRow } from '../records/rows.ts';
import { branded } from '../records/shared.ts';
import { linkSubject } from '../records/subjects.ts';
import { accepted } from '../refusals.ts';
import type { CommandScope, QueryScope } from '../scope.ts';
import { listOf, sql } from '../sql.ts';
import { linkVersions, openDestination, sourceReader, type Destination, type Linking } from './links.ts';

/** A link that goes on, with where it stands. */
export type Promoting = Linking & { readonly link: LinkRow; readonly from: CollectionRow };

export type Promotion = { readonly destination: Destination; readonly promoting: readonly Promoting[] };

/** Reads what is to be promoted; links and registries that the asker may not see aren't there. */
export function openPromotion(scope: QueryScope, input: CheckedInputOf<'links.promote'>): Promotion {
  const { db } = scope;
  const destination = openDestination(scope, input.target);
  const sources = sourceReader(scope, destination.organizationId);
  const links = [...new Set(input.linkIds as readonly number[])].map((id) => linkRow(db, id));
  const collections = new Map<number, CollectionRow>();
  for (const link of links) {
    const from = collections.get(link.collectionId) ?? collectionRow(db, link.collectionId);
    if (!collections.has(from.id)) demand(scope.asker, 'registry.see', registryObject(db, registryRow(db, from.registryId)), { kind: 'link', label: String(link.id) });
    collections.set(from.id, from);
    if (link.removed || from.deleted) throw notFound('link', String(link.id));
    if (from.id === destination.collection?.id) throw new VitrineError('bad_input', { details: { explanation: `${linkSubject(from, link).label} is in that collection already: promote it into another.` } });
  }
  const registries = new Map([...collections.values()].map((from) => [from.registryId, registryObject(db, registryRow(db, from.registryId))]));
  const versions = versionRows(db, [...new Set(links.map((link) => link.versionId))]);
  const carried = input.carryAliases ? carriedAliases(scope, links) : new Map<number, readonly string[]>();
  const last = links.at(-1);
  const behind = new Set(input.leaveOut.map((alias) => alias.normalize('NFC')));
  // One version may be linked in several collections; it goes on once, with the aliases of all.
  const promoting = new Map<number, Promoting>();
  for (const link of links) {
    const from = collections.get(link.collectionId) as CollectionRow;
    const version = versions.get(link.versionId) as VersionRow;
    const before = promoting.get(version.id);
    const aliases = [...new Set([...(before?.aliases ?? []), ...(carried.get(link.id) ?? []), ...(link.id === last?.id ? input.aliases : [])])].filter((alias) => !behind.has(alias.normalize('NFC')));
    promoting.set(version.id, { link: before?.link ?? link, from: before?.from ?? from, version, source: sources.through(version, registries.get(from.registryId)), aliases, note: input.note ?? (before?.note || link.note) });
  }
  return { destination, promoting: [...promoting.values()] };
}

function carriedAliases(scope: QueryScope, links: readonly LinkRow[]): ReadonlyMap<number, readonly string[]> {
  const carried = new Map<number, string[]>();
  const first = new Map<string, number>();
  for (const { id, alias } of scope.db.all<{ id: number; alias: string }>(sql`
    SELECT target_id AS id, alias FROM aliases WHERE holder_kind = 'collection' AND alias <> ${latestAlias} AND target_id IN ${listOf(links.map((link) => link.id))}`)) {
    // Two collections may each have theirs; on which version it is meant in the third can't be known.
    if (first.has(alias)) accepted(refuse({ rule: 'alias-asked-twice', subject: 'alias', alias }));
    first.set(alias, id);
    carried.set(id, [...(carried.get(id) ?? []), alias]);
  }
  return carried;
}

export function promoteLinks(scope: CommandScope, input: CheckedInputOf<'links.promote'>): OutputOf<'links.promote'> {
  const { db } = scope;
  const { destination, promoting } = openPromotion(scope, input);
  const { collection, links, moves } = linkVersions(scope, destination, promoting, new Map(Object.entries(input.expected ?? {})));
  const byVersion = new Map(links.map((link) => [link.versionId, link]));
  const promoted = promoting.map(({ link: source, from, version }) => {
    const link = byVersion.get(version.id);
    if (link === undefined) throw new Error(`Version ${version.id} was promoted and has no link`);
    // One that stood there already, and nothing moved: then nothing happened.
    if (!link.standing || moves.length > 0) scope.record({
      kind: 'link.promoted', subject: linkSubject(collection, { id: link.linkId, index: link.index }),
      before: { registryId: from.registryId, link: linkSubject(from, source).label }, after: { index: link.index, standing: link.standing },
      about: [
        { kind: 'collection', id: collection.id }, { kind: 'registry', id: collection.registryId }, { kind: 'version', id: version.id },
        { kind: 'link', id: source.id }, { kind: 'collection', id: from.id }, { kind: 'registry', id: from.registryId },
      ],
    });
    return { fromLinkId: branded<never>(source.id), linkId: branded<never>(link.linkId), versionId: branded<never>(version.id), index: link.index, standing: link.standing };
  });
  const [only] = promoted;
  const registry = registryRow(db, collection.registryId);
  scope.offerUndo(promoted.length === 1 && only !== undefined ? `Promote to ${registry.name}/${collection.name}:${formatVersion(only.index)}` : `Promote ${promoted.length} versions to ${registry.name}/${collection.name}`);
  const actId = scope.act();
  return { collectionId: branded(collection.id), links: promoted, moves: moves.map((move) => ({ ...move })), actId: actId === null ? null : branded(actId) };
}
