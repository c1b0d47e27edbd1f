/** Damage that a verification finds, told in the history. */
import type { DamagedObject } from '../store/index.ts';
import { acting, type OperationContext } from './context.ts';
import type { Rooms } from './index.ts';

/** Tells each version that needs what is damaged, once. A catalog that can't be written keeps nothing. */
export async function noteDamage(rooms: Rooms, damaged: readonly DamagedObject[], context: OperationContext): Promise<void> {
  if (damaged.length > 0 && !rooms.catalog.status().readOnly) await rooms.catalog.write('internal.noteDamage', { damaged: damaged.map(({ sha256, reason }) => ({ sha256, reason })) }, acting(context));
}
