import type { LineageStaleReason } from '#shared/contract/index.ts';
import { assertNever } from '#shared/domain/assert.ts';

/** Why an input is out of date, as one sentence without its time. */
export function staleWords({ why, alias, holder, now }: LineageStaleReason): string {
  const where = holder === null ? '' : ` of ${holder}`;
  switch (why) {
    case 'superseded':
      return now === null ? `There is a newer version${where}.` : `v${now.index} is the latest${where} now.`;
    case 'alias_moved':
      return now === null ? `${alias ?? 'An alias'}${where} has moved on.` : `${alias ?? 'An alias'}${where} has moved to v${now.index}.`;
    case 'alias_gone':
      return `${alias ?? 'An alias'}${where} was taken away and stands nowhere.`;
    case 'deleted':
      return 'It was deleted.';
    default:
      return assertNever(why, 'reason');
  }
}
