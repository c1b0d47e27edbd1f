/** Automations: definitions looked over before they are kept, their past tried, jobs approved as they stand. */
import { stringify } from 'yaml';
import type { AutomationAction } from '#shared/contract/automations.ts';
import { VitrineError, type CheckedInputOf, type OutputOf, type UserId } from '#shared/contract/index.ts';
import { fillTemplate, explainViolation, parseTemplate, payloadValues, defaultPayload, type AutomationFacts } from '#shared/domain/index.ts';
import { regexProblem } from '../automations/patterns.ts';
import { passes, ruleBook } from '../automations/rules.ts';
import { compose, secretsOf } from '../automations/webhook.ts';
import { hashJob } from '../automations/localJob.ts';
import type { FactsOfKind, KeptJob, Rule, Sight } from '../catalog/queries/automations.ts';
import { acting, asking, type OperationContext, type OperationResult } from './context.ts';
import type { Handlers, Rooms } from './index.ts';

type Definition = CheckedInputOf<'automations.create'>['definition'];
type Problem = OutputOf<'automations.preview'>['problems'][number];

/** What a schema can't say: templates and patterns that can be read, thresholds where they belong, headers that are ours to set. */
function problemsOf(definition: Definition): readonly Problem[] {
  const problems: Problem[] = [];
  const pattern = (at: string, one: Definition['filter']['names'][number]): void => {
    const problem = one.kind === 'regex' ? regexProblem(one.text) : null;
    if (problem !== null) problems.push({ at, problem, position: null });
  };
  const template = (at: string, source: string, form: 'json' | 'text'): void => {
    const read = parseTemplate(source, form);
    if (!read.ok) problems.push({ at, problem: explainViolation(read.violation), position: read.violation.rule === 'malformed-template' ? read.violation.part.position : null });
  };
  for (const field of ['aliases', 'tags', 'names'] as const) for (const [index, one] of definition.filter[field].entries()) pattern(`filter.${field}.${index}`, one);
  if (definition.event === 'run.metric' && definition.threshold === null) problems.push({ at: 'threshold', problem: 'Say which metric, and what it has to pass.', position: null });
  if (definition.event === 'run.metric' && (definition.scope.kind === 'registry' || definition.scope.kind === 'collection')) problems.push({ at: 'scope', problem: 'Runs belong to projects: listen to a project or to the organization.', position: null });
  for (const [index, action] of definition.actions.entries()) {
    const at = `actions.${index}`;
    if (action.kind === 'webhook') {
      if (action.template !== null) template(`${at}.template`, action.template, 'json');
      for (const [number, header] of action.headers.entries()) {
        if (/^(?:host|content-length|transfer-encoding|connection|upgrade|idempotency-key|x-wandb-signature)$/iu.test(header.name)) problems.push({ at: `${at}.headers.${number}.name`, problem: `${header.name} is set by Vitrine itself.`, position: null });
        template(`${at}.headers.${number}.value`, header.value, 'text');
      }
    } else if (action.kind === 'slack') {
      if ((action.url === null) === (action.urlSecret === null)) problems.push({ at: `${at}.url`, problem: 'Give either the address or the secret that holds it.', position: null });
      template(`${at}.text`, action.text, 'text');
    } else if (action.kind === 'notification') {
      template(`${at}.title`, action.title, 'text');
      template(`${at}.text`, action.text, 'text');
    } else if (action.kind === 'set alias' || action.kind === 'request approval') {
      if (/^(?:run|sync|integrity|registry|collection)\./u.test(definition.event)) problems.push({ at, problem: 'This event is about no version, so there is nothing to put an alias on.', position: null });
    }
  }
  return problems;
}

/** @throws VitrineError `bad_input` with the first of them */
export function refuseProblems(definition: Definition): void {
  const problems = problemsOf(definition);
  const [first] = problems;
  if (first !== undefined) throw new VitrineError('bad_input', { details: { explanation: `${definition.name}, ${first.at}: ${first.problem}`, at: first.at, position: first.position, problems } });
}

async function create(rooms: Rooms, input: CheckedInputOf<'automations.create'>, context: OperationContext): Promise<OperationResult> {
  refuseProblems(input.definition);
  return rooms.catalog.write('automations.create', input, acting(context));
}

async function update(rooms: Rooms, input: CheckedInputOf<'automations.update'>, context: OperationContext): Promise<OperationResult> {
  if (input.definition !== undefined) refuseProblems(input.definition);
  return rooms.catalog.write('automations.update', input, acting(context));
}

type Words = { readonly sentence: string; readonly scopeName: string; readonly secrets: readonly string[]; readonly jobs: readonly string[] };

const factsAtOnce = 500;

async function preview(rooms: Rooms, input: CheckedInputOf<'automations.preview'>, context: OperationContext): Promise<OperationResult> {
  const { definition } = input;
  const words = (await rooms.catalog.read('internal.automationWords', { definition }, asking(context))) as Words;
  const unkept = problemsOf(definition);
  const problems = [...unkept];
  for (const [index, action] of definition.actions.entries()) {
    for (const name of secretsOf(action)) if (!words.secrets.includes(name)) problems.push({ at: `actions.${index}`, problem: `There is no secret ${name} yet.`, position: null });
    if (action.kind === 'job' && !words.jobs.includes(action.job)) problems.push({ at: `actions.${index}.job`, problem: `No job “${action.job}” is approved here yet.`, position: null });
  }
  const sight = (await rooms.catalog.read('internal.sight', {}, asking(context))) as Sight;
  const rule: Rule = { id: 0, name: definition.name, definition, sinceEvent: 0, createdBy: context.actorId, ...sight };
  const book = ruleBook([rule]);
  const since = input.since === undefined ? 0 : Date.parse(input.since);
  const days = new Map<string, number>();
  const examples: FactsOfKind[] = [];
  let matched = 0;
  let looked = 0;
  let lastMatched = 0;
  let before = Number.MAX_SAFE_INTEGER;
  while (looked < input.limit && !context.signal.aborted) {
    const { facts, last, count } = (await rooms.catalog.read('internal.automationFacts', { before, since, limit: Math.min(factsAtOnce, input.limit - looked) }, asking(context))) as { facts: readonly FactsOfKind[]; last: number; count: number };
    if (count === 0) break;
    looked += count;
    before = last;
    for (const one of facts) {
      // A metric's threshold was judged for other automations: what counts for this one is the value.
      const judged = one.metric === null || definition.threshold === null ? one : { ...one, metric: one.metric.name === definition.threshold.metric && passes(definition.threshold, one.metric.value) ? { ...one.metric, automationId: 0 } : { ...one.metric, automationId: -1 } };
      // What happened in several places counts once.
      if (one.eventId === lastMatched || book.taking(judged).length === 0) continue;
      lastMatched = one.eventId;
      matched += 1;
      days.set(one.at.slice(0, 10), (days.get(one.at.slice(0, 10)) ?? 0) + 1);
      if (examples.length < 10) examples.push(one);
    }
  }
  const [newest] = examples;
  const output: OutputOf<'automations.preview'> = {
    sentence: words.sentence, problems, matched, looked, since: input.since ?? null,
    days: [...days].map(([day, count]) => ({ day, count })).sort((left, right) => (left.day < right.day ? -1 : 1)),
    examples: examples.map((one) => ({ eventId: one.eventId, kind: one.kind, label: one.label, at: one.at, by: one.actor.displayName })) as OutputOf<'automations.preview'>['examples'],
    payloads: newest === undefined || unkept.length > 0 ? [] : definition.actions.map((action) => shownPayload(definition.name, action, newest)),
  };
  return { output, undo: null };
}

function shownPayload(automation: string, action: AutomationAction, facts: AutomationFacts): OutputOf<'automations.preview'>['payloads'][number] {
  const context = { automation, deliveryId: 'preview' };
  if (action.kind === 'webhook' || action.kind === 'slack') {
    const secrets = Object.fromEntries(secretsOf(action).map((name) => [name, action.kind === 'slack' && action.urlSecret === name ? 'https://secret.invalid/' : `(secret ${name})`]));
    const composed = compose(action, facts, { ...context, secrets });
    if (!composed.ok) return { action: action.kind, target: '', headers: [], body: composed.problem, missing: [] };
    const { headers, body } = composed.outgoing;
    return {
      action: action.kind, target: action.kind === 'slack' && action.urlSecret !== null ? `(secret ${action.urlSecret})` : (action.url ?? ''),
      headers: headers.map(({ name, value }) => ({ name, value: name === 'x-wandb-signature' ? '(HMAC-SHA256 of the body)' : value })), body, missing: [...composed.missing],
    };
  }
  if (action.kind === 'notification') {
    const filled = [action.title, action.text].map((source) => {
      const template = parseTemplate(source, 'text');
      return template.ok ? fillTemplate(template.value, payloadValues(facts, context), {}) : { text: source, missing: [] };
    });
    return { action: action.kind, target: 'this screen', headers: [], body: filled.map((one) => one.text).join('\n'), missing: filled.flatMap((one) => one.missing) };
  }
  if (action.kind === 'job') return { action: action.kind, target: action.job, headers: [], body: JSON.stringify(defaultPayload(facts, context)), missing: [] };
  return { action: action.kind, target: action.alias, headers: [], body: `${action.alias} → ${facts.label}`, missing: [] };
}

// As YAML ---------------------------------------------------------------------------------------------------------------------------------

async function exportYaml(rooms: Rooms, input: CheckedInputOf<'automations.export'>, context: OperationContext): Promise<OperationResult> {
  const found: { readonly definition: Definition; readonly scopeName: string }[] = [];
  const take = async (definition: Definition): Promise<void> => {
    const { scopeName } = (await rooms.catalog.read('internal.automationWords', { definition }, asking(context))) as Words;
    found.push({ definition, scopeName });
  };
  if (input.ids !== undefined) {
    for (const id of input.ids) await take(((await rooms.catalog.read('automations.get', { id }, asking(context))) as OutputOf<'automations.get'>).definition);
  } else {
    for (let cursor: string | null = null; ; ) {
      const page = (await rooms.catalog.read('automations.list', { limit: 500, ...(cursor === null ? {} : { cursor }) }, asking(context))) as OutputOf<'automations.list'>;
      for (const { definition } of page.items) await take(definition);
      cursor = page.nextCursor;
      if (cursor === null) break;
    }
  }
  // Ids mean nothing elsewhere: places go by name.
  const automations = found.map(({ definition: { scope, ...rest }, scopeName }) => ({ ...rest, scope: scope.kind === 'organization' ? { kind: scope.kind } : { kind: scope.kind, name: scopeName } }));
  return { output: { text: stringify({ version: 1, automations }, { lineWidth: 120 }), count: automations.length } satisfies OutputOf<'automations.export'>, undo: null };
}

async function importYaml(rooms: Rooms, input: CheckedInputOf<'automations.import'>, context: OperationContext): Promise<OperationResult> {
  const { readAutomations } = await import('./automationsYaml.ts');
  const definitions = await readAutomations(input.text, {
    scopeNamed: (scope) => rooms.catalog.read('internal.scopeNamed', scope, asking(context)) as Promise<number | null>,
    problemsOf,
  });
  const missing = new Set<string>();
  const words = definitions[0] === undefined ? null : ((await rooms.catalog.read('internal.automationWords', { definition: definitions[0] }, asking(context))) as Words);
  for (const action of definitions.flatMap((definition) => definition.actions)) {
    for (const name of secretsOf(action)) if (words?.secrets.includes(name) === false) missing.add(`secret ${name}`);
    if (action.kind === 'job' && words?.jobs.includes(action.job) === false) missing.add(`job ${action.job}`);
  }
  if (input.dryRun) {
    const standing = new Set(((await rooms.catalog.read('internal.automationNames', {}, asking(context))) as readonly string[]));
    const [created, updated] = [definitions.filter(({ name }) => !standing.has(name)), definitions.filter(({ name }) => standing.has(name))].map((some) => some.map(({ name }) => name));
    return { output: { created: created ?? [], updated: updated ?? [], missing: [...missing] }, undo: null };
  }
  const result = await rooms.catalog.write('internal.importAutomations', { definitions }, acting(context));
  return { ...result, output: { ...(result.output as { created: string[]; updated: string[] }), missing: [...missing] } };
}

// Jobs ------------------------------------------------------------------------------------------------------------------------

type LocalJob = OutputOf<'jobs.approve'>;

async function jobOf({ name, command, folder, timeout, hash, approvedAt, ...user }: KeptJob): Promise<LocalJob> {
  const now = await hashJob({ command, folder }).catch(() => null);
  return {
    name, command: [...command], folder, timeout, hash, state: now === null ? 'missing' : now === hash ? 'approved' : 'changed',
    approvedBy: { id: user.userId as UserId, username: user.username, displayName: user.userDisplayName, kind: user.userKind }, approvedAt: new Date(approvedAt).toISOString(),
  };
}

async function listJobs(rooms: Rooms, _input: unknown, context: OperationContext): Promise<OperationResult> {
  const kept = (await rooms.catalog.read('internal.keptJobs', {}, asking(context))) as readonly KeptJob[];
  return { output: { items: await Promise.all(kept.map(jobOf)) }, undo: null };
}

async function approveJob(rooms: Rooms, input: CheckedInputOf<'jobs.approve'>, context: OperationContext): Promise<OperationResult> {
  // Over the network nobody says what runs here: only this machine's own user at its window or command line.
  if (context.entrance !== 'window' && context.entrance !== 'cli' && context.entrance !== 'system') throw new VitrineError('permission_denied', { details: { explanation: 'Local jobs are approved at this machine, in the window or on its command line.' } });
  const hash = await hashJob(input);
  const result = await rooms.catalog.write('internal.approveJob', { ...input, hash }, acting(context));
  const kept = (await rooms.catalog.read('internal.keptJobs', {}, asking(context))) as readonly KeptJob[];
  const made = kept.find((job) => job.name === input.name);
  if (made === undefined) throw new VitrineError('not_found', { details: { kind: 'job', label: input.name } });
  return { ...result, output: await jobOf(made) };
}

export const automationHandlers = {
  'automations.create': create,
  'automations.export': exportYaml,
  'automations.import': importYaml,
  'automations.preview': preview,
  'automations.update': update,
  'jobs.approve': approveJob,
  'jobs.list': listJobs,
} satisfies Handlers;
