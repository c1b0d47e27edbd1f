/** Lifecycles, reasons, card rules, layouts of tables; and which events were one act. */
import type { Migration } from './index.ts';

export const curation: Migration = {
  number: 90,
  name: 'curation',
  up(db) {
    db.script(schema);
  },
};

const schema = `
-- JSON; null where the registry defines no states. The state of a link is in links.state, '' where there is none.
ALTER TABLE registries ADD COLUMN lifecycle TEXT;
ALTER TABLE registries ADD COLUMN reason_required TEXT NOT NULL DEFAULT 'never' CHECK (reason_required IN ('never', 'protected', 'all'));
-- JSON: by type, the template and sections of cards that the registry has of its own.
ALTER TABLE registries ADD COLUMN card_rules TEXT NOT NULL DEFAULT '{}';
CREATE INDEX links_by_state ON links (state, collection_id, idx) WHERE removed_at IS NULL AND state <> '';

-- The first event of the act that an event belongs to. Part of its hash where it is set; older events have none.
ALTER TABLE events ADD COLUMN act_id INTEGER;
CREATE INDEX events_by_act ON events (act_id, id) WHERE act_id IS NOT NULL;

CREATE TABLE table_layouts (
  user_id INTEGER NOT NULL REFERENCES users (id),
  collection_id INTEGER NOT NULL REFERENCES collections (id),
  name TEXT NOT NULL,
  layout TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, collection_id, name)
) STRICT, WITHOUT ROWID;
`;
