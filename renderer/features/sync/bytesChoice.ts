/** Which files a remote brings here by itself, and how fast: as it is typed, as it is sent, and in words. */
import type { CollectionId, Remote } from '#shared/contract/index.ts';
import { assertNever } from '#shared/domain/assert.ts';
import { formatSizeText, parseSize } from '#shared/domain/index.ts';
import { formatQuantity, formatRate } from '../../ui/format.ts';

type Bytes = Pick<Remote, 'bytes' | 'rate'>;

export const policies = [
  { value: 'on_demand', label: 'When asked for' },
  { value: 'aliased', label: 'Of versions with an alias' },
  { value: 'newest', label: 'Of the newest versions' },
  { value: 'pinned', label: 'Of pinned collections' },
  { value: 'all', label: 'Of every version' },
] as const satisfies readonly { readonly value: Remote['bytes']['kind']; readonly label: string }[];

/** What stands in the fields, also of kinds that are not chosen at the moment. */
export type TypedBytes = { readonly kind: Remote['bytes']['kind']; readonly aliases: string; readonly newest: string; readonly collections: readonly CollectionId[]; readonly rate: string };

export const onDemand: TypedBytes = { kind: 'on_demand', aliases: '', newest: '3', collections: [], rate: '' };

export function typedBytes({ bytes, rate }: Bytes): TypedBytes {
  return {
    kind: bytes.kind,
    aliases: bytes.kind === 'aliased' ? bytes.aliases.join(', ') : onDemand.aliases,
    newest: bytes.kind === 'newest' ? String(bytes.count) : onDemand.newest,
    collections: bytes.kind === 'pinned' ? bytes.collections : onDemand.collections,
    rate: rate === null ? '' : formatSizeText(rate),
  };
}

/** The policy as it is sent; else what is wrong with it, and in which field. */
export type ReadBytes = { readonly ok: true; readonly bytes: Remote['bytes']; readonly rate: Remote['rate'] } | { readonly ok: false; readonly field: 'newest' | 'collections' | 'rate'; readonly problem: string };

export function readBytes(typed: TypedBytes): ReadBytes {
  const rate = typed.rate.trim() === '' ? null : parseSize(typed.rate.trim().replace(/ ?\/ ?s$/iu, ''));
  if (rate === null && typed.rate.trim() !== '') return { ok: false, field: 'rate', problem: 'Write an amount with its unit, such as 20 MB.' };
  if (rate !== null && rate < 1024) return { ok: false, field: 'rate', problem: 'At least 1 KB a second.' };
  switch (typed.kind) {
    case 'on_demand':
    case 'all':
      return { ok: true, bytes: { kind: typed.kind }, rate };
    case 'aliased':
      return { ok: true, bytes: { kind: typed.kind, aliases: [...new Set(typed.aliases.split(',').map((alias) => alias.trim()).filter((alias) => alias !== ''))] }, rate };
    case 'newest': {
      const count = /^\d{1,4}$/u.test(typed.newest.trim()) ? Number(typed.newest) : 0;
      return count < 1 || count > 1000 ? { ok: false, field: 'newest', problem: 'A number from 1 to 1,000.' } : { ok: true, bytes: { kind: typed.kind, count }, rate };
    }
    case 'pinned':
      return typed.collections.length === 0 ? { ok: false, field: 'collections', problem: 'Choose a collection.' } : { ok: true, bytes: { kind: typed.kind, collections: [...typed.collections] }, rate };
    default:
      return assertNever(typed.kind, 'policy');
  }
}

/** `Of the newest 3 versions of each model`. */
export function policyWords({ bytes, kind }: Pick<Remote, 'bytes' | 'kind'>): string {
  switch (bytes.kind) {
    case 'on_demand':
      return 'When asked for';
    case 'aliased':
      return bytes.aliases.length === 0 ? 'Of versions with an alias' : `Of versions with the alias ${bytes.aliases.join(' or ')}`;
    case 'newest':
      return `Of the newest ${bytes.count === 1 ? 'version' : formatQuantity(bytes.count, 'version')} of each ${kind === 'wandb' ? 'collection' : 'model'}`;
    case 'pinned':
      return `Of ${formatQuantity(bytes.collections.length, 'pinned collection')}`;
    case 'all':
      return 'Of every version';
    default:
      return assertNever(bytes, 'policy');
  }
}

export function rateWords({ rate }: Pick<Remote, 'rate'>): string {
  return rate === null ? 'as fast as it goes' : `at most ${formatRate(rate)}`;
}
