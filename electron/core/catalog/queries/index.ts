/** Every query by its operation's name. Internal ones, which core composes into longer operations, begin with `internal.`. */
import type { CheckedInputOf, OutputOf, QueryName } from '#shared/contract/index.ts';
import { alertNotices, approvalNotices, approvalVersion, getApproval, listApprovals, listGates } from './approvals.ts';
import { getScan, knownScans } from './scans.ts';
import { anyAutomation, anyEndedBefore, anySending, givenUp, automationCursor, automationFacts, automationNames, automationRules, automationWords, causesOf, getAutomation, getDelivery, keptJobs, keptSecrets, listAllowedHosts, listAutomations, listDeliveries, listSecrets, openDeliveries, runMetrics, scopeNamed, sight } from './automations.ts';
import { importedBefore, linkOf, versionByDigest } from '../commands/imports.ts';
import { checkLog, type LogFacts } from '../commands/versions.ts';
import { withoutPrototype, type Query, type QueryScope } from '../scope.ts';
import { getTeam, getUser, listRegistryMembers, listTeams, listUsers } from './accounts.ts';
import { resolveAddress } from './addresses.ts';
import { authenticateKey, catalogStatus, home, listKeys, settings, storageUsage } from './catalog.ts';
import { bytesSources, fetchedFiles, inBucket, listBuckets, manageBucket, sharedDigests, whereBytes } from './bytes.ts';
import { arrivals, clientManifest, draftToCommit, entryByMd5, getDraft, resolveClientId, resolveContents, uploadFacts, uploadParts } from './drafts.ts';
import { chainHead, historyAfter, latestUndoOffer, listHistory, verdictOf, verifyPart, verifyHistory } from './history.ts';
import { accessHolders, explainAccess } from './access.ts';
import { aliasBoard } from './board.ts';
import { cardRule, collectionCard } from './cards.ts';
import { tableLayouts } from './layouts.ts';
import { collectionTable, exportTable, tableColumns, tableSeries } from './tables.ts';
import { aliasesAsOf, collectionAsOf, registryAsOf } from './pasts.ts';
import { lineageQueries } from './lineage/index.ts';
import { aliasTimeline, findLinks, getLink, linkCandidates, listLinks } from './links.ts';
import { previewAliases, previewLifecycle, previewLinks, previewPromotion, previewRevert, previewUnlinks, previewUpdate, statesToGo } from './previews.ts';
import { absentModels, getRemote, knownModels, listBadges, listConflicts, listDeadLetters, listRemotes, listRounds, manageRemote, planWork, pushFiles, pushWork, remoteCounts, sentWork, sideOf, staleModels, unfetched, unknownRuns } from './remotes.ts';
import { collectionDetails, getCollection, getRegistry, linkTarget, listCollections, listRegistries, typesInRegistry } from './registries.ts';
import { checkRunFileQuery, listRunFiles, metricKeys, metrics, runConsole, runDetails, runFile, runHistory, runLogUntidy, runWire } from './runStream.ts';
import { demandManaging, demandRole, getTimeToLive, lapsingCount, listHolds, listLapsing, listTrash, purgePreview, retention } from './retention.ts';
import { listSearches } from './savedSearches.ts';
import { searchQueries } from './search/index.ts';
import { artifactTypes, getArtifact, getProject, getRun, listArtifacts, listProjects, listRuns, runIdNamed, runVersions } from './source.ts';
import { artifactDeletionPreview, deletionPreview, getVersion, listVersions, referencedDigests, versionDetails, versionEntries, versionEntry, versionFiles, versionLinks, versionManifest, versionUsers } from './versions.ts';

type Contracted = { readonly [Name in QueryName]?: (scope: QueryScope, input: CheckedInputOf<Name>) => OutputOf<Name> };

const contracted = {
  'buckets.list': listBuckets,
  'bytes.where': whereBytes,
  'remotes.get': getRemote,
  'remotes.list': listRemotes,
  'sync.badges': listBadges,
  'sync.conflicts': listConflicts,
  'sync.deadLetters': listDeadLetters,
  'sync.rounds': listRounds,
  'addresses.resolve': resolveAddress,
  'aliases.timeline': aliasTimeline,
  'artifacts.get': getArtifact,
  'artifacts.list': listArtifacts,
  'artifacts.types': artifactTypes,
  'collections.details': collectionDetails,
  'collections.get': getCollection,
  'collections.list': listCollections,
  'clientIds.resolve': resolveClientId,
  'drafts.get': getDraft,
  'history.head': chainHead,
  'history.list': listHistory,
  'history.verify': verifyHistory,
  'home.get': home,
  'keys.list': listKeys,
  'links.candidates': linkCandidates,
  'links.find': findLinks,
  'links.get': getLink,
  'links.list': listLinks,
  'projects.get': getProject,
  'projects.list': listProjects,
  'registries.get': getRegistry,
  'registries.list': listRegistries,
  'runs.console': runConsole,
  'runs.details': runDetails,
  'runs.files': listRunFiles,
  'registries.members': listRegistryMembers,
  'runs.get': getRun,
  'runs.history': runHistory,
  'runs.list': listRuns,
  'runs.metricKeys': metricKeys,
  'runs.metrics': metrics,
  'runs.versions': runVersions,
  'runs.wire': runWire,
  'searches.list': listSearches,
  'settings.get': settings,
  'teams.get': getTeam,
  'teams.list': listTeams,
  'artifacts.deletionPreview': artifactDeletionPreview,
  'holds.list': listHolds,
  'retention.get': retention,
  'trash.list': listTrash,
  'trash.purgePreview': purgePreview,
  'ttl.get': getTimeToLive,
  'ttl.lapsing': listLapsing,
  'undo.latest': latestUndoOffer,
  'users.get': getUser,
  'users.list': listUsers,
  'versions.deletionPreview': deletionPreview,
  'versions.details': versionDetails,
  'versions.files': versionFiles,
  'versions.get': getVersion,
  'approvals.get': getApproval,
  'scans.get': getScan,
  'approvals.list': listApprovals,
  'gates.list': listGates,
  'allowedHosts.list': listAllowedHosts,
  'automations.get': getAutomation,
  'automations.list': listAutomations,
  'deliveries.get': getDelivery,
  'deliveries.list': listDeliveries,
  'versions.links': versionLinks,
  'versions.list': listVersions,
  'versions.manifest': versionManifest,
  'versions.usedBy': versionUsers,
  'links.preview': previewLinks,
  'links.removePreview': previewUnlinks,
  'links.promotePreview': previewPromotion,
  'aliases.preview': previewAliases,
  'aliases.board': aliasBoard,
  'aliases.asOf': aliasesAsOf,
  'registries.lifecyclePreview': previewLifecycle,
  'links.nextStates': statesToGo,
  'collections.table': collectionTable,
  'collections.columns': tableColumns,
  'collections.exportTable': exportTable,
  'collections.series': tableSeries,
  'collections.layouts': tableLayouts,
  'collections.card': collectionCard,
  'registries.cardRule': cardRule,
  'registries.updatePreview': previewUpdate,
  'registries.asOf': registryAsOf,
  'collections.asOf': collectionAsOf,
  'history.revertPreview': previewRevert,
  'access.explain': explainAccess,
  'access.holders': accessHolders,
} satisfies Contracted;

/** Parts of operations that core completes, and what only core asks. */
const internal = {
  'secrets.list': listSecrets,
  'internal.alertNotices': alertNotices,
  'internal.approvalNotices': approvalNotices,
  'internal.approvalVersion': approvalVersion,
  'internal.knownScans': knownScans,
  'internal.anyAutomation': anyAutomation,
  'internal.anyEndedBefore': anyEndedBefore,
  'internal.anySending': anySending,
  'internal.givenUp': givenUp,
  'internal.automationNames': automationNames,
  'internal.scopeNamed': scopeNamed,
  'internal.sight': sight,
  'internal.automationCursor': automationCursor,
  'internal.automationFacts': automationFacts,
  'internal.automationRules': automationRules,
  'internal.automationWords': automationWords,
  'internal.causesOf': causesOf,
  'internal.keptJobs': keptJobs,
  'internal.keptSecrets': keptSecrets,
  'internal.openDeliveries': openDeliveries,
  'internal.runMetrics': runMetrics,
  'internal.absentModels': absentModels,
  'internal.knownModels': knownModels,
  'internal.manageRemote': manageRemote,
  'internal.planWork': planWork,
  'internal.pushFiles': pushFiles,
  'internal.pushWork': pushWork,
  'internal.remoteCounts': remoteCounts,
  'internal.sentWork': sentWork,
  'internal.sideOf': sideOf,
  'internal.staleModels': staleModels,
  'internal.bytesSources': bytesSources,
  'internal.fetchedFiles': fetchedFiles,
  'internal.inBucket': inBucket,
  'internal.manageBucket': manageBucket,
  'internal.sharedDigests': sharedDigests,
  'internal.unfetched': unfetched,
  'internal.unknownRuns': unknownRuns,
  'internal.typesInRegistry': typesInRegistry,
  'catalog.status': catalogStatus,
  'storage.usage': storageUsage,
  'internal.authenticateKey': authenticateKey,
  'internal.checkLog': (scope: QueryScope, input: LogFacts): null => {
    checkLog(scope, input);
    return null;
  },
  'internal.checkRunFile': checkRunFileQuery,
  'internal.clientManifest': clientManifest,
  'internal.draftToCommit': draftToCommit,
  'internal.entry': versionEntry,
  'internal.entryByMd5': entryByMd5,
  'internal.resolveContents': resolveContents,
  'internal.uploadFacts': uploadFacts,
  'internal.uploadParts': uploadParts,
  'internal.importedBefore': importedBefore,
  'internal.linkOf': linkOf,
  'internal.linkTarget': linkTarget,
  'internal.versionByDigest': versionByDigest,
  'internal.demandManaging': demandManaging,
  'internal.demandRole': demandRole,
  'internal.historyAfter': historyAfter,
  'internal.verdict': verdictOf,
  'internal.verifyPart': verifyPart,
  'internal.lapsingCount': lapsingCount,
  'internal.arrivals': arrivals,
  'internal.runFile': runFile,
  'internal.runId': runIdNamed,
  'internal.runLogUntidy': runLogUntidy,
  'internal.referencedDigests': referencedDigests,
  'internal.versionEntries': versionEntries,
};

// No prototype: a name such as "constructor" finds nothing.
export const queries: Readonly<Record<string, Query>> = withoutPrototype({ ...contracted, ...internal, ...searchQueries, ...lineageQueries });
