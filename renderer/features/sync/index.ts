export { openConnectRemote } from './connecting.ts';
export { RemoteOverlay } from './RemoteOverlay.tsx';
export { RemotesSection } from './RemotesSection.tsx';
export { standingOfAll } from './words.ts';
export { SyncBadgeOnPage, SyncSign, useIdsInSight, useSyncBadges, type SyncBadges } from './SyncMark.tsx';
