/** “Connect a script”: opens the door, makes a key, waits for the first run. */
export { ConnectOverlay } from './ConnectDialog.tsx';
export { openConnect } from './store.ts';
