/** Regular expressions of automations, run by an engine whose time is linear in the text: nobody's pattern can hold core up. */
import { RE2JS } from 're2js';

const compiled = new Map<string, RE2JS | null>();
const keptPatterns = 1000;

/** Whether it fits somewhere. A pattern that can't be read fits nothing: `regexProblem` says why beforehand. */
export function fitsRegex(pattern: string, text: string): boolean {
  let regex = compiled.get(pattern);
  if (regex === undefined) {
    if (compiled.size >= keptPatterns) compiled.clear();
    regex = regexProblem(pattern) === null ? RE2JS.compile(pattern) : null;
    compiled.set(pattern, regex);
  }
  return regex?.matcher(text).find() ?? false;
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
