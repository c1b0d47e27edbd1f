/** Cards: the sections that a good one has, a template to begin with, and how much of it is filled. */
import type { CardField } from '#shared/contract/index.ts';

export type CardSection = { readonly title: string; readonly hint: string };

const summary: CardSection = { title: 'Summary', hint: 'What is it, and what is it for? Two sentences.' };
const license: CardSection = { title: 'License', hint: 'Under which terms may it be used, and by whom?' };
const references: CardSection = { title: 'References', hint: 'Papers, code, tickets.' };

/** Sections by artifact type, in the order of the template. */
export function sectionsOf(type: string): readonly CardSection[] {
  switch (type) {
    case 'model':
      return [
        summary,
        { title: 'Architecture', hint: 'Layers, size, what it was trained from.' },
        { title: 'Task', hint: 'Input, output, and how it is judged.' },
        { title: 'Deploy', hint: 'Where it runs, and what `production` means here.' },
        license,
        references,
      ];
    case 'dataset':
      return [
        summary,
        { title: 'Training data', hint: 'Where the rows come from, and what each column is.' },
        { title: 'Processing', hint: 'Cleaning, splits, what was left out.' },
        { title: 'Storage', hint: 'Where the raw data lies, and how long.' },
        license,
        references,
      ];
    default:
      return [summary, license, references];
  }
}

export function templateOf(type: string): string {
  return `${sectionsOf(type)
    .map((section) => `## ${section.title}\n\n<!-- ${section.hint} -->\n`)
    .join('\n')}`;
}

export type Completeness = {
  readonly fields: readonly (CardField & { readonly filled: boolean })[];
  readonly missing: readonly CardField[];
  /** 0 to 1: required sections count twice. */
  readonly score: number;
};

/**
 * How many of the sections that are expected stand in the card with a word below them, while it is written: core says the same of what is
 * saved. A heading of any level counts; comments are no words.
 */
export function completenessOf(card: string, expected: readonly CardField[]): Completeness {
  const written = writtenSections(card);
  const fields = expected.map((field) => ({ ...field, filled: written.has(field.name.toLowerCase()) }));
  const weight = (field: CardField): number => (field.required ? 2 : 1);
  const all = fields.reduce((sum, field) => sum + weight(field), 0);
  const filled = fields.reduce((sum, field) => sum + (field.filled ? weight(field) : 0), 0);
  return { fields, missing: fields.filter((field) => !field.filled), score: all === 0 ? 1 : filled / all };
}

function writtenSections(card: string): ReadonlySet<string> {
  const written = new Set<string>();
  let heading: string | null = null;
  for (const line of withoutComments(card).split('\n')) {
    const match = /^#{1,6}[ \t]+(.+?)[ \t]*#*$/.exec(line);
    if (match !== null) heading = (match[1] ?? '').toLowerCase();
    else if (heading !== null && line.trim() !== '') written.add(heading);
  }
  return written;
}

/** A comment that is not closed goes to the end, as in HTML. */
function withoutComments(text: string): string {
  let left = '';
  let at = 0;
  for (;;) {
    const open = text.indexOf('<!--', at);
    if (open < 0) return left + text.slice(at);
    left += text.slice(at, open);
    const close = text.indexOf('-->', open + 4);
    if (close < 0) return left;
    at = close + 3;
  }
}
