/** The window's entry: core's port from the bridge, again after every restart, then everything else. */
import '../ui/styles.ts';
import { receiveCorePorts } from '#shared/contract/corePorts.ts';
import { core } from './api/index.ts';
import { bridge } from './bridge.ts';
import { startWindow } from './start.tsx';

receiveCorePorts(window, bridge(), crypto.randomUUID(), (transport) => core().attach(transport));
void startWindow();
