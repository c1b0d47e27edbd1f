/** Heads of the chain as they come from outside: the line that was copied, or the JSON of a signed one. */
import { VitrineError } from '#shared/contract/errors.ts';
import type { NotedHead } from '#shared/contract/index.ts';
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
    if (isNotedHead(json)) return json;
  } else {
    const head = parseHeadLine(trimmed);
    if (head !== null) return { ...head, signature: null, publicKey: null };
  }
  throw new VitrineError('bad_input', { details: { explanation: `“${trimmed.slice(0, 60)}” is no head of a history: it takes the line that begins with “vitrine-head 1”, or the JSON of a signed one.` } });
}

const times = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;

/** As the contract's schema of it says, without the schema: the catalog's threads load none. */
function isNotedHead(json: unknown): json is NotedHead {
  if (typeof json !== 'object' || json === null) return false;
  const { catalogId, events, head, at, signature, publicKey, ...others } = json as Readonly<Record<keyof NotedHead, unknown>>;
  const textOrNull = (value: unknown): boolean => value === null || typeof value === 'string';
  return (
    typeof catalogId === 'string' && Number.isSafeInteger(events) && (events as number) >= 0 && typeof head === 'string' && /^[0-9a-f]{64}$/.test(head) && typeof at === 'string' && times.test(at) &&
    textOrNull(signature) && textOrNull(publicKey) && Object.keys(others).length === 0
  );
}
