import type { z } from 'zod';
import { VitrineError } from '#shared/contract/index.ts';

/** What the schema found, in words for people. */
export function explainIssue(issue: z.core.$ZodIssue, input: unknown): string {
  const where = issue.path.length === 0 ? 'The input' : `“${issue.path.map(String).join('.')}”`;
  switch (issue.code) {
    case 'invalid_type':
      return valueAt(input, issue.path) === undefined ? `${where} is missing: ${nameOfType(issue.expected)} is needed.` : `${where} must be ${nameOfType(issue.expected)}.`;
    case 'unrecognized_keys':
      return `${where} has ${issue.keys.length === 1 ? 'a part' : 'parts'} that nobody asked for: ${issue.keys.slice(0, 5).map((key) => `“${key}”`).join(', ')}.`;
    case 'too_big':
      return `${where} is too ${issue.origin === 'number' || issue.origin === 'int' ? 'large' : 'long'}: at most ${issue.maximum}${unitOf(issue.origin)}.`;
    case 'too_small':
      return `${where} is too ${issue.origin === 'number' || issue.origin === 'int' ? 'small' : 'short'}: at least ${issue.minimum}${unitOf(issue.origin)}.`;
    case 'invalid_value':
      return `${where} must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.slice(0, 30).map((value) => `“${String(value)}”`).join(', ')}.`;
    case 'invalid_union': {
      const first = issue.errors.flat()[0];
      return first === undefined ? `${where} has none of the forms it may have.` : `${where} has none of the forms it may have. As one of them: ${explainIssue({ ...first, path: [...issue.path, ...first.path] } as z.core.$ZodIssue, input)}`;
    }
    default:
      return `${where} does not have the form it needs.`;
  }
}

function nameOfType(expected: string): string {
  const names: Readonly<Record<string, string>> = { string: 'text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'an object', record: 'an object' };
  return names[expected] ?? `a value of type ${expected}`;
}

function unitOf(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' || origin === 'set' ? ' items' : '';
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<PropertyKey, unknown>>)[key];
  }
  return value;
}

/** `bad_input` with every issue, at most twenty, and the first of them as the explanation. */
export function badInput(operation: string, error: z.ZodError, input: unknown): VitrineError {
  const issues = error.issues.slice(0, 20).map((issue) => ({ path: issue.path.map(String).join('.'), message: explainIssue(issue, input) }));
  return new VitrineError('bad_input', { details: { operation, issues, explanation: issues[0]?.message ?? 'The input does not have the form it needs.' } });
}
