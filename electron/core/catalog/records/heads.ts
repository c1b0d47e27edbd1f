/** Heads of the chain as they come from outside: the line that was copied, or the JSON of a signed one. */
import { VitrineError } from '#shared/contract/errors.ts';
import { NotedHead } from '#shared/contract/index.ts';
import { parseHeadLine } from '#shared/domain/index.ts';

/** Throws `bad_input` for what is neither. */
export function readHead(text: string): NotedHead {
  const trimmed = text.trim();
  if (trimmed.startsWith('{')) {
    let json: unknown;
    try {
      json = JSON.parse(trimmed);
    } catch {
      json = null;
    }
    const read = NotedHead.safeParse(json);
    if (read.success) return read.data;
  } else {
    const head = parseHeadLine(trimmed);
    if (head !== null) return { ...head, signature: null, publicKey: null };
  }
  throw new VitrineError('bad_input', { details: { explanation: `“${trimmed.slice(0, 60)}” is no head of a history: it takes the line that begins with “vitrine-head 1”, or the JSON of a signed one.` } });
}
