/** Lists as this protocol pages them. */
import { VitrineError } from '#shared/contract/index.ts';
import { clampRows } from './limits.ts';

export type PageArguments = { readonly after?: string | null; readonly first?: number | null };

export type Page<Item> = { readonly items: readonly Item[]; readonly nextCursor: string | null; readonly total: number };

/** What an operation is asked for one page; a client that asks for more than an operation gives at once gets several of them. */
export async function pageOf<Item>(args: PageArguments, fetch: (page: { readonly cursor?: string; readonly limit: number }) => Promise<Page<Item>>, options: { readonly standard?: number; readonly largest?: number } = {}): Promise<Page<Item>> {
  const wanted = clampRows(args.first ?? options.standard ?? 50);
  const largest = options.largest ?? 1000;
  let cursor = args.after === null || args.after === undefined || args.after === '' ? undefined : args.after;
  if (cursor !== undefined && cursor.length > 1024) throw new VitrineError('bad_input', { details: { explanation: 'The cursor is none that was given out here.' } });
  const items: Item[] = [];
  for (;;) {
    const page = await fetch({ ...(cursor === undefined ? {} : { cursor }), limit: Math.min(Math.max(wanted - items.length, 1), largest) });
    if (wanted === 0) return { items: [], nextCursor: cursor ?? null, total: page.total };
    items.push(...page.items);
    if (page.nextCursor === null || items.length >= wanted) return { items, nextCursor: page.nextCursor, total: page.total };
    cursor = page.nextCursor;
  }
}

/** Edges all end with the page's cursor but the last: who goes on from an edge goes on from the last one. */
export function connection<Item>(page: Page<Item>, nodeOf: (item: Item) => unknown, extra: (item: Item) => object = () => ({})): object {
  return {
    totalCount: page.total,
    edges: page.items.map((item, index) => ({ node: nodeOf(item), cursor: index === page.items.length - 1 ? (page.nextCursor ?? '') : '', ...extra(item) })),
    pageInfo: { __typename: 'PageInfo', hasNextPage: page.nextCursor !== null, endCursor: page.nextCursor, hasPreviousPage: false, startCursor: null },
  };
}

/** A list that is there as a whole. The cursor is the position in it. */
export function slice<Item>(items: readonly Item[], args: PageArguments, standard = 100): Page<Item> {
  const start = args.after === null || args.after === undefined || !/^\d{1,9}$/.test(args.after) ? 0 : Number(args.after);
  const end = start + clampRows(args.first ?? standard);
  return { items: items.slice(start, end), nextCursor: end < items.length ? String(end) : null, total: items.length };
}

export function whole<Item>(items: readonly Item[]): Page<Item> {
  return { items, nextCursor: null, total: items.length };
}
