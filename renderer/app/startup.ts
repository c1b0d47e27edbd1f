/** Where core is: told by the main process (start, failure, restart) and by the connection itself. */
import { create } from 'zustand';
import type { StartupFacts } from '#shared/contract/bridge.ts';
import type { ConnectionState } from '#shared/contract/index.ts';
import { core } from './api/index.ts';
import { bridge } from './bridge.ts';

type CoreState = {
  readonly startup: StartupFacts;
  readonly connection: ConnectionState;
  /** Whether core was ever there: what is known stays on show while it is away. */
  readonly wasReady: boolean;
};

export const useCoreState = create<CoreState>(() => ({
  startup: { phase: 'starting', step: null, done: null, total: null },
  connection: 'connecting',
  wasReady: false,
}));

/** Follows both for as long as the window lives. */
export function watchCore(): void {
  const tell = (startup: StartupFacts): void => useCoreState.setState((before) => ({ startup, wasReady: before.wasReady || startup.phase === 'ready' }));
  tell(bridge().startup());
  bridge().onStartup(tell);
  useCoreState.setState({ connection: core().state });
  core().onState((connection) => useCoreState.setState((before) => ({ connection, wasReady: before.wasReady || connection === 'connected' })));
}
