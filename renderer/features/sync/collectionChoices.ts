import { useState } from 'react';
import { useOperation } from '../../app/api/index.ts';

type Wanted = {
  /** Of these registries only; absent: of all. */
  readonly registries?: readonly string[];
  readonly type?: string;
  /** What is chosen already: it keeps its name, whatever is looked for. */
  readonly chosen: readonly number[];
  /** The registry whose collections need no registry's name before theirs; null: each has one. */
  readonly plain: string | null;
};

type Found = { readonly id: number; readonly name: string; readonly registry: string };
type Choices = { readonly options: readonly { readonly value: string; readonly label: string; readonly unlisted: boolean }[]; readonly loading: boolean; readonly onQueryChange: (query: string) => void };

/** Letters of either case; nothing of what is typed means anything but itself. */
const matching = (text: string): { readonly $regex: string } => ({ $regex: text.replaceAll(/[\\^$.*+?()[\]{}|]/gu, '\\$&').replaceAll(/\p{L}/gu, (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`) });

/** So many stand in the list at once; what is typed looks through all of them. */
const shown = 200;

/** Collections to choose among, looked for by name in core, however many there are: `name`, or `registry/name`. */
export function useCollectionChoices({ registries, type, chosen, plain }: Wanted): Choices {
  const [query, setQuery] = useState('');
  const [, within, name] = /^(?:(.*)\/)?(.*)$/su.exec(query.trim()) ?? [];
  const conditions = [...(registries === undefined ? [] : [{ name: { $in: [...registries] } }]), ...(within === undefined || within === '' ? [] : [{ name: matching(within) }])];
  const list = useOperation('collections.list', {
    sort: 'name', direction: 'ascending', limit: shown, ...(type === undefined ? {} : { type }), ...(conditions.length === 0 ? {} : { registryFilter: { $and: conditions } }), ...(name === undefined || name === '' ? {} : { filter: { name: matching(name) } }),
  }, { keepPrevious: true });
  const kept = useOperation('collections.list', { sort: 'name', direction: 'ascending', limit: 1000, filter: { artifact_collection_id: { $in: [...chosen] } } }, { enabled: chosen.length > 0, keepPrevious: true });
  const found = list.data?.items ?? [];
  const listed = new Set<number>(found.map((one) => one.id));
  const others = (kept.data?.items ?? []).filter((one) => chosen.includes(one.id) && !listed.has(one.id));
  const label = (one: Found): string => (one.registry === plain ? one.name : `${one.registry}/${one.name}`);
  const option = (one: Found, unlisted: boolean) => ({ value: String(one.id), label: label(one), unlisted });
  return { options: [...found.map((one) => option(one, false)), ...others.map((one) => option(one, true))], loading: list.pending || list.previous, onQueryChange: setQuery };
}
