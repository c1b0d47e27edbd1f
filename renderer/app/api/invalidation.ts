/**
 * Which answers a change makes stale: one table, entity → the operations whose answers show something of it.
 *
 * A row names every query whose output would differ after a change of that entity, summaries inside other things included (an alias is shown
 * by collections, links, versions and nodes of the graph). Too much is only a query asked once more; too little is a window that lies.
 */
import type { ChangeEntity, ChangeNotice, QueryName } from '#shared/contract/index.ts';

/** Every question to the lineage: what a node is called, carries and hangs on is in all of their answers. */
const lineageViews = [
  'lineage.neighbourhood', 'lineage.path', 'lineage.impact', 'lineage.stale', 'lineage.common', 'lineage.compare', 'lineage.export',
] as const satisfies readonly QueryName[];
const versionViews = [
  'versions.list', 'versions.get', 'versions.details', 'runs.versions', 'links.find', 'links.list', 'links.get', 'links.candidates', ...lineageViews,
  'search.query', 'search.quick', 'versions.deletionPreview', 'artifacts.deletionPreview', 'ttl.get', 'ttl.lapsing', 'holds.list',
] as const satisfies readonly QueryName[];
const collectionViews = ['collections.list', 'collections.get', 'collections.details', 'search.query', 'search.quick'] as const satisfies readonly QueryName[];
const registryViews = ['registries.list', 'registries.get', 'search.query', 'search.quick'] as const satisfies readonly QueryName[];
const linkViews = ['links.list', 'links.find', 'links.get', 'versions.links', 'versions.get', 'versions.details', ...lineageViews, 'versions.deletionPreview', 'artifacts.deletionPreview', 'ttl.get', 'ttl.lapsing'] as const satisfies readonly QueryName[];
/** What going for good, by hand or by itself, would take. */
const deletionViews = ['versions.deletionPreview', 'artifacts.deletionPreview', 'trash.purgePreview', 'retention.get'] as const satisfies readonly QueryName[];
/** What names things and where they live: changes with every rename and every deletion. */
const nameViews = ['home.get', 'addresses.resolve', 'search.complete', 'history.list', 'trash.list'] as const satisfies readonly QueryName[];

/** What shows a collection’s rows side by side: its table, the board, cards, the lifecycle and who may what there. */
const curationViews = [
  'aliases.board', 'aliases.preview', 'links.preview', 'links.removePreview', 'links.promotePreview', 'links.nextStates', 'registries.lifecyclePreview', 'registries.updatePreview', 'registries.cardRule', 'collections.table', 'collections.columns',
  'collections.exportTable', 'collections.series', 'collections.card', 'collections.layouts', 'history.revertPreview',
] as const satisfies readonly QueryName[];
/** The past grows with every event. */
const pastViews = ['registries.asOf', 'collections.asOf', 'aliases.asOf', 'history.revertPreview'] as const satisfies readonly QueryName[];

export const invalidationTable: { readonly [Entity in ChangeEntity]: readonly QueryName[] } = {
  catalog: ['catalog.status', 'catalog.doctor', 'storage.usage', 'door.status'],
  user: ['users.list', 'users.get', 'teams.list', 'teams.get', 'registries.members', 'catalog.status', 'keys.list', 'history.list', 'versions.list', 'versions.get', 'runs.list', 'runs.get'],
  team: ['teams.list', 'teams.get', 'users.list', 'users.get', 'registries.members', 'catalog.status'],
  run_data: ['runs.list', 'runs.details', 'runs.get', 'runs.wire', 'runs.history', 'runs.metricKeys', 'runs.metrics', 'runs.console', 'runs.files', 'runs.previewFile'],
  // Shown by the history, which hears of events.
  run_alert: [],
  project: ['ttl.get', 'ttl.lapsing', 'projects.list', 'projects.get', 'catalog.status', 'artifacts.list', 'artifacts.get', 'search.query', 'search.quick', ...nameViews],
  run: ['runs.list', 'runs.details', 'runs.get', 'runs.wire', 'keys.list', 'projects.list', 'projects.get', 'versions.usedBy', 'versions.get', ...lineageViews, 'catalog.status', 'search.query', 'search.quick', ...nameViews],
  artifact: ['artifacts.list', 'artifacts.get', 'artifacts.types', 'projects.list', 'projects.get', 'storage.usage', 'catalog.status', ...versionViews, ...nameViews],
  version: [
    'scans.get', 'approvals.list', 'approvals.get', 'artifacts.list', 'artifacts.get', 'artifacts.types', 'projects.list', 'projects.get', 'versions.files', 'versions.manifest', 'versions.wandbManifest', 'drafts.get', 'clientIds.resolve', 'versions.preview', 'versions.usedBy', 'versions.links',
    'runs.get', 'collections.list', 'collections.get', 'storage.usage', 'catalog.status', 'bytes.where', ...versionViews, ...curationViews, ...nameViews,
  ],
  registry: ['gates.list', 'approvals.list', 'approvals.get', ...registryViews, 'collections.list', 'collections.get', 'catalog.status', 'artifacts.types', ...linkViews, ...curationViews, 'access.explain', 'access.holders', ...nameViews],
  collection: [...collectionViews, ...registryViews, ...linkViews, ...curationViews, 'catalog.status', ...nameViews],
  link: [...linkViews, ...curationViews, ...versionViews, ...collectionViews, ...registryViews, 'catalog.status', 'storage.usage', 'aliases.timeline', ...nameViews],
  alias: [...curationViews, ...versionViews, ...linkViews, ...collectionViews, 'aliases.timeline', 'addresses.resolve', 'search.complete', 'home.get'],
  tag: ['tags.list', ...versionViews, ...collectionViews, 'runs.list', 'runs.get', 'versions.usedBy', 'search.complete'],
  // No event tells of a star: its undo is heard of by itself.
  star: ['undo.latest', 'collections.table', 'registries.list', 'registries.get', 'collections.list', 'collections.get', 'versions.get', 'home.get'],
  event: ['history.list', 'history.verify', 'history.head', 'history.heads', 'aliases.timeline', 'undo.latest', 'home.get', ...pastViews],
  trash: ['trash.list', 'storage.usage', ...deletionViews],
  api_key: ['keys.list', 'users.list', 'users.get', 'history.list'],
  setting: ['settings.get', 'collections.layouts'],
  member: ['registries.members', 'users.list', 'users.get', 'teams.list', 'teams.get', 'registries.list', 'registries.get', 'collections.list', 'collections.get', 'catalog.status', 'access.explain', 'access.holders'],
  hold: ['holds.list', 'versions.get', 'versions.details', 'ttl.get', 'ttl.lapsing', ...deletionViews],
  search: ['searches.list'],
  remote: ['remotes.list', 'remotes.get', 'sync.state', 'sync.rounds', 'sync.conflicts', 'sync.deadLetters', 'sync.badges', 'bytes.where'],
  bucket: ['buckets.list', 'bytes.where'],
  // What passed its gate no longer waits.
  approval: ['approvals.list', 'approvals.get', 'aliases.preview', 'links.preview', 'links.promotePreview'],
  automation: ['automations.list', 'automations.get', 'automations.preview', 'automations.export', 'secrets.list', 'jobs.list', 'allowedHosts.list'],
  // A job that changed on disk is found out when it was to run.
  delivery: ['deliveries.list', 'deliveries.get', 'automations.list', 'automations.get', 'jobs.list'],
  lineage: [...lineageViews, 'versions.usedBy', 'versions.get', 'runs.get', 'runs.versions'],
};

/** Queries that read what is not in the catalog (files of the machine): never stale by a change of it. */
export const outsideCatalog: readonly QueryName[] = ['imports.scan', 'bundles.inspect', 'remotes.test', 'sync.plan', 'sync.members', 'sync.undoPlan', 'buckets.test'];

/** The operations that a notice makes stale. */
export function staleOperations(notice: ChangeNotice): ReadonlySet<QueryName> {
  const stale = new Set<QueryName>();
  for (const { entity } of notice.changes) for (const name of invalidationTable[entity]) stale.add(name);
  return stale;
}
