/** How many things an input of a query or command names in one of its lists; without that list, more than any limit. */
export function lengthOf(input: unknown, field: string): number {
  const list = (input as Readonly<Record<string, unknown>> | null)?.[field];
  return Array.isArray(list) ? list.length : Number.POSITIVE_INFINITY;
}
