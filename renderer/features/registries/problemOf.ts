import { explainViolation, type Verdict } from '#shared/domain/index.ts';

/** What a rule says about a text as it is typed; nothing about an empty one, which is not wrong yet. */
export function problemOf(text: string, verdict: Verdict<unknown>): string | undefined {
  return text === '' || verdict.ok ? undefined : explainViolation(verdict.violation);
}
