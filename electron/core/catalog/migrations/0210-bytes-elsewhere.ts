/** Bytes that are not here, or not only here: buckets and what lies in them, what was freed here, and fetches that were cut off. */
import type { Migration } from './index.ts';

export const bytesElsewhere: Migration = {
  number: 210,
  name: 'bytes elsewhere',
  up(db) {
    db.script(schema);
  },
};

const schema = `
CREATE TABLE buckets (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  -- Bucket, prefix, endpoint, region, path style, and where the secret lies; never the secret.
  settings TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  removed_at INTEGER
) STRICT;

-- What was put there and answered for. An object's key follows from its digest.
CREATE TABLE bucket_objects (
  bucket_id INTEGER NOT NULL REFERENCES buckets (id),
  sha256 BLOB NOT NULL,
  size INTEGER NOT NULL,
  stored_at INTEGER NOT NULL,
  PRIMARY KEY (bucket_id, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX bucket_objects_by_content ON bucket_objects (sha256);

-- Objects of versions that a person let go of here because another place has them.
CREATE TABLE freed_objects (
  sha256 BLOB PRIMARY KEY,
  freed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Files of a version on their way here: done ones with their digest, large ones with the parts that count.
CREATE TABLE fetched_files (
  version_id INTEGER NOT NULL REFERENCES versions (id),
  path TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT,
  md5 TEXT,
  -- The name under which the store keeps its parts, and where each begins.
  arrival TEXT,
  parts TEXT NOT NULL DEFAULT '[]',
  etag TEXT,
  at INTEGER NOT NULL,
  PRIMARY KEY (version_id, path)
) STRICT, WITHOUT ROWID;
`;
