/** The operations that the catalog itself answers: all but those that core puts together from smaller steps. */
import { operationList } from '#shared/contract/index.ts';

const orchestrated: ReadonlySet<string> = new Set([
  'catalog.doctor', 'catalog.addSample', 'catalog.backup', 'catalog.restoreBackup', 'imports.scan', 'versions.log', 'versions.export', 'versions.preview', 'storage.verify', 'storage.collect', 'keys.create',
  'door.start', 'door.status', 'door.stop', 'runs.previewFile', 'runs.exportFiles', 'drafts.create', 'drafts.planFiles', 'drafts.completeParts', 'drafts.commit', 'versions.wandbManifest', 'lineage.export', 'history.signHead',
  'history.keepHead', 'history.heads', 'history.export', 'imports.legacyRegistry', 'imports.gto', 'imports.mlruns', 'imports.bundle', 'bundles.inspect', 'bundles.export',
  'automations.create', 'automations.export', 'automations.import', 'automations.preview', 'automations.update', 'approvals.check', 'scans.run', 'jobs.approve', 'jobs.list', 'secrets.set', 'secrets.remove',
  'remotes.add', 'remotes.update', 'remotes.remove', 'remotes.test', 'sync.plan', 'sync.members', 'sync.undoPlan', 'sync.undo', 'sync.run', 'sync.pause', 'sync.resume', 'sync.state', 'sync.fetch', 'buckets.add', 'buckets.update', 'buckets.remove', 'buckets.test', 'bytes.store', 'bytes.free',
]);

const own = operationList.filter((operation) => !orchestrated.has(operation.name));

export const commandName: readonly string[] = own.filter((operation) => operation.kind === 'command').map((operation) => operation.name);
export const queryName: readonly string[] = own.filter((operation) => operation.kind === 'query').map((operation) => operation.name);
