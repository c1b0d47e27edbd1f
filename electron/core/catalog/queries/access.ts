/** Who may what, and why: the decisions that every entrance asks for, told. */
import type { AccessGrant, CheckedInputOf, ObjectRef, OutputOf } from '#shared/contract/index.ts';
import { VitrineError } from '#shared/contract/errors.ts';
import { actionLabels, actionsOn, decide, effectiveRole, explainDecision, grantsOf, type AccessObject, type Action, type ActionsOf, type Asker, type Grant, type Named } from '#shared/domain/index.ts';
import { demand, loadAsker, notFound, organizationObject, projectObject, registryObject } from '../access.ts';
import { registryMembers } from '../records/accounts.ts';
import { artifactRow, collectionRow, linkRow, registryRow, runRow, versionRow } from '../records/rows.ts';
import { branded, userOf, type UserColumns } from '../records/shared.ts';
import { projectSubject, registrySubject } from '../records/subjects.ts';
import type { QueryScope } from '../scope.ts';
import { sql } from '../sql.ts';
import { seenRegistry } from './visible.ts';

type Decider = { readonly object: AccessObject; readonly told: ObjectRef };

/** The registry, project or organization that decides about a thing; `not_found` where the asker may not see that. */
function deciderOf(scope: QueryScope, asked: CheckedInputOf<'access.explain'>['object']): Decider {
  const { db, asker } = scope;
  const { kind, id } = asked;
  const named = { kind: kind === 'version' ? 'artifact version' : kind, label: String(id) };
  const inRegistry = (registryId: number): Decider => {
    const row = registryRow(db, registryId);
    const object = registryObject(db, row);
    demand(asker, 'registry.see', object, named);
    const { address, label } = registrySubject(row);
    return { object, told: { kind: 'registry', id: row.id, label, address } };
  };
  const inProject = (projectId: number): Decider => {
    const object = projectObject(db, projectId);
    demand(asker, 'project.see', object, named);
    const { address, label } = projectSubject({ id: projectId, entity: object.team.name, name: object.name });
    return { object, told: { kind: 'project', id: projectId, label, address } };
  };
  switch (kind) {
    case 'organization': {
      const object = organizationObject(db);
      demand(asker, 'organization.see', object);
      if (Number(object.id) !== id) throw notFound('organization', String(id));
      return { object, told: { kind: 'organization', id, label: object.name, address: null } };
    }
    case 'registry':
      return inRegistry(id);
    case 'collection':
      return inRegistry(collectionRow(db, id).registryId);
    case 'link':
      return inRegistry(collectionRow(db, linkRow(db, id).collectionId).registryId);
    case 'project':
      return inProject(id);
    case 'artifact':
      return inProject(artifactRow(db, id).projectId);
    case 'version':
      return inProject(versionRow(db, id).projectId);
    case 'run':
      return inProject(runRow(db, id).projectId);
  }
}

/** What somebody else may do is for those to know who may give it. */
function demandManaging(asker: Asker, object: AccessObject): void {
  switch (object.kind) {
    case 'organization':
      demand(asker, 'organization.manage', object);
      return;
    case 'registry':
      demand(asker, 'registry.manageMembers', object);
      return;
    case 'project':
      demand(asker, 'project.manage', object);
  }
}

export function explainAccess(scope: QueryScope, input: CheckedInputOf<'access.explain'>): OutputOf<'access.explain'> {
  const { db } = scope;
  const { object, told } = deciderOf(scope, input.object);
  const userId = input.userId ?? scope.actorId;
  const other = userId !== scope.actorId;
  if (other) demandManaging(scope.asker, object);
  const user = db.get<UserColumns>(sql`SELECT id AS userId, username, display_name AS userDisplayName, kind AS userKind FROM users WHERE id = ${userId}`);
  if (user === undefined) throw notFound('user', String(userId));
  const asker = other ? loadAsker(db, userId) : scope.asker;
  const known = actionsOn(object.kind);
  const wanted = input.action === undefined ? known : known.filter((action) => action === input.action);
  if (wanted.length === 0) throw new VitrineError('bad_input', { details: { explanation: `“${input.action ?? ''}” is nothing that can be done with a ${object.kind}. There are: ${known.join(', ')}.` } });
  return {
    who: userOf(user), decidedBy: told, role: effectiveRole(asker, object), grants: grantsOf(asker, object).map(toldGrant),
    actions: wanted.map((action) => explained(asker, action, object, other ? user.userDisplayName : undefined)),
  };
}

function explained(asker: Asker, action: Action, object: AccessObject, about: string | undefined): OutputOf<'access.explain'>['actions'][number] {
  const decision = decide(asker, action as ActionsOf[AccessObject['kind']] as never, object);
  return {
    action, label: actionLabels[action], allowed: decision.allowed, needed: decision.needed, because: decision.allowed ? toldGrant(decision.because) : null,
    missing: decision.allowed ? [] : decision.missing.map((one) => ({ through: one.through, role: one.role, team: toldTeam(one.team) })), sentence: explainDecision(decision, about),
  };
}

function toldGrant(grant: Grant): AccessGrant {
  return { through: grant.through, role: grant.role, team: 'team' in grant ? toldTeam(grant.team) : null };
}

function toldTeam(team: Named | undefined): AccessGrant['team'] {
  return team === undefined ? null : { id: branded(Number(team.id)), name: team.name };
}

export function accessHolders(scope: QueryScope, input: CheckedInputOf<'access.holders'>): OutputOf<'access.holders'> {
  const { db } = scope;
  const registry = seenRegistry(scope, input.registryId);
  if (registry.deleted) throw notFound('registry', registry.name);
  const object = registryObject(db, registry);
  demand(scope.asker, 'registry.manageMembers', object);
  const users = db.all<UserColumns>(sql`
    SELECT u.id AS userId, u.username, u.display_name AS userDisplayName, u.kind AS userKind FROM users u JOIN organization_members m ON m.user_id = u.id WHERE u.removed_at IS NULL ORDER BY u.username`);
  return {
    items: users.flatMap((user) => {
      const asker = loadAsker(db, branded(user.userId));
      const role = effectiveRole(asker, object);
      return role === null ? [] : [{ user: userOf(user), role, grants: grantsOf(asker, object).map(toldGrant) }];
    }),
    members: registryMembers(db, object),
  };
}
