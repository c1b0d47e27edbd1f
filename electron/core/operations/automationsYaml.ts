/** Automations as YAML, read: all or none, and what is wrong is said with its line. */
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { AutomationDefinition as DefinitionSchema } from '#shared/contract/automations.ts';
import { VitrineError, type CheckedInputOf, type OutputOf } from '#shared/contract/index.ts';
import { explainIssue } from './badInput.ts';

type Definition = CheckedInputOf<'automations.create'>['definition'];

/** `line` and `column` count from 1; `at` is the way to the field. */
export type SpotOfProblem = { readonly at: string; readonly line: number; readonly column: number; readonly problem: string };

export type YamlSurroundings = {
  /** null where nothing has that name. */
  readonly scopeNamed: (scope: { readonly kind: unknown; readonly name: string }) => Promise<number | null>;
  /** What a schema can't say. */
  readonly problemsOf: (definition: Definition) => readonly OutputOf<'automations.preview'>['problems'][number][];
};

const mostAutomations = 10_000;
const mostProblems = 50;

/** Throws `bad_input`: its explanation is the first problem, `problems` has them all, up to fifty. */
export async function readAutomations(text: string, { scopeNamed, problemsOf }: YamlSurroundings): Promise<readonly Definition[]> {
  const lines = new LineCounter();
  // Neither tags nor a flood of aliases: the text may come from anywhere.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, customTags: [], schema: 'core' });
  const problems: SpotOfProblem[] = [];
  const put = (at: readonly PropertyKey[], problem: string): void => {
    const { line, col } = lines.linePos(offsetOf(document, at));
    problems.push({ at: at.map(String).join('.'), line, column: col, problem });
  };
  for (const { pos, message } of document.errors) {
    const { line, col } = lines.linePos(pos[0]);
    problems.push({ at: '', line, column: col, problem: `This is no YAML: ${message}` });
  }
  if (problems.length > 0) throw refused(problems);
  let read: unknown;
  try {
    read = document.toJS({ maxAliasCount: 50 });
  } catch (thrown) {
    put([], `This is no YAML: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
    throw refused(problems);
  }
  const list = (read as { readonly automations?: unknown } | null)?.automations;
  if (!Array.isArray(list)) put([], 'A file of automations has a list named “automations”.');
  else if (list.length > mostAutomations) put(['automations'], `A file may hold at most ${mostAutomations.toLocaleString('en')} automations.`);
  if (problems.length > 0) throw refused(problems);
  const definitions: Definition[] = [];
  const names = new Set<string>();
  for (const [index, entry] of (list as readonly unknown[]).entries()) {
    const at = ['automations', index] as const;
    const scope = scopeOf(entry);
    const id = scope === null ? null : await scopeNamed(scope);
    if (scope !== null && id === null) put([...at, 'scope', 'name'], `There is no ${String(scope.kind)} “${scope.name}” here.`);
    const resolved = scope === null ? entry : { ...(entry as object), scope: { kind: scope.kind, id: id ?? 1 } };
    const checked = DefinitionSchema.safeParse(resolved);
    if (!checked.success) {
      // A part that nobody asked for is shown where it stands.
      for (const issue of checked.error.issues) put([...at, ...issue.path, ...(issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])], explainIssue(issue, resolved));
    } else {
      for (const one of problemsOf(checked.data)) put([...at, ...one.at.split('.').map((step) => (/^\d+$/u.test(step) ? Number(step) : step))], one.problem);
      if (names.has(checked.data.name)) put([...at, 'name'], `“${checked.data.name}” is in the file twice.`);
      names.add(checked.data.name);
      definitions.push(checked.data);
    }
    if (problems.length >= mostProblems) break;
  }
  if (problems.length > 0) throw refused(problems.slice(0, mostProblems));
  return definitions;
}

function refused(problems: readonly SpotOfProblem[]): VitrineError {
  const [first] = problems;
  const explanation = first === undefined ? 'It can’t be read.' : `Line ${first.line}${first.at === '' ? '' : `, ${first.at}`}: ${first.problem}`;
  return new VitrineError('bad_input', { details: { explanation, problems } });
}

/** A scope that goes by name: ids mean nothing elsewhere. */
function scopeOf(entry: unknown): { readonly kind: unknown; readonly name: string } | null {
  if (typeof entry !== 'object' || entry === null) return null;
  const { scope } = entry as { readonly scope?: { readonly kind?: unknown; readonly name?: unknown } | null };
  return typeof scope?.name !== 'string' || scope.kind === 'organization' ? null : { kind: scope.kind, name: scope.name };
}

/** Where the thing begins that the way leads to, or the last thing on the way that is there. */
function offsetOf(document: Document.Parsed, way: readonly PropertyKey[]): number {
  for (let length = way.length; length > 0; length--) {
    const node = document.getIn(way.slice(0, length), true);
    if (isNode(node) && node.range != null) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}
