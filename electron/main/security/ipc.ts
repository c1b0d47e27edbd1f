/**
 * The only door of Electron's IPC: each message is taken from a main frame of our own page in one of our own windows, and only in the
 * form that was agreed. Everything else is dropped and noted.
 */
import type { IpcMain, IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron';
import { askChannels, tellChannels, type AskName, type BridgeAnswer, type TellName } from '#shared/contract/bridgeChannels.ts';
import { appOrigin } from '../appOrigin.ts';
import type { Journal } from '../journal.ts';
import { askInputs, tellInputs, type AskInput, type TellInput } from './bridgeInputs.ts';

type Sender = Pick<IpcMainEvent | IpcMainInvokeEvent, 'senderFrame' | 'sender'>;

export type AskHandlers = { readonly [Name in AskName]: (input: AskInput<Name>, sender: WebContents) => unknown };
export type TellHandlers = { readonly [Name in TellName]: (input: TellInput<Name>, sender: WebContents) => void };

/** Why a message may not be taken from where it came, or null when it may. */
export function refuseSender(event: Sender, isOurs: (contents: WebContents) => boolean): string | null {
  const frame = event.senderFrame;
  if (frame === null) return 'the frame is gone';
  if (frame.parent !== null) return 'it is not a main frame';
  if (frame.origin !== appOrigin) return `its origin is ${frame.origin}`;
  if (!isOurs(event.sender)) return 'it is not one of our windows';
  return null;
}

/** Registers every channel of the bridge, once. */
export function openBridge(
  ipc: Pick<IpcMain, 'handle' | 'on'>,
  journal: Journal,
  isOurs: (contents: WebContents) => boolean,
  asks: AskHandlers,
  tells: TellHandlers,
): void {
  const refused = (channel: string, why: string): void => {
    journal.warn('message refused', { channel, why });
    journal.fact('message-refused', { channel, why });
  };

  const handle = <Name extends AskName>(name: Name): void => {
    ipc.handle(askChannels[name], async (event, payload: unknown): Promise<BridgeAnswer> => {
      const why = refuseSender(event, isOurs);
      if (why !== null) {
        refused(askChannels[name], why);
        return { ok: false, code: 'bad_input', explanation: 'The message was refused.' };
      }
      const input = askInputs[name].safeParse(payload);
      if (!input.success) {
        refused(askChannels[name], 'it does not have the agreed form');
        return { ok: false, code: 'bad_input', explanation: 'The message does not have the agreed form.' };
      }
      try {
        return { ok: true, value: await asks[name](input.data as AskInput<Name>, event.sender) };
      } catch (thrown) {
        journal.error('a question of the window failed', { channel: askChannels[name], error: String(thrown instanceof Error ? thrown.stack : thrown) });
        return { ok: false, code: 'unexpected', explanation: thrown instanceof Error ? thrown.message : 'Something went wrong.' };
      }
    });
  };

  const listen = <Name extends TellName>(name: Name): void => {
    ipc.on(tellChannels[name], (event, payload: unknown) => {
      const why = refuseSender(event, isOurs);
      if (why !== null) return refused(tellChannels[name], why);
      const input = tellInputs[name].safeParse(payload);
      if (!input.success) return refused(tellChannels[name], 'it does not have the agreed form');
      try {
        tells[name](input.data as TellInput<Name>, event.sender);
      } catch (thrown) {
        journal.error('a message of the window failed', { channel: tellChannels[name], error: String(thrown instanceof Error ? thrown.stack : thrown) });
      }
    });
  };

  for (const name of Object.keys(askChannels) as AskName[]) handle(name);
  for (const name of Object.keys(tellChannels) as TellName[]) listen(name);
}
