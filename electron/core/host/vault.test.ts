import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileVault, parentVault } from './vault.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'vitrine-vault-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('secrets in a file', () => {
  it('come back, are forgotten, and are for their user alone', async () => {
    const vault = fileVault(directory);
    expect(await vault.open('token')).toBeNull();
    await Promise.all(['a', 'b', 'c'].map((name) => vault.seal(name, `secret of ${name}`)));
    expect(await Promise.all(['a', 'b', 'c', 'constructor'].map((name) => vault.open(name)))).toEqual(['secret of a', 'secret of b', 'secret of c', null]);
    expect((await stat(path.join(directory, 'secrets.json'))).mode & 0o777).toBe(0o600);
    await vault.forget('b');
    expect(await fileVault(directory).open('b')).toBeNull();
    expect(await readdir(directory)).toEqual(['secrets.json']);
  });
});

describe('secrets of the parent', () => {
  it('are asked one by one, answers find who asked', async () => {
    const kept = new Map<string, string>();
    const { vault, answered } = parentVault((message) => {
      if (message.action === 'seal') kept.set(message.name, message.text);
      if (message.action === 'forget') kept.delete(message.name);
      queueMicrotask(() => answered({ t: 'secret', id: message.id, text: message.action === 'open' ? (kept.get(message.name) ?? null) : message.action === 'where' ? 'keychain' : null }));
    });
    await vault.seal('token', 'x');
    expect(await vault.where('token')).toBe('keychain');
    expect(await Promise.all([vault.open('token'), vault.open('other')])).toEqual(['x', null]);
    await vault.forget('token');
    expect(await vault.open('token')).toBeNull();
  });
});
