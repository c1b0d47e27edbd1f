import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { InputOf, OutputOf, QueryName, VitrineError } from '#shared/contract/index.ts';
import { cache, operationKey } from './cache.ts';
import { core } from './core.ts';

export type OperationOptions = {
  /** false asks nothing (yet). */
  readonly enabled?: boolean;
  /** Shows the answer to the input before until the new one is there: for searches and filters. */
  readonly keepPrevious?: boolean;
};

export type OperationState<Output> = {
  /** The answer; undefined until there is one. It stays while it is asked again. */
  readonly data: Output | undefined;
  readonly error: VitrineError | null;
  /** Nothing to show yet: the first answer is under way. */
  readonly pending: boolean;
  /** `data` answers the input before this one. */
  readonly previous: boolean;
  readonly retry: () => void;
};

/**
 * The answer to a query, kept true by the change feed. Same operation and input: same answer, asked once.
 */
export function useOperation<Name extends QueryName>(name: Name, input: InputOf<Name>, options: OperationOptions = {}): OperationState<OutputOf<Name>> {
  const query = useQuery<OutputOf<Name>, VitrineError>(
    {
      queryKey: operationKey(name, input),
      queryFn: ({ signal }) => core().query(name, input, { signal }),
      enabled: options.enabled ?? true,
      ...(options.keepPrevious === true ? { placeholderData: keepPreviousData } : {}),
    },
    cache,
  );
  return {
    data: query.data,
    error: query.error,
    pending: query.isPending && query.fetchStatus !== 'idle',
    previous: query.isPlaceholderData,
    retry: () => void query.refetch(),
  };
}
