/** Projects (registries among them, as this protocol has it) and runs. */
export const runTypes = /* GraphQL */ `
type ProjectConnection { edges: [ProjectEdge!]! pageInfo: PageInfo! }
type ProjectEdge { node: Project cursor: String }
type Project {
  id: ID!
  internalId: ID!
  name: String!
  entityName: String!
  entity: Entity!
  description: String
  access: String
  views: JSONString
  createdAt: DateTime!
  updatedAt: DateTime
  readOnly: Boolean
  isBenchmark: Boolean!
  user: User
  allowAllArtifactTypesInRegistry: Boolean!
  bucket(name: String!, missingOk: Boolean, desc: String): Run
  run(name: String!, desc: String): Run
  runCount(filters: JSONString): Int
  runs(filters: JSONString, after: String, first: Int, order: String): RunConnection
  artifact(name: String!, enableTracking: Boolean): Artifact
  artifactType(name: String!): ArtifactType
  artifactTypes(includeAll: Boolean, after: String, first: Int): ArtifactTypeConnection!
  artifactCollection(name: String!): ArtifactCollection
  artifactCollections(filters: JSONString, order: String, after: String, first: Int): ArtifactCollectionConnection
  artifactCollectionMembership(name: String!): ArtifactCollectionMembership
  members: [ProjectMember!]!
  teamMembers: [ProjectTeamMember!]!
  repo: String
  dockerImage: String
}

type RunConnection { edges: [RunEdge!]! pageInfo: PageInfo! totalCount: Int }
type RunEdge { node: Run! cursor: String! }
type Run {
  id: ID!
  name: String!
  projectId: Int
  project: Project
  displayName: String
  description: String
  notes: String
  config: JSONString
  wandbConfig(keys: [String!]): JSONString
  summaryMetrics: JSONString
  systemMetrics: JSONString
  historyKeys: JSON
  historyLineCount: Int
  eventsLineCount: Int
  logLineCount: Int
  historyTail: JSONString
  eventsTail: JSONString
  history(minStep: Int64, maxStep: Int64, samples: Int): [String!]
  events(samples: Int): [String!]
  sampledHistory(specs: [JSONString!]!): [JSON]!
  parquetHistory(liveKeys: [String!]!): ParquetHistory
  state: String
  stopped: Boolean
  sweepName: String
  group: String
  jobType: String
  commit: String
  tags: [String!]
  readOnly: Boolean
  createdAt: DateTime!
  heartbeatAt: DateTime
  user: User
  logLines(first: Int, after: String, last: Int, useImprovedPagination: Boolean): LogLineConnection
  fileCount: Int
  files(names: [String], after: String, first: Int, pattern: String, upload: Boolean): FileConnection
  inputArtifacts(after: String, first: Int): InputArtifactConnection
  outputArtifacts(after: String, first: Int): ArtifactConnection
}
type LogLineConnection { edges: [LogLineEdge!]! pageInfo: PageInfo! }
type LogLineEdge { node: LogLine! cursor: String }
type LogLine { number: Int timestamp: String level: String label: String line: String }
type ParquetHistory { parquetUrls: [String!]! liveData: [JSON]! }

type FileConnection { uploadHeaders: [String!] edges: [FileEdge!]! pageInfo: PageInfo! totalCount: Int }
type FileEdge { node: File cursor: String }
type File {
  id: ID!
  name: String!
  displayName: String!
  url(upload: Boolean): String
  directUrl: String!
  sizeBytes: Int64!
  storagePath: String
  mimetype: String
  updatedAt: DateTime
  digest: String
  md5: String
  uploadUrl: String
  uploadHeaders: [String!]!
  uploadMultipartUrls: UploadMultipartUrls
  artifact: Artifact
}
type UploadMultipartUrls { uploadID: String! uploadUrlParts: [UploadUrlPart!]! }
type UploadUrlPart { partNumber: Int64! uploadUrl: String! }
`;
