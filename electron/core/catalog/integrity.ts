/** Looks whether the catalog file holds together: pages, keys between tables, the word indexes. */
import type { Finding } from '#shared/contract/operations/catalog.ts';
import type { Connection } from './connection.ts';
import { sql } from './sql.ts';

/** `deep` reads every index against its table, too; without it every page is still read once. */
export function checkIntegrity(db: Connection, deep: boolean): readonly Finding[] {
  const pragma = deep ? 'integrity_check' : 'quick_check';
  const pages = db.raw.pragma(`${pragma}(20)`) as readonly Record<string, unknown>[];
  const complaints = pages.flatMap((row) => Object.values(row).map(String)).filter((text) => text !== 'ok');
  const orphans = db.all<{ table: string }>(sql`SELECT "table" FROM pragma_foreign_key_check LIMIT 20`);
  return [
    finding('catalog.pages', complaints, deep ? 'Every page and every index entry fits.' : 'Every page fits.', 'Restore the newest backup.'),
    finding('catalog.keys', orphans.map((row) => `${row.table}: a row points to one that is not there`), 'Every row finds the rows it points to.', 'Restore the newest backup.'),
  ];
}

function finding(check: string, complaints: readonly string[], well: string, advice: string): Finding {
  return complaints.length === 0 ? { check, verdict: 'well', detail: well, advice: null } : { check, verdict: 'broken', detail: complaints.join('; '), advice };
}
