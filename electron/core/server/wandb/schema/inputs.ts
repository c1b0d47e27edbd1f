/** What mutations take. A field that is missing here is dropped from what a client sends, with a line in the log. */
export const inputTypes = /* GraphQL */ `
input ArtifactAliasInput { artifactCollectionName: String! alias: String! }
input ArtifactCollectionAliasInput { artifactCollectionName: String! alias: String! entityName: String! projectName: String! }
input TagInput { tagName: String! tagCategoryName: String attributes: JSONString }
input UploadPartsInput { partNumber: Int64! hexMD5: String! }
input ArtifactManifestEntryInput { name: String! digest: String! birthArtifactID: ID size: Int64 }
input CreateArtifactFileSpecInput { artifactID: ID! name: String! md5: String mimetype: String artifactManifestID: ID uploadPartsInput: [UploadPartsInput!] digest: String }
input CreateArtifactFilesInput { cloudRegionID: String artifactFiles: [CreateArtifactFileSpecInput!]! storageLayout: ArtifactStorageLayout clientMutationId: String digestAlgorithm: ArtifactDigestAlgorithm }
input CreateArtifactInput {
  entityName: String!
  projectName: String!
  runName: String
  description: String
  artifactCollectionName: String
  artifactCollectionNames: [String!]
  artifactTypeName: String!
  digest: String!
  digestAlgorithm: ArtifactDigestAlgorithm!
  metadata: JSONString
  labels: JSONString
  aliases: [ArtifactAliasInput!]
  tags: [TagInput!]
  ttlDurationSeconds: Int64
  historyStep: Int64
  enableDigestDeduplication: Boolean
  distributedID: String
  clientID: ID
  sequenceClientID: ID
  storageRegion: String
  clientMutationId: String
}
input CreateArtifactManifestInput { artifactID: ID! baseArtifactID: ID name: String! digest: String! entityName: String! projectName: String! runName: String type: ArtifactManifestType = FULL clientMutationId: String }
input UpdateArtifactManifestInput { artifactManifestID: ID! digest: String baseArtifactID: ID clientMutationId: String }
input CommitArtifactInput { artifactID: ID! clientMutationId: String }
input CompleteMultipartUploadArtifactInput { completeMultipartAction: CompleteMultipartAction! completedParts: [UploadPartsInput!]! artifactID: ID! storagePath: String! uploadID: String! clientMutationId: String }
input UseArtifactInput { entityName: String! projectName: String! runName: String! artifactID: ID! usedAs: String artifactEntityName: String artifactProjectName: String clientMutationId: String }
input LinkArtifactInput { artifactPortfolioName: String artifactPortfolioID: ID entityName: String projectName: String artifactID: ID clientID: ID aliases: [ArtifactAliasInput!] clientMutationId: String }
input UnlinkArtifactInput { artifactID: ID! artifactPortfolioID: ID! clientMutationId: String }
input UpdateArtifactInput { artifactID: ID! description: String metadata: JSONString labels: JSONString aliases: [ArtifactAliasInput!] tagsToAdd: [TagInput!] tagsToDelete: [TagInput!] ttlDurationSeconds: Int64 clientMutationId: String }
input DeleteArtifactInput { artifactID: ID! deleteAliases: Boolean clientMutationId: String }
input AddAliasesInput { artifactID: ID! aliases: [ArtifactCollectionAliasInput!]! clientMutationId: String }
input DeleteAliasesInput { artifactID: ID! aliases: [ArtifactCollectionAliasInput!]! clientMutationId: String }
input UpdateArtifactSequenceInput { artifactSequenceID: ID! name: String description: String clientMutationId: String }
input UpdateArtifactPortfolioInput { artifactPortfolioID: ID! name: String description: String clientMutationId: String }
input MoveArtifactSequenceInput { artifactSequenceID: ID! destinationArtifactTypeName: String! clientMutationId: String }
input DeleteArtifactSequenceInput { artifactSequenceID: ID! clientMutationId: String }
input DeleteArtifactPortfolioInput { artifactPortfolioID: ID! clientMutationId: String }
input CreateArtifactCollectionTagAssignmentsInput { entityName: String! projectName: String! artifactCollectionName: String! tags: [TagInput!]! clientMutationID: String }
input DeleteArtifactCollectionTagAssignmentsInput { entityName: String! projectName: String! artifactCollectionName: String! tags: [TagInput!]! clientMutationID: String }

input ArtifactTypeInput { name: String! description: String }
input ProjectIconInput { color: String! name: String! }
input UpsertModelInput {
  id: String name: String entityName: String description: String access: String views: JSONString
  allowAllArtifactTypesInRegistry: Boolean artifactTypes: [ArtifactTypeInput!]
  dockerImage: String framework: String repo: String isBenchmark: Boolean isPublished: Boolean owner: ID icon: ProjectIconInput
  clientMutationId: String
}
input RenameProjectInput { entityName: String! oldProjectName: String! newProjectName: String! clientMutationId: String }
input DeleteModelInput { id: String! clientMutationId: String }
input CreateProjectMembersInput { projectId: ID! userIds: [ID!] teamIds: [ID!] }
input DeleteProjectMembersInput { projectId: ID! userIds: [ID!] teamIds: [ID!] }
input UpdateProjectMemberInput { projectId: ID! userId: ID! userProjectRole: String! clientMutationId: String }
input UpdateProjectTeamMemberInput { projectId: ID! teamId: ID! teamProjectRole: String! clientMutationId: String }

input UpsertBucketInput {
  id: String name: String groupName: String modelName: String entityName: String description: String displayName: String
  notes: String config: JSONString commit: String host: String debug: Boolean jobProgram: String jobRepo: String jobType: String
  state: String sweep: String tags: [String!] summaryMetrics: JSONString clientMutationId: String
}
input CreateRunFilesInput { entityName: String! projectName: String! runName: String! files: [String!]! clientMutationId: String }
input MarkRunFilesUploadedInput { entityName: String! projectName: String! runName: String! files: [String!]! clientMutationId: String }
input NotifyScriptableRunAlertInput { entityName: String! projectName: String! runName: String! title: String! text: String! severity: AlertSeverity waitDuration: Duration clientMutationId: String }
input DeleteRunInput { id: ID! deleteArtifacts: Boolean clientMutationId: String }
input DeleteFilesInput { files: [ID!]! projectId: Int clientMutationId: String }
input StopRunInput { id: ID! clientMutationId: String }
input UpdateRunStateInput { id: ID! state: String! clientMutationId: String }
`;
