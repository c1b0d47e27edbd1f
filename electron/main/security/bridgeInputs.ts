/** The agreed form of everything a window may send to main. Unknown keys are refused. */
import * as z from 'zod/mini';
import { densityChoices, themeSources } from '#shared/contract/bridge.ts';
import type { AskName, TellName } from '#shared/contract/bridgeChannels.ts';

const text = (maximum: number) => z.string().check(z.maxLength(maximum));
const path = () => z.string().check(z.minLength(1), z.maxLength(4096));
const nothing = z.strictObject({});

export const askInputs = {
  openPathsDialog: z.strictObject({ kind: z.enum(['files', 'folder', 'both']), title: text(200) }),
  chooseFolder: z.strictObject({ title: text(200) }),
  chooseSaveFile: z.strictObject({ title: text(200), name: text(255) }),
  saveText: z.strictObject({ title: text(200), name: text(255), text: text(67_108_864) }),
  saveBytes: z.strictObject({ title: text(200), name: text(255), bytes: z.instanceof(Uint8Array).check(z.refine((bytes) => bytes.byteLength <= 67_108_864)) }),
  revealInFolder: z.strictObject({ path: path() }),
  revealLogs: nothing,
  openExternal: z.strictObject({ url: text(8192) }),
  prepareDragOut: nothing,
} as const satisfies Record<AskName, z.ZodMiniType>;

export const tellInputs = {
  hello: nothing,
  connect: z.strictObject({ nonce: z.string().check(z.minLength(16), z.maxLength(128)) }),
  retryCore: nothing,
  startDragOut: z.strictObject({ folder: path() }),
  setMenuState: z.strictObject({
    canGoBack: z.optional(z.boolean()),
    canGoForward: z.optional(z.boolean()),
    sidebar: z.optional(z.boolean()),
    inspector: z.optional(z.boolean()),
    undo: z.optional(z.nullable(text(200))),
    redo: z.optional(z.nullable(text(200))),
  }),
  setTitle: z.strictObject({ title: text(300) }),
  setAppearance: z.strictObject({ theme: z.optional(z.enum(themeSources)), density: z.optional(z.enum(densityChoices)), runAlerts: z.optional(z.boolean()) }),
  quit: nothing,
  relaunch: z.strictObject({ dataDirectory: z.optional(path()) }),
} as const satisfies Record<TellName, z.ZodMiniType>;

export type AskInput<Name extends AskName> = z.output<(typeof askInputs)[Name]>;
export type TellInput<Name extends TellName> = z.output<(typeof tellInputs)[Name]>;
