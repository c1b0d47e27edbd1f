/** The roots: every query and mutation that the door answers, each a translation into operations. */
import type { VersionId } from '#shared/contract/index.ts';
import type { Asking } from '../asking.ts';
import { localIdOrNull } from '../ids.ts';
import { connection, pageOf, type PageArguments } from '../pages.ts';
import { addAliases, addCollectionTags, collectionById, deleteAliases, deleteArtifact, deletePortfolio, deleteSequence, linkArtifact, moveSequence, removeCollectionTags, unlinkArtifact, updateArtifact, updatePortfolio, updateSequence } from './artifactMutations.ts';
import { clientIdMapping, commitArtifact, completeMultipartUploadArtifact, createArtifact, createArtifactFiles, createArtifactManifest, updateArtifactManifest, useArtifact } from './draftMutations.ts';
import { addMembers, deleteModel, removeMembers, renameProject, updateMember, upsertModel } from './registryMutations.ts';
import { createRunFiles, deleteFiles, deleteRun, markRunFilesUploaded, notifyAlert, stopRun, updateRunState, upsertBucket } from './runMutations.ts';
import { serverInfo } from './serverInfo.ts';
import { entityNamed, organizationNamed, usersMatching, viewerNode } from './accounts.ts';

type Input<T> = { readonly input: T };
type Named = { readonly name?: string | null; readonly entityName?: string | null };

export function rootOf(asking: Asking): object {
  /** A mutation of one input. */
  const taking = <T>(change: (asking: Asking, input: T) => Promise<object>) => ({ input }: Input<T>) => change(asking, input);
  const project = ({ name, entityName }: Named): Promise<object | null> | null => (name === null || name === undefined ? null : asking.nodes.projectNamed(entityName ?? null, name));
  return {
    serverInfo: () => serverInfo,
    viewer: () => viewerNode(asking),
    users: ({ query }: { readonly query?: string | null }) => usersMatching(asking, query ?? null),
    entity: ({ name }: Named) => entityNamed(asking, name ?? null),
    organization: ({ name }: { readonly name: string }) => organizationNamed(asking, name),
    project, model: project,
    models: async (args: PageArguments & Named) => connection(await pageOf(args, (page) => asking.ask('projects.list', page)), (one) => asking.nodes.project(one)),
    artifact: ({ id }: { readonly id: string }) => {
      const local = localIdOrNull(id, 'Artifact');
      return local === null ? null : asking.nodes.version(local as VersionId);
    },
    artifactCollection: ({ id }: { readonly id: string }) => collectionById(asking, id),
    clientIDMapping: ({ clientID }: { readonly clientID: string }) => clientIdMapping(asking, clientID),

    upsertBucket: taking(upsertBucket), createRunFiles: taking(createRunFiles), markRunFilesUploaded: taking(markRunFilesUploaded), notifyScriptableRunAlert: taking(notifyAlert), stopRun: taking(stopRun), updateRunState: taking(updateRunState),
    deleteRun: taking(deleteRun), deleteFiles: taking(deleteFiles),

    createArtifact: taking(createArtifact), createArtifactManifest: taking(createArtifactManifest), updateArtifactManifest: taking(updateArtifactManifest), createArtifactFiles: taking(createArtifactFiles),
    completeMultipartUploadArtifact: taking(completeMultipartUploadArtifact), commitArtifact: taking(commitArtifact), useArtifact: taking(useArtifact),
    updateArtifact: taking(updateArtifact), deleteArtifact: taking(deleteArtifact), linkArtifact: taking(linkArtifact), unlinkArtifact: taking(unlinkArtifact), addAliases: taking(addAliases), deleteAliases: taking(deleteAliases),
    updateArtifactSequence: taking(updateSequence), updateArtifactPortfolio: taking(updatePortfolio), moveArtifactSequence: taking(moveSequence), deleteArtifactSequence: taking(deleteSequence), deleteArtifactPortfolio: taking(deletePortfolio),
    createArtifactCollectionTagAssignments: taking(addCollectionTags), deleteArtifactCollectionTagAssignments: taking(removeCollectionTags),

    upsertModel: taking(upsertModel), renameProject: taking(renameProject), deleteModel: taking(deleteModel), createProjectMembers: taking(addMembers), deleteProjectMembers: taking(removeMembers),
    updateProjectMember: ({ input }: Input<{ readonly projectId: string; readonly userId: string; readonly userProjectRole: string }>) => updateMember(asking, { projectId: input.projectId, userId: input.userId, role: input.userProjectRole }),
    updateProjectTeamMember: ({ input }: Input<{ readonly projectId: string; readonly teamId: string; readonly teamProjectRole: string }>) => updateMember(asking, { projectId: input.projectId, teamId: input.teamId, role: input.teamProjectRole }),
  };
}
