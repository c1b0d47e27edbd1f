import type { App, WebContents } from 'electron';
import { appOrigin } from '../appOrigin.ts';
import type { Journal } from '../journal.ts';

/**
 * Whether a page may go from one address to another: only to itself anew (a reload). Everything else in the window is done by the page
 * without navigation, and links to elsewhere go through the bridge's `openExternal`.
 */
export function mayNavigate(current: string, target: string): boolean {
  if (!isAppAddress(target) || !isAppAddress(current)) return false;
  return withoutFragment(current) === withoutFragment(target);
}

/** Whether an address is a page of the app: exactly its scheme and host, no user, no port. */
export function isAppAddress(text: string): boolean {
  try {
    const url = new URL(text);
    return `${url.protocol}//${url.host}` === appOrigin && url.username === '' && url.password === '';
  } catch {
    return false;
  }
}

function withoutFragment(text: string): string {
  const url = new URL(text);
  url.hash = '';
  return url.href;
}

/** Denies navigation, redirects, frames, new windows and webviews to every page, of whatever kind, from its first moment. */
export function denyNavigation(app: App, journal: Journal): void {
  app.on('web-contents-created', (_event, contents) => guard(contents, journal));
}

function guard(contents: WebContents, journal: Journal): void {
  const denied = (how: string, url: string): void => {
    journal.warn('navigation denied', { how, url: url.slice(0, 500) });
    journal.fact('navigation-denied', { how, url });
  };
  contents.on('will-navigate', (event) => {
    if (mayNavigate(contents.getURL(), event.url)) return;
    event.preventDefault();
    denied('navigate', event.url);
  });
  contents.on('will-frame-navigate', (event) => {
    // The main frame is `will-navigate`'s; frames inside have no business anywhere.
    if (event.isMainFrame) return;
    event.preventDefault();
    denied('frame', event.url);
  });
  contents.on('will-redirect', (event) => {
    if (mayNavigate(contents.getURL(), event.url)) return;
    event.preventDefault();
    denied('redirect', event.url);
  });
  contents.on('will-attach-webview', (event, _preferences, parameters) => {
    event.preventDefault();
    denied('webview', parameters['src'] ?? '');
  });
  contents.setWindowOpenHandler(({ url }) => {
    denied('window', url);
    return { action: 'deny' };
  });
}
