/** Heads signed with a key that the keychain keeps, as in the app, or a file, as under `vitrine serve`. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { OutputOf } from '#shared/contract/index.ts';
import { openCore, type Core } from '../host/core.ts';
import { parentVault, type Vault } from '../host/vault.ts';

const root = mkdtempSync(join(tmpdir(), 'vitrine-signing-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const open = (vault?: Vault): Promise<Core> => openCore({ dataDirectory: join(root, 'data'), applicationVersion: '0', log: () => undefined, listen: false, ...(vault === undefined ? {} : { vault }) });
const heads = async (core: Core) => (await core.run('history.heads', {}, {})).output as OutputOf<'history.heads'>;
const sign = async (core: Core) => (await core.run('history.signHead', {}, {})).output as OutputOf<'history.signHead'>;

/** The parent's keychain, seen from core. */
function keychain(kept: Map<string, string>): Vault {
  const { vault, answered } = parentVault((message) => {
    if (message.action === 'seal') kept.set(message.name, message.text);
    const text = message.action === 'where' ? 'keychain' : message.action === 'open' ? (kept.get(message.name) ?? null) : null;
    queueMicrotask(() => answered({ t: 'secret', id: message.id, text }));
  });
  return vault;
}

test('in the app the key is the keychain’s, and the same after a restart; without it nothing else can sign as it', async () => {
  const kept = new Map<string, string>();
  let core = await open(keychain(kept));
  expect(await heads(core)).toMatchObject({ keyIn: 'keychain', publicKey: null, items: [] });
  const first = await sign(core);
  await core.close();
  core = await open(keychain(kept));
  const second = await sign(core);
  expect(second.publicKey).toBe(first.publicKey);
  expect(await heads(core)).toMatchObject({ keyIn: 'keychain', publicKey: first.publicKey, items: [{ publicKey: first.publicKey }, {}] });
  expect((await core.run('history.verify', { noted: [] }, {})).output).toMatchObject({ intact: true, heads: [{ agrees: true }, { agrees: true }] });
  await core.close();
  expect(kept.size).toBe(1);
  expect(existsSync(join(root, 'data', 'secrets.json'))).toBe(false);
  expect(readFileSync(join(root, 'data', 'history-heads.jsonl'), 'utf8')).not.toContain([...kept.values()][0]!);

  // The command line has no keychain: it signs with a key of its own, and says where that lies.
  core = await open();
  expect(await heads(core)).toMatchObject({ keyIn: 'file', publicKey: null });
  expect((await sign(core)).publicKey).not.toBe(first.publicKey);
  await core.close();
});
