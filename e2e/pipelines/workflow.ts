/**
 * Runs the example of GitHub Actions where there is no GitHub: the file is read, held to its schema and its expressions are worked out by GitHub's own
 * parser; what is done here is the little that is left of a runner. Jobs come in the order of what they need, each in an empty folder; of actions
 * only the checkout is known; each `run` goes to `bash -e` with the environment of its workflow, job and step. What is not known is an error.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import type { convertWorkflowTemplate } from '@actions/workflow-parser';

// The parser takes its schema from a JSON file as bundlers do, which Node wants said.
registerHooks({ load: (url, context, next) => next(url, /workflow-parser\/.*\.json$/u.test(url) ? { ...context, importAttributes: { type: 'json' } } : context) });
const parser = await import('@actions/workflow-parser');

export type WorkflowRun = {
  /** What was typed in as it was started. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The repository's variables. */
  readonly vars: Readonly<Record<string, string>>;
  /** The runner's own environment; nothing else is in it. */
  readonly environment: Readonly<Record<string, string>>;
  /** What a checkout brings. */
  readonly repository: string;
  /** An empty folder for the jobs' own. */
  readonly work: string;
};

export type JobRan = { readonly job: string; readonly outcome: 'passed' | 'failed' | 'skipped'; readonly output: string };

type Template = Awaited<ReturnType<typeof convertWorkflowTemplate>>;
type Token = Template['env'];

/** @throws with what GitHub's parser finds wrong with the file */
export async function readWorkflow(file: string): Promise<Template> {
  const { context, value } = parser.parseWorkflow({ name: file, content: readFileSync(file, 'utf8') }, new parser.NoOperationTraceWriter());
  const wrong = context.errors.getErrors();
  if (wrong.length > 0 || value === undefined) throw new Error(`${file}: ${wrong.map(({ message }) => message).join('\n')}`);
  const template = await parser.convertWorkflowTemplate(context, value);
  if ((template.errors ?? []).length > 0) throw new Error(`${file}: ${template.errors?.map(({ Message }) => Message).join('\n') ?? ''}`);
  return template;
}

export async function runWorkflow(file: string, given: WorkflowRun): Promise<readonly JobRan[]> {
  const template = await readWorkflow(file);
  const lacking = Object.entries(template.events.workflow_dispatch?.inputs ?? {}).find(([name, { required }]) => required === true && !Object.hasOwn(given.inputs, name));
  if (lacking !== undefined) throw new Error(`The input ${lacking[0]} is required.`);
  const ran: JobRan[] = [];
  for (let left = [...template.jobs]; left.length > 0; ) {
    const job = left.find(({ needs }) => (needs ?? []).every((needed) => ran.some((one) => one.job === needed.value)));
    if (job === undefined) throw new Error('Jobs wait for each other.');
    left = left.filter((one) => one !== job);
    const { value: name } = job.id;
    if (job.type !== 'job') throw new Error(`The job ${name} is elsewhere.`);
    if ((job.needs ?? []).some((needed) => ran.some((one) => one.job === needed.value && one.outcome !== 'passed'))) {
      ran.push({ job: name, outcome: 'skipped', output: '' });
      continue;
    }
    const folder = join(given.work, name);
    mkdirSync(folder);
    let output = '';
    let failed = false;
    for (const step of job.steps) {
      if ('uses' in step) {
        if (!/^actions\/checkout@v\d+$/u.test(step.uses.value)) throw new Error(`${step.uses.value} is not known here.`);
        cpSync(given.repository, folder, { recursive: true });
      } else if ('run' in step) {
        const environment = { ...given.environment, ...valuesOf(template.env, given), ...valuesOf(job.env, given), ...valuesOf(step.env, given) };
        const shell = await inShell(textOf(step.run, given), folder, environment);
        output += shell.output;
        failed = shell.code !== 0;
        if (failed) break;
      } else throw new Error(`A step of ${name} is of a kind that is not known here.`);
    }
    ran.push({ job: name, outcome: failed ? 'failed' : 'passed', output });
  }
  return ran;
}

function valuesOf(token: Token | undefined, given: WorkflowRun): Record<string, string> {
  if (token === undefined) return {};
  if (!parser.isMapping(token)) throw new Error('An environment is a list of names and values.');
  return Object.fromEntries([...{ [Symbol.iterator]: () => token[Symbol.iterator]() }].map(({ key, value }) => [key.toString(), textOf(value, given)]));
}

function textOf(token: Token, given: WorkflowRun): string {
  if (!parser.isBasicExpression(token)) {
    if (!parser.isScalar(token)) throw new Error('There is a list where a text should be.');
    return token.toString();
  }
  const contexts = { inputs: given.inputs, vars: given.vars };
  const known = new data.Dictionary(...Object.entries(contexts).map(([key, values]) => ({ key, value: new data.Dictionary(...Object.entries(values).map(([name, text]) => ({ key: name, value: new data.StringData(text) }))) })));
  return new Evaluator(new Parser(new Lexer(token.expression).lex().tokens, Object.keys(contexts), []).parse(), known).evaluate().coerceString();
}

function inShell(script: string, folder: string, environment: Readonly<Record<string, string>>): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-e', '-c', script], { cwd: folder, env: { ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}
