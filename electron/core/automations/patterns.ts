/** Regular expressions of automations, run by an engine whose time is linear in the text: nobody's pattern can hold core up. */
import { RE2JS } from 're2js';

/** The one used longest ago stands first. To compile one takes a thousand times as long as to try it, and all of an event's automations try theirs. */
const compiled = new Map<string, RE2JS | null>();
const keptPatterns = 20_000;

/** Whether it fits somewhere. A pattern that can't be read fits nothing: `regexProblem` says why beforehand. */
export function fitsRegex(pattern: string, text: string): boolean {
  let regex = compiled.get(pattern);
  if (regex === undefined) {
    regex = regexProblem(pattern) === null ? RE2JS.compile(pattern) : null;
    const [oldest] = compiled.size < keptPatterns ? [] : compiled.keys();
    if (oldest !== undefined) compiled.delete(oldest);
  } else compiled.delete(pattern);
  compiled.set(pattern, regex);
  return regex?.test(text) ?? false;
}

/** What is wrong with a pattern, in the engine's words; null when it can be used. */
export function regexProblem(pattern: string): string | null {
  try {
    RE2JS.compile(pattern);
    return null;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}
