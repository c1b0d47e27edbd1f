import type { Session } from 'electron';
import type { Journal } from '../journal.ts';

/** Everything that would leave the machine or read it past the app's protocol. `app:`, `blob:` and `data:` don't come here. */
const foreignAddresses = ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'ftp://*/*', 'file:///*'];

/**
 * Shuts what a page could ask of a session: permissions (asked for or looked up), devices, screens, downloads, and every request to
 * elsewhere. The window needs none of it: bytes and network belong to core.
 */
export function lockSession(session: Session, journal: Journal): void {
  // Chromium would fetch dictionaries from its maker as soon as it knows a language, checker or not.
  session.setSpellCheckerLanguages([]);
  session.setSpellCheckerEnabled(false);
  const denied = (permission: string, how: string): void => {
    journal.warn('permission denied', { permission, how });
    journal.fact('permission-denied', { permission, how });
  };
  session.setPermissionRequestHandler((_contents, permission, decide) => {
    denied(permission, 'request');
    decide(false);
  });
  session.setPermissionCheckHandler((_contents, permission) => {
    journal.fact('permission-denied', { permission, how: 'check' });
    return false;
  });
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler((_request, decide) => {
    denied('display-capture', 'request');
    decide({});
  });
  session.setBluetoothPairingHandler((_details, decide) => decide({ confirmed: false }));
  session.on('will-download', (event, item) => {
    event.preventDefault();
    journal.warn('download denied', { url: item.getURL().slice(0, 500) });
    journal.fact('download-denied', { url: item.getURL() });
  });
  session.webRequest.onBeforeRequest({ urls: foreignAddresses }, (details, decide) => {
    journal.warn('request denied', { url: details.url.slice(0, 500) });
    journal.fact('request-denied', { url: details.url });
    decide({ cancel: true });
  });
}
