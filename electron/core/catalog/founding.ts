/** What every new catalog has: one organization, one team, the user as admin, two core registries. */
import { randomUUID } from 'node:crypto';
import { coreRegistries, nameKey } from '#shared/domain/index.ts';
import type { Connection } from './connection.ts';
import { appendEvent } from './history.ts';
import type { Founding } from './protocol.ts';
import { indexName } from './records/names.ts';
import { registrySubject } from './records/subjects.ts';
import { sql } from './sql.ts';

const looks: Readonly<Record<string, { readonly glyph: string; readonly hue: number; readonly description: string }>> = {
  Models: { glyph: 'box', hue: 7, description: 'Models that the team stands behind.' },
  Datasets: { glyph: 'database', hue: 4, description: 'Datasets that models are trained and measured on.' },
};

/** Does nothing where a catalog was founded before. */
export function foundCatalog(db: Connection, founding: Founding, at: number): void {
  if (db.value(sql`SELECT 1 FROM meta WHERE key = 'catalog_id'`) !== undefined) return;
  db.script('BEGIN IMMEDIATE');
  try {
    const organization = db.run(sql`INSERT INTO organizations (name, name_key, created_at) VALUES (${founding.organization}, ${nameKey(founding.organization)}, ${at})`).id;
    const user = db.run(sql`INSERT INTO users (username, display_name, kind, created_at) VALUES (${founding.username}, ${founding.displayName}, 'person', ${at})`).id;
    const team = db.run(sql`INSERT INTO teams (organization_id, name, name_key, created_at) VALUES (${organization}, ${founding.team}, ${nameKey(founding.team)}, ${at})`).id;
    db.run(sql`INSERT INTO organization_members (organization_id, user_id, role) VALUES (${organization}, ${user}, 'admin')`);
    db.run(sql`INSERT INTO team_members (team_id, user_id, role) VALUES (${team}, ${user}, 'admin')`);
    db.run(sql`INSERT INTO meta (key, value) VALUES ('catalog_id', ${randomUUID()}), ('created_at', ${at}), ('default_user_id', ${user}), ('team_id', ${team})`);
    const told = { at, actorId: user, entrance: 'system', message: null, before: null, actId: null } as const;
    appendEvent(db, { ...told, kind: 'catalog.created', subject: { kind: 'catalog', id: 1, label: founding.organization, address: null, registryId: null }, after: { organization: founding.organization, team: founding.team, user: founding.username } });
    for (const { name, type } of coreRegistries) {
      const look = looks[name] ?? { glyph: 'box', hue: 0, description: '' };
      const { id } = db.run(sql`
        INSERT INTO registries (organization_id, name, name_key, visibility, core_type, accepted_types, glyph, hue, created_by, created_at, updated_at, description)
        VALUES (${organization}, ${name}, ${nameKey(name)}, 'organization', ${type}, ${JSON.stringify([type])}, ${look.glyph}, ${look.hue}, ${user}, ${at}, ${at}, ${look.description})`);
      indexName(db, 'registry', id, name);
      appendEvent(db, { ...told, kind: 'registry.created', subject: registrySubject({ id, name }), after: { name, visibility: 'organization', acceptedTypes: [type], core: true } });
    }
    db.run(sql`INSERT INTO feed (rev, at, changes) VALUES (1, ${at}, '[{"entity":"catalog","ids":"all"}]')`);
    db.script('COMMIT');
  } catch (error) {
    if (db.raw.inTransaction) db.script('ROLLBACK');
    throw error;
  }
}
