import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openJournal } from './journal.ts';
import { createSecrets, type Keychain, type Secrets } from './secrets.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A system keychain can't be had in a test; this one turns bytes around, under a key that can be changed. */
const keychain = (key: number, backend = 'gnome_libsecret'): Keychain => ({
  isEncryptionAvailable: () => true,
  getSelectedStorageBackend: () => backend,
  encryptString: (text) => Buffer.from(`${key}:${text}`).reverse(),
  decryptString: (bytes) => {
    const [found, text] = Buffer.from(bytes).reverse().toString().split(':');
    if (Number(found) !== key) throw new Error('another key');
    return text ?? '';
  },
});
const none: Keychain = { ...keychain(0), isEncryptionAvailable: () => false };
const open = (chain: Keychain): Secrets => createSecrets(folder, chain, openJournal(folder, { testMode: false }));
const seal = (secrets: Secrets, name: string, text: string) => secrets.answer({ t: 'secret', id: 1, action: 'seal', name, text });
const get = (secrets: Secrets, name: string) => secrets.answer({ t: 'secret', id: 1, action: 'open', name });
const file = () => readFileSync(join(folder, 'secrets.json'), 'utf8');
const log = () => readFileSync(join(folder, 'main.log'), 'utf8');

describe('secrets', () => {
  test('are kept by the keychain and never lie open', () => {
    seal(open(keychain(1)), 'remote', 'hush-hush');
    expect(get(open(keychain(1)), 'remote')).toBe('hush-hush');
    expect(file()).not.toContain('hush');
    expect(file()).not.toContain(Buffer.from('hush-hush').toString('base64'));
  });

  test.each([['without a keychain', none], ['where the keychain is none', keychain(1, 'basic_text')]])('%s lie in a file that only this person reads, and the log says so', (_case, chain) => {
    writeFileSync(join(folder, 'secrets.json'), '{}', { mode: 0o644 });
    seal(open(chain), 'remote', 'hush-hush');
    expect(get(open(chain), 'remote')).toBe('hush-hush');
    expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(log()).toContain('no system keychain');
    expect(log()).not.toContain('hush');
  });

  test('sealed under another key are not there, and nothing falls', () => {
    seal(open(keychain(1)), 'remote', 'hush-hush');
    expect(get(open(keychain(2)), 'remote')).toBeNull();
  });

  test('say where they lie, or would', () => {
    const where = (secrets: Secrets, name: string) => secrets.answer({ t: 'secret', id: 1, action: 'where', name });
    expect([where(open(keychain(1)), 'key'), where(open(none), 'key')]).toEqual(['keychain', 'file']);
    seal(open(none), 'key', 'x');
    // A keychain that came later does not move what lies in the file.
    expect([where(open(keychain(1)), 'key'), where(open(keychain(1)), 'other')]).toEqual(['file', 'keychain']);
  });

  test('can be forgotten, alone', () => {
    const secrets = open(keychain(1));
    seal(secrets, 'a', '1');
    seal(secrets, 'b', '2');
    secrets.answer({ t: 'secret', id: 1, action: 'forget', name: 'a' });
    expect([get(secrets, 'a'), get(secrets, 'b')]).toEqual([null, '2']);
  });

  test.each(['constructor', '__proto__', 'toString', 'never'])('named %s are not there', (name) => {
    expect(get(open(none), name)).toBeNull();
  });
});
