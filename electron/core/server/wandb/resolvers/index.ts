/** All nodes, for one request. */
import type { Asking } from '../asking.ts';
import type { Nodes } from '../nodes.ts';
import { organizationEntityNode, teamNode, userNode } from './accounts.ts';
import { portfolioNode, sequenceNode } from './collections.ts';
import { linkMembership, membershipNamed, membershipsOf } from './memberships.ts';
import { projectNamed, registryNode, sourceProjectNode } from './projects.ts';
import { runNode } from './runs.ts';
import { artifactNode, artifactNodeOf } from './versions.ts';

export function createNodes(asking: Asking): Nodes {
  return {
    user: (user) => userNode(asking, user),
    team: (team) => teamNode(asking, team),
    organizationEntity: (status) => organizationEntityNode(asking, status),
    project: (facts) => sourceProjectNode(asking, facts),
    registry: (facts) => registryNode(asking, facts),
    projectNamed: (entity, name) => projectNamed(asking, entity, name),
    sequence: (facts, known) => sequenceNode(asking, facts, known),
    portfolio: (facts, known) => portfolioNode(asking, facts, known),
    version: (id) => artifactNode(asking, id),
    versionOf: (version) => artifactNodeOf(asking, version),
    link: (link) => linkMembership(asking, link),
    membershipsOf: (version) => membershipsOf(asking, version),
    membershipNamed: (name) => membershipNamed(asking, name),
    run: (run) => runNode(asking, run),
  };
}
