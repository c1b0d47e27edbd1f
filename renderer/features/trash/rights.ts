/** Whether the one who looks may put a thing back: null, or the reason why not. Core judges again, with all that it knows. */
import type { OperationName, TrashItem } from '#shared/contract/index.ts';
import { whereOf, type Where } from '../../app/rights.ts';
import { placeOfRef } from '../../app/routes/index.ts';

export function whyNotRestore({ object }: TrashItem, whyNot: (operation: OperationName, where: Where) => string | null): string | null {
  const place = placeOfRef(object);
  switch (object.kind) {
    case 'link':
      return whyNot('links.create', whereOf(place));
    case 'collection':
      return whyNot('collections.create', whereOf(place));
    case 'registry':
      // One in the trash is in no list, and tells its role to nobody: what is known here is whether anything may be put back at all.
      return whyNot('trash.restore', 'somewhere');
    default:
      return whyNot('trash.restore', whereOf(place));
  }
}
