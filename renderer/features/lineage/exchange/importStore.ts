/** Whether the import of OpenLineage events is open. The menu of a graph and the choice of a lineage open the same one. */
import { create } from 'zustand';

export const useLineageImport = create<{ readonly open: boolean }>(() => ({ open: false }));

export function openLineageImport(): void {
  useLineageImport.setState({ open: true });
}

export function closeLineageImport(): void {
  useLineageImport.setState({ open: false });
}
