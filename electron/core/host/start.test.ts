import { expect, test, vi } from 'vitest';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCore } from './core.ts';
import { connectToSocket } from './socket.ts';

/** What the window's frame asks, and the lists that a start can open at. A part of the frame that asks something more adds it here. */
const firstQuestions: readonly (readonly [name: string, input: unknown])[] = [
  ['settings.get', {}], ['catalog.status', {}], ['sync.state', {}], ['undo.latest', {}], ['home.get', {}], ['registries.list', {}], ['searches.list', {}], ['users.get', {}],
  ['projects.list', { position: 0, limit: 100 }], ['artifacts.list', { position: 0, limit: 100 }],
];

test('a start needs the writing thread and no other: neither what core asks itself nor what a window asks first starts one', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'vitrine-start-'));
  let threads = 0;
  const count = (): void => {
    threads += 1;
  };
  subscribe('worker_threads', count);
  // As under Electron, where there is a screen to tell of approvals.
  const core = await openCore({ dataDirectory: directory, applicationVersion: '0', log: () => undefined, listen: false, notify: () => undefined });
  try {
    await Promise.all(firstQuestions.map(async ([name, input]) => await core.run(name, input, {})));
    expect(threads).toBe(1);
    // The count is one that moves.
    await core.run('history.list', {}, {});
    expect(threads).toBe(2);
  } finally {
    unsubscribe('worker_threads', count);
    await core.close();
    rmSync(directory, { recursive: true, force: true });
  }
});

test('for a window core answers first: other processes get in, and what it does by itself begins, once the first list stands', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'vitrine-start-'));
  const open = async () => await openCore({ dataDirectory: directory, applicationVersion: '0', log: () => undefined, listen: true, answerFirst: true, notify: () => undefined });
  try {
    const first = await open();
    await first.close();
    const core = await open();
    try {
      await expect(connectToSocket(directory)).rejects.toMatchObject({ code: 'core_unavailable' });
      await Promise.all(firstQuestions.map(async ([name, input]) => await core.run(name, input, {})));
      await vi.waitFor(async () => (await connectToSocket(directory)).close(), { timeout: 20_000 });
    } finally {
      await core.close();
    }
    await expect(connectToSocket(directory)).rejects.toMatchObject({ code: 'core_unavailable' });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
