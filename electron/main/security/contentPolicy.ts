/**
 * What a page of the app may load and do, sent with every answer of `app://vitrine/`. Model cards and previews are hostile input: even if
 * one got markup into the page, nothing of it runs and nothing is fetched from elsewhere.
 */
export const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * No `Cross-Origin-Opener-Policy`: no page of the app opens another or is opened by one (`navigation.ts` denies both), so it would guard nothing,
 * and Chromium would throw away the process in which the window already stands and start a second one for the page.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};
