import { useOperation } from './useOperation.ts';

/** Whether the catalog can't be written; false until that is known. */
export function useReadOnly(): boolean {
  return useOperation('catalog.status', {}).data?.readOnly ?? false;
}
