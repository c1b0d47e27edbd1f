import type { IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron';
import { beforeEach, describe, expect, test } from 'vitest';
import { askChannels, tellChannels, type AskName, type TellName } from '#shared/contract/bridgeChannels.ts';
import type { Journal } from '../journal.ts';
import { openBridge, refuseSender, type AskHandlers, type TellHandlers } from './ipc.ts';

type Event = IpcMainEvent & IpcMainInvokeEvent;
const ours = { id: 1 } as WebContents;
const sender = (origin: string, { parent = null, contents = ours }: { parent?: object | null; contents?: WebContents } = {}): Event =>
  ({ senderFrame: { origin, parent }, sender: contents }) as unknown as Event;
const isOurs = (contents: WebContents): boolean => contents === ours;

test.each([
  [sender('app://vitrine'), null],
  [sender('https://evil.org'), 'its origin is https://evil.org'],
  [sender('null'), 'its origin is null'],
  [sender('app://vitrine', { parent: {} }), 'it is not a main frame'],
  [sender('app://vitrine', { contents: { id: 2 } as WebContents }), 'it is not one of our windows'],
  [{ senderFrame: null, sender: ours } as unknown as Event, 'the frame is gone'],
])('a message is taken from our own page alone (%#)', (event, why) => {
  expect(refuseSender(event, isOurs)).toBe(why);
});

describe('the bridge in main', () => {
  /** Electron's IPC can't be had outside of Electron; this stands for its two registrations. */
  const handlers = new Map<string, (event: Event, payload: unknown) => unknown>();
  const calls: unknown[] = [];
  const facts: unknown[] = [];
  const journal: Journal = { info() {}, warn() {}, error() {}, fact: (name, details) => facts.push({ name, ...details }), folder: '', file: () => ({ write() {} }) };
  const record = <Name extends string>(names: readonly Name[]) => Object.fromEntries(names.map((name) => [name, (input: unknown) => {
    calls.push([name, input]);
    if (name === 'revealLogs') throw new Error('no file manager');
    return 'done';
  }]));

  beforeEach(() => {
    handlers.clear();
    calls.length = 0;
    facts.length = 0;
    const register = (channel: string, handler: (event: Event, payload: unknown) => unknown): unknown => handlers.set(channel, handler);
    openBridge(
      { handle: register, on: register } as unknown as Parameters<typeof openBridge>[0], journal, isOurs,
      record(Object.keys(askChannels) as AskName[]) as unknown as AskHandlers,
      record(Object.keys(tellChannels) as TellName[]) as unknown as TellHandlers,
    );
  });
  const good = sender('app://vitrine');

  test('answers every channel that was agreed, and no other', () => {
    expect([...handlers.keys()].sort()).toEqual([...Object.values(askChannels), ...Object.values(tellChannels)].sort());
  });

  test('answers with a value', async () => {
    expect(await handlers.get(askChannels.openExternal)?.(good, { url: 'x' })).toEqual({ ok: true, value: 'done' });
    expect(calls).toEqual([['openExternal', { url: 'x' }]]);
  });

  test('answers a failure as data', async () => {
    expect(await handlers.get(askChannels.revealLogs)?.(good, {})).toEqual({ ok: false, code: 'unexpected', explanation: 'no file manager' });
  });

  const bad: readonly unknown[] = [undefined, null, 1, 'text', [], { unknown: true }, { url: 7 }, { path: '' }, { nonce: 'short' }, { theme: 'pink' }, { folder: { toString: 1 } }, { title: 'x'.repeat(301) }, { undo: 'x'.repeat(201) }];
  test.each([...Object.values(askChannels), ...Object.values(tellChannels)])('%s takes nothing that has another form', async (channel) => {
    for (const payload of bad) await handlers.get(channel)?.(good, payload);
    expect(calls).toEqual([]);
    expect(facts).toHaveLength(bad.length);
  });

  test.each([...Object.values(askChannels), ...Object.values(tellChannels)])('%s takes nothing from elsewhere', async (channel) => {
    for (const payload of [{}, { url: 'https://example.org' }]) await handlers.get(channel)?.(sender('https://evil.org'), payload);
    expect(calls).toEqual([]);
    expect(facts).toHaveLength(2);
  });
});
