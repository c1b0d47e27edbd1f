/** What is sent and answered, as people read it. */

/** JSON indented, its numbers and strings as they were written; anything else, and JSON that was cut off, as it is. */
export function indented(body: string): string {
  try {
    JSON.parse(body);
  } catch {
    return body;
  }
  let text = '';
  let depth = 0;
  let opened = false;
  const line = (): string => `\n${'  '.repeat(depth)}`;
  for (const [token] of body.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s"[\]{},:]+/gu)) {
    if (token === '}' || token === ']') {
      depth -= 1;
      text += opened ? token : line() + token;
      opened = false;
      continue;
    }
    if (opened) text += line();
    opened = token === '{' || token === '[';
    if (opened) depth += 1;
    text += token === ',' ? token + line() : token === ':' ? ': ' : token;
  }
  return text;
}

/** A message of HTTP, lines of headers before an empty one, with its body indented. */
export function indentedMessage(message: string): string {
  const end = message.indexOf('\n\n');
  return end === -1 ? message : `${message.slice(0, end)}\n\n${indented(message.slice(end + 2))}`;
}
