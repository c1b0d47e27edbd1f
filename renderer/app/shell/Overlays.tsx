import { AliasDialogs } from '../../features/aliases/index.ts';
import { CommandOverlay } from '../../features/command/index.ts';
import { ConnectOverlay } from '../../features/connect/index.ts';
import { ImportOverlay } from '../../features/imports/index.ts';
import { LinkOverlays } from '../../features/linking/index.ts';
import { LogOverlay } from '../../features/logging/index.ts';
import { RegistryOverlays } from '../../features/registries/index.ts';
import { SearchOverlays } from '../../features/search/index.ts';
import { RemoteOverlay } from '../../features/sync/index.ts';
import { ReasonDialog } from './ReasonDialog.tsx';

/** All that opens over the window. What each shows stands in a store, so that it may be asked for before this is loaded. */
export function Overlays() {
  return (
    <>
      <LinkOverlays />
      <AliasDialogs />
      <RegistryOverlays />
      <LogOverlay />
      <ConnectOverlay />
      <CommandOverlay />
      <ImportOverlay />
      <RemoteOverlay />
      <SearchOverlays />
      <ReasonDialog />
    </>
  );
}
