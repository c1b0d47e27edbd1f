/** Scalars, enumerations, pages, and what the server says of itself. */
export const commonTypes = /* GraphQL */ `
scalar JSONString
scalar JSON
scalar DateTime
scalar Duration
scalar Int64

directive @constraints(max: Int) on ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | FIELD_DEFINITION

enum ArtifactState { PENDING COMMITTED DELETED }
enum ArtifactCollectionState { READY DELETED }
enum ArtifactCollectionType { PORTFOLIO SEQUENCE }
enum ArtifactDigestAlgorithm { MANIFEST_MD5 MANIFEST_XXH128 }
enum ArtifactManifestType { FULL PATCH INCREMENTAL }
enum ArtifactStorageLayout { V1 V2 }
enum CompleteMultipartAction { Complete Abort }
enum AlertSeverity { INFO WARN ERROR }
enum RampIDType { OrgName }

type PageInfo { hasNextPage: Boolean! endCursor: String hasPreviousPage: Boolean startCursor: String }

type ServerInfo {
  features: [ServerFeatureFlag]!
  cliVersionInfo: JSON
  latestLocalVersionInfo: LatestLocalVersionInfo
}
# “wandb sync” of clients up to 0.25 asks by introspection which fields this has, and breaks where it isn't known.
type ServerSettings { serverMessages: [ServerMessage!]! }
type ServerMessage { utfText: String plainText: String htmlText: String messageType: String messageLevel: Int }
type ServerFeatureFlag { name: String! isEnabled: Boolean! }
type LatestLocalVersionInfo { outOfDate: Boolean! latestVersionString: String! versionOnThisInstanceString: String! }
type FeatureFlag { rampKey: String! isEnabled: Boolean! }
`;
