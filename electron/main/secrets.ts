/**
 * Secrets of remotes, kept by the system's keychain; core asks for them over the host protocol, no window ever sees one. Where there is no
 * keychain they lie in a file that only this person can read, and the log says so.
 */
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CoreHostMessage } from '#shared/contract/hostProtocol.ts';
import type { Journal } from './journal.ts';

type Request = Extract<CoreHostMessage, { readonly t: 'secret' }>;

export type Secrets = {
  /** Does what core asks; gives back the text for `open`, null otherwise or where there is none. */
  answer(request: Request): string | null;
};

/** The part of Electron's `safeStorage` that is needed. */
export type Keychain = {
  isEncryptionAvailable(): boolean;
  /** Linux only; `basic_text` means a key that everybody knows. */
  getSelectedStorageBackend?(): string;
  encryptString(text: string): Buffer;
  decryptString(bytes: Buffer): string;
};

type Entry = { readonly how: 'keychain' | 'file'; readonly value: string };

export function createSecrets(folder: string, keychain: Keychain, journal: Journal): Secrets {
  const path = join(folder, 'secrets.json');
  let warned = false;

  const hasKeychain = (): boolean => keychain.isEncryptionAvailable() && keychain.getSelectedStorageBackend?.() !== 'basic_text';

  function read(): Record<string, Entry> {
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as Record<string, Entry>;
    } catch {
      return {};
    }
  }

  function write(entries: Record<string, Entry>): void {
    const fresh = `${path}.new`;
    writeFileSync(fresh, JSON.stringify(entries), { mode: 0o600 });
    // The mode above counts only for a file that was not there.
    chmodSync(fresh, 0o600);
    renameSync(fresh, path);
  }

  function seal(text: string): Entry {
    if (hasKeychain()) return { how: 'keychain', value: keychain.encryptString(text).toString('base64') };
    if (!warned) journal.warn('there is no system keychain: secrets are kept in a file that only you can read', { path });
    warned = true;
    return { how: 'file', value: Buffer.from(text, 'utf8').toString('base64') };
  }

  function open(entry: Entry | undefined): string | null {
    if (entry === undefined) return null;
    const bytes = Buffer.from(entry.value, 'base64');
    if (entry.how === 'file') return bytes.toString('utf8');
    try {
      return keychain.decryptString(bytes);
    } catch {
      journal.warn('a secret can not be read: the system keychain changed');
      return null;
    }
  }

  return {
    answer(request) {
      const entries = read();
      switch (request.action) {
        case 'seal':
          write({ ...entries, [request.name]: seal(request.text) });
          return null;
        case 'open':
          return Object.hasOwn(entries, request.name) ? open(entries[request.name]) : null;
        case 'where':
          return (Object.hasOwn(entries, request.name) ? entries[request.name]?.how : undefined) ?? (hasKeychain() ? 'keychain' : 'file');
        case 'forget': {
          const { [request.name]: _, ...rest } = entries;
          write(rest);
          return null;
        }
        case 'keep': {
          const kept = Object.entries(entries).filter(([name]) => !name.startsWith(request.name) || request.names.includes(name));
          if (kept.length < Object.keys(entries).length) write(Object.fromEntries(kept));
          return null;
        }
      }
    },
  };
}
