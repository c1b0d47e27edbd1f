/** So that long tables are sorted by dates and by runs' metrics along an index. */
import { isoTime } from '#shared/domain/index.ts';
import type { WritableDb } from '../connection.ts';
import { putMetrics } from '../records/metrics.ts';
import { sql } from '../sql.ts';
import type { Migration } from './index.ts';

export const typedSorting: Migration = {
  number: 190,
  name: 'typed sorting',
  up(db) {
    db.script(schema);
    fillDates(db);
    putMetrics(db, db.column<number>(sql`SELECT DISTINCT version_id FROM links`));
  },
};

const schema = `
-- The texts of metadata that are dates, in milliseconds since 1970.
CREATE TABLE metadata_dates (
  key_id INTEGER NOT NULL REFERENCES metadata_keys (id),
  at REAL NOT NULL,
  version_id INTEGER NOT NULL REFERENCES versions (id),
  PRIMARY KEY (key_id, at, version_id)
) STRICT, WITHOUT ROWID;

-- What the runs of linked versions reached, as cells of tables show it. Rank: 0 a number, 1 a date in milliseconds, 2 a text.
CREATE TABLE metric_keys (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE metric_values (
  version_id INTEGER NOT NULL REFERENCES versions (id),
  key_id INTEGER NOT NULL REFERENCES metric_keys (id),
  rank INTEGER NOT NULL,
  value ANY NOT NULL,
  PRIMARY KEY (version_id, key_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX metric_values_by_value ON metric_values (key_id, rank, value, version_id);
-- Set once a version was linked: from then on its run's metrics are kept among the values.
ALTER TABLE versions ADD COLUMN metrics_kept INTEGER NOT NULL DEFAULT 0;
`;

function fillDates(db: WritableDb): void {
  for (const row of db.all<{ keyId: number; text: string; versionId: number }>(sql`
    SELECT key_id AS keyId, text, version_id AS versionId FROM metadata_texts WHERE text GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]*'`)) {
    const at = isoTime(row.text);
    if (at !== null) db.run(sql`INSERT OR IGNORE INTO metadata_dates (key_id, at, version_id) VALUES (${row.keyId}, ${at}, ${row.versionId})`);
  }
}
