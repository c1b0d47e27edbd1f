/** Runs: the list of them that other places show. */
export { RunsTable } from './list/RunsTable.tsx';
