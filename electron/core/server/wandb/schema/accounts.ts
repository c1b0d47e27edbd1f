/** People, teams and the organization. */
export const accountTypes = /* GraphQL */ `
type User {
  id: ID!
  name: String!
  username: String
  email: String
  admin: Boolean
  flags: JSONString
  entity: String
  deletedAt: DateTime
  apiKeys: ApiKeyConnection
  teams(first: Int): EntityConnection
  organizations: [Organization!]!
  projects(after: String, first: Int): ProjectConnection
}
type ApiKey { id: ID! name: String! description: String }
type ApiKeyConnection { edges: [ApiKeyEdge!]! }
type ApiKeyEdge { node: ApiKey cursor: String }
type UserConnection { edges: [UserEdge!]! }
type UserEdge { node: User cursor: String }
type EntityConnection { edges: [EntityEdge!]! }
type EntityEdge { node: Entity cursor: String }

type Member {
  id: String
  admin: Boolean
  role: String
  pending: Boolean
  email: String
  username: String
  name: String!
  photoUrl: String
  accountType: String
  apiKey: String
}

type Entity {
  id: ID!
  name: String!
  available: Boolean
  photoUrl: String
  readOnly: Boolean
  readOnlyAdmin: Boolean!
  isTeam: Boolean!
  entityType: String
  privateOnly: Boolean!
  storageBytes: Int64!
  codeSavingEnabled: Boolean!
  defaultAccess: String!
  isPaid: Boolean
  limits: JSONString
  members: [Member!]!
  organization: Organization
  user: User
  xxhashDigestsEnabled: Boolean
  project(name: String): Project
  projects(filters: JSONString, after: String, first: Int, order: String): ProjectConnection
  artifactCollections(projectFilters: JSONString, filters: JSONString, collectionTypes: [ArtifactCollectionType!], after: String, first: Int, order: String): ArtifactCollectionConnection
  artifactMemberships(projectFilters: JSONString, collectionFilters: JSONString, filters: JSONString, after: String, first: Int, order: String): ArtifactCollectionMembershipConnection
}

type Organization {
  id: ID!
  name: String!
  orgEntity: Entity
  coreWeaveOrganizationId: String
  advancedRegistryFeatures: AdvancedRegistryFeatures
  featureFlags(rampIDType: RampIDType): [FeatureFlag]!
}
type AdvancedRegistryFeatures { advancedSearch: Boolean! }

type Role { name: String! }
type ProjectMember { id: ID! name: String username: String email: String role: Role! }
type ProjectTeamMember { team: Entity! role: Role! }
`;
