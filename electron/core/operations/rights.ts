/**
 * Rights to what core puts together from smaller steps, and which therefore no single command of the catalog asks for: what is about the
 * catalog as a whole needs the role in the organization, what begins with files of this machine needs it somewhere before any is looked at.
 */
import { findOperation, type OperationName } from '#shared/contract/index.ts';
import { asking, type OperationContext } from './context.ts';
import type { Rooms } from './index.ts';

const ofTheWhole: ReadonlySet<OperationName> = new Set<OperationName>([
  'catalog.addSample', 'catalog.backup', 'catalog.restoreBackup', 'storage.verify', 'storage.collect', 'door.start', 'door.stop', 'secrets.list', 'jobs.list', 'allowedHosts.list', 'remotes.test', 'remotes.add', 'sync.members',
]);
const somewhere: ReadonlySet<OperationName> = new Set<OperationName>([
  'sync.plan', 'sync.undoPlan', 'sync.undo', 'sync.run', 'sync.fetch', 'imports.scan', 'imports.gto', 'imports.mlruns', 'imports.bundle', 'bundles.inspect', 'bundles.export', 'lineage.import', 'automations.preview', 'automations.test', 'automations.import',
]);

/** Null where nothing is asked here; otherwise rejects with `permission_denied` where the caller has nowhere the least role that the contract names. What the single thing needs is asked with it. */
export function demandRights(rooms: Pick<Rooms, 'catalog'>, name: OperationName, context: OperationContext): Promise<unknown> | null {
  const whole = ofTheWhole.has(name);
  if (!whole && !somewhere.has(name)) return null;
  // Core itself: upkeep, and what it does at its start.
  if (context.entrance === 'system') return null;
  const role = findOperation(name)?.audience;
  if (role === undefined || role === 'anyone') return null;
  return rooms.catalog.read('internal.demandRole', { role, somewhere: !whole, operation: name }, asking(context));
}
