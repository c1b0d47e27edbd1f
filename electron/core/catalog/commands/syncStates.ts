/** Lifecycle states of links here and stages of versions at a remote, which stand for one another as the domain says (`lifecycleMapping.ts`). */
import { checkTransition, effectiveRole, explainViolation, mergeField, mlflowStages, stageOfState, stateOfAliases, stateOfStage, type MlflowStage } from '#shared/domain/index.ts';
import { ulid } from 'ulid';
import { registryObject } from '../access.ts';
import type { RemoteRow } from '../records/remotes.ts';
import { linkRow, registryRow, type CollectionRow } from '../records/rows.ts';
import { linkSubject } from '../records/subjects.ts';
import type { CommandScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { aliasesByName } from './stateAliases.ts';
import { writeState } from './states.ts';
import { settle } from './syncPush.ts';

export const isStage = (text: string): text is MlflowStage => (mlflowStages as readonly string[]).includes(text);

/** Where nothing was ever said of it, there is nothing to merge. */
const said = (stage: string): string => (stage === 'None' ? '' : stage);

export type StateMerge = {
  /** The stage when it was last compared; undefined: never. */
  readonly base: string | undefined;
  readonly stage: string;
  /** When the version was last written there, on our clock. */
  readonly theirsAt: number;
};

/**
 * The later of both sides stays, as with a text. A stage for which no state stands, or to whose state no way leads here, changes nothing here:
 * the history says so once. Returns the stage that is known of now.
 */
export function mergeState(scope: CommandScope, remote: RemoteRow, collection: CollectionRow, linkId: number, { base, stage, theirsAt }: StateMerge, tally: { applied: number }): string | undefined {
  const { db, at } = scope;
  if (!remote.settings.fields.states || !isStage(stage)) return base;
  const registry = registryRow(db, collection.registryId);
  const { lifecycle } = registry;
  if (lifecycle === null) return base;
  const link = linkRow(db, linkId);
  if (link.removed) return base;
  const touch = `state ${link.id}`;
  const mineAt = db.value<number>(sql`SELECT max(created_at) FROM outbox WHERE remote_id = ${remote.id} AND touch = ${touch} AND state <> 'sent'`) ?? 0;
  const merged = mergeField({ base: base === undefined ? { known: false } : { known: true, value: said(base) }, mine: said(stageOfState(lifecycle, link.state)), theirs: said(stage), rule: { kind: 'last writer', mineAt, theirsAt, theirsNotBefore: 0 } });
  const superseded = (before: string, after: string, message: string | null): void => void scope.record({ kind: 'sync.superseded', subject: linkSubject(collection, link), before: { text: before, from: message === null ? 'here' : remote.name }, after: { text: after, from: message === null ? remote.name : 'here' }, about: [{ kind: 'collection', id: collection.id }, { kind: 'registry', id: collection.registryId }], message });
  switch (merged.kind) {
    case 'confirm':
      settle(scope, remote.id, touch);
      return stage;
    case 'keep':
      // Never compared before, and only here does it say anything: that is told.
      if (base === undefined) tell();
      return stage;
    case 'rebase':
      superseded(stage, link.state, `It was changed here after it was at ${remote.name}.`);
      return stage;
    case 'apply':
    case 'conflict': {
      const to = stateOfStage(lifecycle, stage);
      const way = to === null ? null : checkTransition(lifecycle, registry.name, link.state, to, effectiveRole(scope.asker, registryObject(db, registry)));
      if (to === null || way?.ok !== true) {
        superseded(stage, link.state, way?.ok === false ? explainViolation(way.violation) : `No state here stands for “${stage}”.`);
        return stage;
      }
      if (merged.kind === 'conflict' || merged.loser !== null) superseded(link.state, to, null);
      writeState(scope, collection, link, link.state, to);
      settle(scope, remote.id, touch);
      tally.applied += 1;
      return stage;
    }
  }

  function tell(): void {
    db.run(sql`
      INSERT INTO outbox (mutation_id, remote_id, operation, payload, base, created_at, touch)
      SELECT ${ulid(at)}, ${remote.id}, 'remotes.update', ${JSON.stringify({ subject: { kind: 'link', id: link.id, label: linkSubject(collection, link).label } })}, '{}', ${at}, ${touch}
      WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE remote_id = ${remote.id} AND touch = ${touch} AND state <> 'sent')`);
  }
}

/** Links that got an alias from a remote that takes states come into the state that it stands for; where no way leads there, the history says so, and the state stays. */
export function followAliases(scope: CommandScope, remote: RemoteRow, collection: CollectionRow, before: ReadonlyMap<string, number>, tally: { applied: number }): void {
  const { db } = scope;
  const registry = registryRow(db, collection.registryId);
  const { lifecycle } = registry;
  if (lifecycle === null) return;
  const came = [...aliasesByName(db, collection.id)].filter(([alias, linkId]) => before.get(alias) !== linkId);
  for (const linkId of new Set(came.map(([, id]) => id))) {
    const link = linkRow(db, linkId);
    // By what came alone: an alias that stood there before says nothing new.
    const to = stateOfAliases(lifecycle, came.filter(([, id]) => id === linkId).map(([alias]) => alias));
    if (to === null || to === link.state) continue;
    const way = checkTransition(lifecycle, registry.name, link.state, to, effectiveRole(scope.asker, registryObject(db, registry)));
    if (way.ok) {
      writeState(scope, collection, link, link.state, to);
      tally.applied += 1;
    } else scope.record({ kind: 'sync.superseded', subject: linkSubject(collection, link), before: { text: to, from: remote.name }, after: { text: link.state, from: 'here' }, about: [{ kind: 'collection', id: collection.id }, { kind: 'registry', id: collection.registryId }], message: explainViolation(way.violation) });
  }
}
