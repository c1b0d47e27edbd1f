/**
 * What is asked of W&B, one document per act. Named as the public client names the same act, and made of fields that this client asks for, too:
 * the server's schema isn't public, so nothing else may be relied on (tests hold every document to both).
 */

const pageInfo = 'pageInfo { endCursor hasNextPage }';
const runInfo = 'id name project { name entity { name } }';
/** What a version is, without what costs more to read. */
const artifact = `id state digest size fileCount description createdAt updatedAt ttlDurationSeconds ttlIsInherited tags { id name } artifactType { name } versionIndex artifactSequence { name project { name entity { name } } } createdBy { __typename ... on Run { ${runInfo} } }`;
const membership = `id versionIndex createdAt aliases { id alias } artifactCollection { __typename name project { name entity { name } } } artifact { ${artifact} }`;
const collection = '__typename id name description createdAt updatedAt type: defaultArtifactType { name } tags { edges { node { id name } } }';
const registry = 'id internalId name description createdAt updatedAt access entity { name organization { name } }';

export const documents = {
  Viewer: 'query Viewer { viewer { id entity username email teams { edges { node { name } } } } }',
  FetchOrganization: 'query FetchOrganization($org: String!) { organization(name: $org) { id name orgEntity { id name entityType } } }',
  FetchRegistries: `query FetchRegistries($organization: String!, $cursor: String, $perPage: Int) { organization(name: $organization) { orgEntity { projects(after: $cursor, first: $perPage) { ${pageInfo} edges { node { ${registry} } } } } } }`,
  FetchRegistry: `query FetchRegistry($name: String, $entity: String) { entity(name: $entity) { project(name: $name) { ${registry} readOnly } } }`,
  RegistryCollections: `query RegistryCollections($organization: String!, $registryFilter: JSONString, $collectionFilter: JSONString, $cursor: String, $perPage: Int) {
    organization(name: $organization) { orgEntity { artifactCollections(projectFilters: $registryFilter, filters: $collectionFilter, collectionTypes: [PORTFOLIO], after: $cursor, first: $perPage) { totalCount ${pageInfo} edges { node { ${collection} } } } } }
  }`,
  RegistryVersions: `query RegistryVersions($organization: String!, $registryFilter: JSONString, $collectionFilter: JSONString, $cursor: String, $perPage: Int) {
    organization(name: $organization) { orgEntity { artifactMemberships(projectFilters: $registryFilter, collectionFilters: $collectionFilter, after: $cursor, first: $perPage) { ${pageInfo} edges { node { ${membership} } } } } }
  }`,
  ArtifactMembershipByName: `query ArtifactMembershipByName($entity: String!, $project: String!, $name: String!) { project(name: $project, entityName: $entity) { artifactCollectionMembership(name: $name) { ${membership} } } }`,
  /** What the client asks in three: metadata and names, who used it, where its manifest is. */
  ArtifactByID: `query ArtifactByID($id: ID!) { artifact(id: $id) { id state metadata aliases { id alias artifactCollection { __typename name } } usedBy { edges { node { ${runInfo} } } } currentManifest { file { directUrl } } } }`,
  FetchArtifactManifest: 'query FetchArtifactManifest($id: ID!) { artifact(id: $id) { currentManifest { file { directUrl } } } }',
  GetArtifactMembershipFileUrls: `query GetArtifactMembershipFileUrls($entity: String!, $project: String!, $collection: String!, $alias: String!, $cursor: String, $perPage: Int) {
    project(name: $project, entityName: $entity) { artifactCollection(name: $collection) { __typename artifactMembership(aliasName: $alias) { files(after: $cursor, first: $perPage) { ${pageInfo} edges { node { name directUrl } } } } } }
  }`,
  Run: `query Run($project: String!, $entity: String!, $name: String!) {
    project(name: $project, entityName: $entity) { run(name: $name) { id name displayName state config summaryMetrics group jobType tags notes createdAt heartbeatAt historyLineCount } }
  }`,
  RegistryUserMembers: 'query RegistryUserMembers($project: String!, $entity: String!) { project(name: $project, entityName: $entity) { members { name username email role { name } } } }',
  RegistryTeamMembers: 'query RegistryTeamMembers($project: String!, $entity: String!) { project(name: $project, entityName: $entity) { teamMembers { team { name } role { name } } } }',
  RunFullHistory: 'query RunFullHistory($project: String!, $entity: String!, $name: String!, $samples: Int) { project(name: $project, entityName: $entity) { run(name: $name) { history(samples: $samples) } } }',

  UpsertRegistry: 'mutation UpsertRegistry($input: UpsertModelInput!) { upsertModel(input: $input) { inserted project { id name } } }',
  LinkArtifact: `mutation LinkArtifact($input: LinkArtifactInput!) { result: linkArtifact(input: $input) { versionIndex artifactMembership { ${membership} } } }`,
  UnlinkArtifact: 'mutation UnlinkArtifact($input: UnlinkArtifactInput!) { result: unlinkArtifact(input: $input) { success } }',
  AddAliases: 'mutation AddAliases($input: AddAliasesInput!) { result: addAliases(input: $input) { success } }',
  DeleteAliases: 'mutation DeleteAliases($input: DeleteAliasesInput!) { result: deleteAliases(input: $input) { success } }',
  UpdateArtifact: 'mutation UpdateArtifact($input: UpdateArtifactInput!) { result: updateArtifact(input: $input) { artifact { id description tags { id name } } } }',
  DeleteArtifact: 'mutation DeleteArtifact($input: DeleteArtifactInput!) { result: deleteArtifact(input: $input) { artifact { id } } }',
  UpdateArtifactPortfolio: 'mutation UpdateArtifactPortfolio($input: UpdateArtifactPortfolioInput!) { result: updateArtifactPortfolio(input: $input) { artifactCollection { __typename id name description } } }',
  DeleteArtifactPortfolio: 'mutation DeleteArtifactPortfolio($id: ID!) { result: deleteArtifactPortfolio(input: { artifactPortfolioID: $id }) { artifactCollection { __typename state } } }',
  AddArtifactCollectionTags: 'mutation AddArtifactCollectionTags($input: CreateArtifactCollectionTagAssignmentsInput!) { result: createArtifactCollectionTagAssignments(input: $input) { tags { id name } } }',
  DeleteArtifactCollectionTags: 'mutation DeleteArtifactCollectionTags($input: DeleteArtifactCollectionTagAssignmentsInput!) { result: deleteArtifactCollectionTagAssignments(input: $input) { success } }',

  UpsertBucket: `mutation UpsertBucket($name: String, $project: String, $entity: String, $groupName: String, $displayName: String, $notes: String, $config: JSONString, $jobType: String, $tags: [String!], $summaryMetrics: JSONString) {
    upsertBucket(input: { name: $name, modelName: $project, entityName: $entity, groupName: $groupName, displayName: $displayName, notes: $notes, config: $config, jobType: $jobType, tags: $tags, summaryMetrics: $summaryMetrics }) { bucket { id name project { name entity { name } } } inserted }
  }`,
  CreateArtifact: 'mutation CreateArtifact($input: CreateArtifactInput!) { createArtifact(input: $input) { artifact { id state artifactSequence { latestArtifact { id } } } } }',
  CreateArtifactManifest: `mutation CreateArtifactManifest($artifactID: ID!, $baseArtifactID: ID, $name: String!, $digest: String!, $entityName: String!, $projectName: String!, $runName: String!, $manifestType: ArtifactManifestType!, $includeUpload: Boolean!) {
    createArtifactManifest(input: { artifactID: $artifactID, baseArtifactID: $baseArtifactID, name: $name, digest: $digest, entityName: $entityName, projectName: $projectName, runName: $runName, type: $manifestType }) {
      artifactManifest { id file { id uploadUrl @include(if: $includeUpload) uploadHeaders @include(if: $includeUpload) } }
    }
  }`,
  CreateArtifactFiles: 'mutation CreateArtifactFiles($input: CreateArtifactFilesInput!) { createArtifactFiles(input: $input) { files { edges { node { storagePath uploadUrl uploadHeaders artifact { id } } } } } }',
  CommitArtifact: 'mutation CommitArtifact($artifactID: ID!) { commitArtifact(input: { artifactID: $artifactID }) { artifact { id digest } } }',
  UseArtifact: 'mutation UseArtifact($input: UseArtifactInput!) { useArtifact(input: $input) { artifact { id } } }',
} as const;

export type DocumentName = keyof typeof documents;
