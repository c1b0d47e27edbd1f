/** What the server says of itself: above all, which of the protocol's newer ways a client may go. */

const features = [
  // Without these a client refuses registries.
  'ARTIFACT_REGISTRY_SEARCH', 'INCLUDE_ARTIFACT_TYPES_IN_REGISTRY_CREATION',
  'ARTIFACT_MEMBERSHIP_IN_LINK_ARTIFACT_RESPONSE', 'USE_ARTIFACT_WITH_ENTITY_AND_PROJECT_INFORMATION', 'TOTAL_COUNT_IN_FILE_CONNECTION', 'ARTIFACT_COLLECTIONS_FILTERING_SORTING', 'MARK_RUN_FILES_UPLOADED', 'QUERY_AUTOMATIONS_ON_ENTITY',
  'ARTIFACT_TAGS', 'PROJECT_ARTIFACT_COLLECTION_MEMBERSHIP', 'ARTIFACT_COLLECTION_MEMBERSHIP_FILES', 'ARTIFACT_COLLECTION_MEMBERSHIP_FILE_DOWNLOAD_HANDLER', 'CLIENT_IDS', 'FILESTREAM_GZIP',
] as const;

export const serverInfo = {
  features: features.map((name) => ({ name, isEnabled: true })),
  cliVersionInfo: { max_cli_version: '99.0.0', min_cli_version: '0.20.0' },
  latestLocalVersionInfo: null,
};
