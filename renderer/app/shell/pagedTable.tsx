import type { DataTableProps } from '../../ui/index.ts';
import type { PagedRows } from '../api/index.ts';
import { PlaceFailure } from './PlaceFailure.tsx';

/** What a table is given whose rows come in pages: `<DataTable {...pagedTable(rows)} …>`. What went wrong stands in place of the rows. */
export function pagedTable<Row>(rows: PagedRows<Row>): Pick<DataTableProps<Row>, 'rowCount' | 'getRow' | 'onRangeNeeded' | 'loading' | 'error'> {
  return {
    rowCount: rows.rowCount,
    getRow: rows.getRow,
    onRangeNeeded: rows.onRangeNeeded,
    loading: rows.pending,
    ...(rows.error === null ? {} : { error: <PlaceFailure error={rows.error} retry={rows.retry} /> }),
  };
}
