/** What mutations answer, and the roots. */
export const operationTypes = /* GraphQL */ `
type UpsertBucketPayload { serverSettings: ServerSettings! bucket: Run inserted: Boolean }
type CreateRunFilesPayload { runID: ID! uploadHeaders: [String!]! files: [RunFileUpload!]! }
type RunFileUpload { name: String! uploadUrl: String }
type SuccessPayload { success: Boolean! clientMutationId: String }
type UnlinkArtifactPayload { success: Boolean! artifactID: ID clientMutationId: String }
type MaybeSuccessPayload { success: Boolean clientMutationId: String }
type ClientMutationPayload { clientMutationId: String }
type CreateArtifactPayload { artifact: Artifact! }
type CreateArtifactFilesPayload { files: FileConnection! }
type CreateArtifactManifestPayload { artifactManifest: ArtifactManifest! }
type UpdateArtifactManifestPayload { artifactManifest: ArtifactManifest! }
type CommitArtifactPayload { artifact: Artifact! }
type CompleteMultipartUploadArtifactPayload { digest: String }
type UseArtifactPayload { artifact: Artifact! }
type LinkArtifactPayload { versionIndex: Int artifactMembership: ArtifactCollectionMembership }
type UpdateArtifactPayload { artifact: Artifact! }
type DeleteArtifactPayload { artifact: Artifact! }
type ArtifactCollectionPayload { artifactCollection: ArtifactCollection! }
type TagAssignmentsPayload { tags: [Tag!]! }
type UpsertModelPayload { project: Project model: Project inserted: Boolean }
type RenameProjectPayload { project: Project inserted: Boolean }

type Query {
  serverInfo: ServerInfo
  viewer: User
  users(query: String): UserConnection
  entity(name: String): Entity
  organization(name: String!): Organization
  project(name: String, entityName: String): Project
  model(name: String, entityName: String): Project
  models(entityName: String, after: String, first: Int): ProjectConnection
  artifact(id: ID!): Artifact
  artifactCollection(id: ID!): ArtifactCollection
  clientIDMapping(clientID: ID!): ClientIDMapping
}
type Mutation {
  upsertBucket(input: UpsertBucketInput!): UpsertBucketPayload
  createRunFiles(input: CreateRunFilesInput!): CreateRunFilesPayload
  markRunFilesUploaded(input: MarkRunFilesUploadedInput!): MaybeSuccessPayload
  notifyScriptableRunAlert(input: NotifyScriptableRunAlertInput!): SuccessPayload
  stopRun(input: StopRunInput!): MaybeSuccessPayload
  updateRunState(input: UpdateRunStateInput!): MaybeSuccessPayload
  deleteRun(input: DeleteRunInput!): ClientMutationPayload
  deleteFiles(input: DeleteFilesInput!): MaybeSuccessPayload

  createArtifact(input: CreateArtifactInput!): CreateArtifactPayload
  createArtifactManifest(input: CreateArtifactManifestInput!): CreateArtifactManifestPayload
  updateArtifactManifest(input: UpdateArtifactManifestInput!): UpdateArtifactManifestPayload
  createArtifactFiles(input: CreateArtifactFilesInput!): CreateArtifactFilesPayload
  completeMultipartUploadArtifact(input: CompleteMultipartUploadArtifactInput!): CompleteMultipartUploadArtifactPayload
  commitArtifact(input: CommitArtifactInput!): CommitArtifactPayload
  useArtifact(input: UseArtifactInput!): UseArtifactPayload
  updateArtifact(input: UpdateArtifactInput!): UpdateArtifactPayload
  deleteArtifact(input: DeleteArtifactInput!): DeleteArtifactPayload
  linkArtifact(input: LinkArtifactInput!): LinkArtifactPayload
  unlinkArtifact(input: UnlinkArtifactInput!): UnlinkArtifactPayload
  addAliases(input: AddAliasesInput!): SuccessPayload
  deleteAliases(input: DeleteAliasesInput!): SuccessPayload
  updateArtifactSequence(input: UpdateArtifactSequenceInput!): ArtifactCollectionPayload
  updateArtifactPortfolio(input: UpdateArtifactPortfolioInput!): ArtifactCollectionPayload
  moveArtifactSequence(input: MoveArtifactSequenceInput!): ArtifactCollectionPayload
  deleteArtifactSequence(input: DeleteArtifactSequenceInput!): ArtifactCollectionPayload
  deleteArtifactPortfolio(input: DeleteArtifactPortfolioInput!): ArtifactCollectionPayload
  createArtifactCollectionTagAssignments(input: CreateArtifactCollectionTagAssignmentsInput!): TagAssignmentsPayload
  deleteArtifactCollectionTagAssignments(input: DeleteArtifactCollectionTagAssignmentsInput!): SuccessPayload

  upsertModel(input: UpsertModelInput!): UpsertModelPayload
  renameProject(input: RenameProjectInput!): RenameProjectPayload
  deleteModel(input: DeleteModelInput!): SuccessPayload
  createProjectMembers(input: CreateProjectMembersInput!): SuccessPayload
  deleteProjectMembers(input: DeleteProjectMembersInput!): SuccessPayload
  updateProjectMember(input: UpdateProjectMemberInput!): SuccessPayload
  updateProjectTeamMember(input: UpdateProjectTeamMemberInput!): SuccessPayload

}
`;
