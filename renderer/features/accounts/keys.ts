/** What is said of a key. */
import type { ApiKeySummary, KeyScope } from '#shared/contract/index.ts';

export function keyState(key: Pick<ApiKeySummary, 'revokedAt' | 'expiresAt'>, now: number): 'good' | 'expired' | 'revoked' {
  if (key.revokedAt !== null) return 'revoked';
  return key.expiresAt !== null && Date.parse(key.expiresAt) <= now ? 'expired' : 'good';
}

type Named = { readonly id: number; readonly name: string };

/** What it may do and where: `read and write, in Models and lab`. */
export function scopeWords(scope: KeyScope | null, registries: readonly Named[], projects: readonly Named[]): string {
  if (scope === null) return 'all of its owner’s';
  const may = scope.role === null ? 'all of its owner’s' : scope.role === 'member' || scope.role === 'admin' ? 'read and write' : 'read only';
  if (scope.registryIds === null && scope.projectIds === null) return may;
  const names = [...nameAll(scope.registryIds, registries, 'every registry'), ...nameAll(scope.projectIds, projects, 'every project')];
  if (names.length === 0) return `${may}, nowhere`;
  return `${may}, in ${names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ')}`;
}

function nameAll(ids: readonly number[] | null, known: readonly Named[], all: string): readonly string[] {
  if (ids === null) return [all];
  return ids.map((id) => known.find((one) => one.id === id)?.name ?? `number ${id}`);
}
