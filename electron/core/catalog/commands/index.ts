/** Every command by its operation's name. Internal ones, which core composes into longer operations, begin with `internal.`. */
import type { CheckedInputOf, CommandName, OutputOf } from '#shared/contract/index.ts';
import { withoutPrototype, type Command, type CommandScope } from '../scope.ts';
import { authenticateKey, createKey, noteSample, revokeKey } from './access.ts';
import { addRegistryMembers, createTeam, createUser, removeRegistryMembers, removeUser, setTeamMember, updateRegistryMember, updateUser } from './accounts.ts';
import { removeAliases, setAliases } from './aliases.ts';
import { deleteArtifact, moveArtifact, updateArtifact } from './artifacts.ts';
import { noteScan } from './scans.ts';
import { noteDamage } from './integrity.ts';
import { decideApproval, delegateApproval, noteCheck, remindApproval, requestApproval, setGates, withdrawApproval } from './approvals.ts';
import { approveJob, createAutomation, discardDeliveries, importAutomations, noteCause, noteMetric, noteSecret, queueDeliveries, removeAutomation, removeJob, replayDeliveries, resumeDeliveries, setAllowedHosts, stepDeliveries, sweepDeliveries, testAutomation, updateAutomation } from './automations.ts';
import { createCollection, deleteCollection, updateCollection } from './collections.ts';
import { abandonDraft, addManifest, commitDraft, createDraft, dropParts, noteUpload, noteUploads, placePart, planFiles, settle, sweepDrafts, updateManifest } from './drafts.ts';
import { breakImport, finishImport, noteImported, noteLegacyAddress, skipNumbers } from './imports.ts';
import { importOpenLineage, importPiece, tellImport } from './lineageImport.ts';
import { linkByHand, unlinkByHand } from './lineage.ts';
import { createLinks, noteLink, removeLinks } from './links.ts';
import { setSettings, setStar, touchRecent } from './personal.ts';
import { promoteLinks } from './promotion.ts';
import { createRegistry, deleteRegistry, updateRegistry } from './registries.ts';
import { removeSearch, renameSearch, saveSearch } from './savedSearches.ts';
import { placeHold, releaseHold, setTimeToLive, sweepLapsed } from './retention.ts';
import { alertOfRun, appendToRun, deleteRun, deleteRunFiles, saveRunFile, stopRun, sweepRunLog, sweepRuns, upsertRun } from './runStream.ts';
import { createRun, updateRun, useVersions } from './runs.ts';
import { deleteLayout, saveLayout } from './layouts.ts';
import { setCardRule, setLifecycle } from './lifecycles.ts';
import { revertAlias, revertEvent } from './reverts.ts';
import { setState } from './states.ts';
import { addRemote, placeRegistries, removeRemote, updateRemote } from './remotes.ts';
import { applyRemote, applyRemoteRuns, applyRemoteUses } from './syncPull.ts';
import { addBucket, noteArrived, noteFetching, noteFreed, noteLost, noteStored, removeBucket, tellStored, updateBucket } from './bytes.ts';
import { discardDead, editDead, noteFetched, notePush, noteRegistry, noteRound, noteUnfetchable, resolveConflict, retryDead, undoPush } from './syncPush.ts';
import { editTags } from './tags.ts';
import { purgeByHand, purgeTrash, restoreAll, restoreFromTrash, setRetention } from './trash.ts';
import { applyUndo } from './undo.ts';
import { commitKnown, deleteVersions, logVersion, updateVersion } from './versions.ts';

type Contracted = { readonly [Name in CommandName]?: (scope: CommandScope, input: CheckedInputOf<Name>) => OutputOf<Name> };

const contracted = {
  'aliases.remove': removeAliases,
  'aliases.set': setAliases,
  'approvals.decide': decideApproval,
  'approvals.delegate': delegateApproval,
  'approvals.remind': remindApproval,
  'approvals.request': requestApproval,
  'approvals.withdraw': withdrawApproval,
  'gates.set': setGates,
  'allowedHosts.set': setAllowedHosts,
  'automations.create': createAutomation,
  'automations.remove': removeAutomation,
  'automations.test': testAutomation,
  'automations.update': updateAutomation,
  'deliveries.discard': discardDeliveries,
  'deliveries.replay': replayDeliveries,
  'jobs.remove': removeJob,
  'artifacts.delete': deleteArtifact,
  'artifacts.move': moveArtifact,
  'artifacts.update': updateArtifact,
  'collections.create': createCollection,
  'collections.delete': deleteCollection,
  'collections.update': updateCollection,
  'drafts.abandon': abandonDraft,
  'drafts.addManifest': addManifest,
  'drafts.updateManifest': updateManifest,
  'keys.revoke': revokeKey,
  'lineage.import': importOpenLineage,
  'lineage.link': linkByHand,
  'lineage.unlink': unlinkByHand,
  'links.create': createLinks,
  'links.note': noteLink,
  'links.remove': removeLinks,
  'recents.touch': touchRecent,
  'registries.addMembers': addRegistryMembers,
  'registries.create': createRegistry,
  'registries.delete': deleteRegistry,
  'registries.removeMembers': removeRegistryMembers,
  'registries.update': updateRegistry,
  'runs.append': appendToRun,
  'registries.updateMember': updateRegistryMember,
  'runs.create': createRun,
  'runs.delete': deleteRun,
  'runs.deleteFiles': deleteRunFiles,
  'runs.stop': stopRun,
  'runs.alert': alertOfRun,
  'runs.update': updateRun,
  'runs.upsert': upsertRun,
  'runs.use': useVersions,
  'searches.remove': removeSearch,
  'searches.rename': renameSearch,
  'searches.save': saveSearch,
  'settings.set': setSettings,
  'stars.set': setStar,
  'sync.discard': discardDead,
  'sync.edit': editDead,
  'sync.resolve': resolveConflict,
  'sync.retry': retryDead,
  'tags.edit': editTags,
  'teams.create': createTeam,
  'teams.setMember': setTeamMember,
  'holds.place': placeHold,
  'holds.release': releaseHold,
  'retention.set': setRetention,
  'trash.purge': purgeByHand,
  'trash.restore': restoreFromTrash,
  'trash.restoreAll': restoreAll,
  'ttl.set': setTimeToLive,
  'ttl.sweep': sweepLapsed,
  'undo.apply': applyUndo,
  'users.create': createUser,
  'users.remove': removeUser,
  'users.update': updateUser,
  'versions.delete': deleteVersions,
  'versions.update': updateVersion,
  'links.promote': promoteLinks,
  'aliases.revert': revertAlias,
  'links.setState': setState,
  'registries.setLifecycle': setLifecycle,
  'collections.saveLayout': saveLayout,
  'collections.deleteLayout': deleteLayout,
  'registries.setCardRule': setCardRule,
  'history.revert': revertEvent,
} satisfies Contracted;

const internal = {
  'internal.approveJob': approveJob,
  'internal.stepDeliveries': stepDeliveries,
  'internal.importAutomations': importAutomations,
  'internal.noteCheck': noteCheck,
  'internal.noteDamage': noteDamage,
  'internal.noteScan': noteScan,
  'internal.noteCause': noteCause,
  'internal.noteMetric': noteMetric,
  'internal.noteSecret': noteSecret,
  'internal.queueDeliveries': queueDeliveries,
  'internal.resumeDeliveries': resumeDeliveries,
  'internal.sweepDeliveries': sweepDeliveries,
  'internal.addRemote': addRemote,
  'internal.applyRemote': applyRemote,
  'internal.applyRemoteRuns': applyRemoteRuns,
  'internal.addBucket': addBucket,
  'internal.noteArrived': noteArrived,
  'internal.noteFetching': noteFetching,
  'internal.noteFreed': noteFreed,
  'internal.noteLost': noteLost,
  'internal.noteStored': noteStored,
  'internal.removeBucket': removeBucket,
  'internal.tellStored': tellStored,
  'internal.updateBucket': updateBucket,
  'internal.applyRemoteUses': applyRemoteUses,
  'internal.noteFetched': noteFetched,
  'internal.notePush': notePush,
  'internal.noteUnfetchable': noteUnfetchable,
  'internal.noteRegistry': noteRegistry,
  'internal.noteRound': noteRound,
  'internal.placeRegistries': placeRegistries,
  'internal.removeRemote': removeRemote,
  'internal.undoPush': undoPush,
  'internal.updateRemote': updateRemote,
  'internal.authenticateKey': authenticateKey,
  'internal.commitDraft': commitDraft,
  'internal.createDraft': createDraft,
  'internal.dropParts': dropParts,
  'internal.breakImport': breakImport,
  'internal.finishImport': finishImport,
  'internal.noteImported': noteImported,
  'internal.noteLegacyAddress': noteLegacyAddress,
  'internal.noteUpload': noteUpload,
  'internal.noteUploads': noteUploads,
  'internal.settle': settle,
  'internal.skipNumbers': skipNumbers,
  'internal.placePart': placePart,
  'internal.planFiles': planFiles,
  'internal.sweepDrafts': sweepDrafts,
  'internal.commitVersion': logVersion,
  'internal.commitKnown': commitKnown,
  'internal.createKey': createKey,
  'internal.importLineage': importPiece,
  'internal.tellLineageImport': tellImport,
  'internal.noteSample': noteSample,
  'internal.purgeTrash': purgeTrash,
  'internal.saveRunFile': saveRunFile,
  'internal.sweepRunLog': sweepRunLog,
  'internal.sweepRuns': sweepRuns,
};

// No prototype: a name such as "constructor" finds nothing.
export const commands: Readonly<Record<string, Command>> = withoutPrototype<Command>({ ...contracted, ...internal });
