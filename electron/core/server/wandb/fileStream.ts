/** What a running script streams, as the client packs it, in the words of `runs.append`. */
import { z } from 'zod';
import { VitrineError, type InputOf, type RunId } from '#shared/contract/index.ts';

const Chunk = z.object({ offset: z.number().int().min(0).nullish(), content: z.array(z.string()).nullish() });
const Body = z.object({
  files: z.record(z.string(), Chunk).nullish(),
  uploaded: z.array(z.string()).nullish(),
  complete: z.boolean().nullish(),
  exitcode: z.number().int().nullish(),
});

export type Appended = Omit<InputOf<'runs.append'>, 'id'>;

/** Throws `bad_input`. An empty object is a sign of life. */
export function readFileStream(raw: unknown): Appended {
  const body = Body.safeParse(raw);
  if (!body.success) throw new VitrineError('bad_input', { details: { explanation: `The body of a file stream can’t be read: ${body.error.issues[0]?.path.join('.') ?? ''} ${body.error.issues[0]?.message ?? ''}.` } });
  const { files, uploaded, complete, exitcode } = body.data;
  const lines = (name: string) => {
    const chunk = files?.[name];
    return chunk?.content === null || chunk?.content === undefined || chunk.content.length === 0 ? undefined : { offset: chunk.offset ?? 0, lines: chunk.content };
  };
  const history = lines('wandb-history.jsonl');
  const system = lines('wandb-events.jsonl');
  const output = lines('output.log');
  const summaryText = files?.['wandb-summary.json']?.content?.at(-1);
  return {
    ...(history === undefined ? {} : { history }), ...(system === undefined ? {} : { system }), ...(output === undefined ? {} : { output }), ...(summaryText === undefined ? {} : { summaryText }),
    ...(uploaded === null || uploaded === undefined || uploaded.length === 0 ? {} : { uploaded }), ...(complete === true ? { complete: true, exitCode: exitcode ?? 0 } : {}),
  };
}

/** Which run a path of the door means, remembered for as long as it holds: a script streams to the same one all the time. */
export function createRunMemory(): { get(key: string): RunId | undefined; set(key: string, id: RunId): void; forget(key: string): void } {
  const known = new Map<string, RunId>();
  return {
    get: (key) => known.get(key),
    set(key, id) {
      known.set(key, id);
      if (known.size > 10_000) known.delete(known.keys().next().value ?? '');
    },
    forget: (key) => void known.delete(key),
  };
}
