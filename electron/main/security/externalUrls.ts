/** Which addresses may leave the app towards the system's browser or mail program. */

const maximumLength = 8192;
/** A mail program may attach local files when told so; only what a person would see and edit passes. */
const mailFields: ReadonlySet<string> = new Set(['subject', 'body', 'cc', 'bcc', 'to']);

/**
 * The address as it may be handed to the system, written anew from its parsed form, or null where it may not.
 * Only http, https and mailto pass; no user names or passwords (they dress up a foreign host as a known one).
 */
export function safeExternalUrl(text: string): string | null {
  if (text.length > maximumLength || hasControlCharacters(text)) return null;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  switch (url.protocol) {
    case 'http:':
    case 'https:':
      return url.username === '' && url.password === '' && url.hostname !== '' ? url.href : null;
    case 'mailto:': {
      const fields = [...url.searchParams].filter(([name]) => mailFields.has(name.toLowerCase()));
      const query = fields.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
      return `mailto:${url.pathname}${query === '' ? '' : `?${query}`}`;
    }
    default:
      return null;
  }
}

function hasControlCharacters(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  }
  return false;
}
