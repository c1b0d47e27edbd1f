/** What a webhook or Slack action sends for an event: headers, body, signature; and the same with its secrets masked, for the log. */
import { createHmac } from 'node:crypto';
import { defaultPayload, fillTemplate, parseTemplate, payloadValues, slackPayload, type AutomationFacts } from '#shared/domain/index.ts';
import type { AutomationAction } from '#shared/contract/automations.ts';
import type { Outgoing } from './httpSend.ts';

export type WebAction = Extract<AutomationAction, { readonly kind: 'webhook' | 'slack' }>;

export type Composed =
  | { readonly ok: true; readonly outgoing: Outgoing; /** As the log shows it. */ readonly shown: string; readonly missing: readonly string[] }
  | { readonly ok: false; readonly problem: string };

export type ComposeContext = { readonly automation: string; readonly deliveryId: string; /** By name; one that is wanted and missing ends the attempt. */ readonly secrets: Readonly<Record<string, string>> };

type Form = 'json' | 'text';

const readTemplates: Readonly<Record<Form, Map<string, ReturnType<typeof parseTemplate>>>> = { json: new Map(), text: new Map() };
const readAtMost = 100;

/** Read once: a thousand deliveries of an automation have the same few. */
function templateOf(source: string, form: Form): ReturnType<typeof parseTemplate> {
  const kept = readTemplates[form];
  const known = kept.get(source);
  if (known !== undefined) return known;
  const read = parseTemplate(source, form);
  const [oldest] = kept.keys();
  if (oldest !== undefined && kept.size >= readAtMost) kept.delete(oldest);
  kept.set(source, read);
  return read;
}

/** Names of the secrets that an action wants. */
export function secretsOf(action: AutomationAction): readonly string[] {
  const names = new Set<string>();
  const fromTemplate = (source: string, form: Form): void => {
    const template = templateOf(source, form);
    if (template.ok) for (const name of template.value.secrets) names.add(name);
  };
  if (action.kind === 'webhook') {
    if (action.bearerSecret !== null) names.add(action.bearerSecret);
    if (action.signatureSecret !== null) names.add(action.signatureSecret);
    if (action.template !== null) fromTemplate(action.template, 'json');
    for (const header of action.headers) fromTemplate(header.value, 'text');
  } else if (action.kind === 'slack') {
    if (action.urlSecret !== null) names.add(action.urlSecret);
    fromTemplate(action.text, 'text');
  }
  return [...names];
}

export function compose(action: WebAction, facts: AutomationFacts, context: ComposeContext): Composed {
  const lacking = secretsOf(action).find((name) => !Object.hasOwn(context.secrets, name));
  if (lacking !== undefined) return { ok: false, problem: `The secret ${lacking} is not there: set it again under the automations’ secrets.` };
  const values = payloadValues(facts, context);
  const missing: string[] = [];
  const fill = (source: string, form: Form): string | null => {
    const template = templateOf(source, form);
    if (!template.ok) return null;
    const filled = fillTemplate(template.value, values, context.secrets);
    missing.push(...filled.missing);
    return filled.text;
  };
  let url: string | null;
  let body: string | null;
  if (action.kind === 'webhook') {
    url = action.url;
    body = action.template === null ? JSON.stringify(defaultPayload(facts, context)) : fill(action.template, 'json');
  } else {
    url = action.urlSecret === null ? action.url : (context.secrets[action.urlSecret] ?? null);
    const text = fill(action.text, 'text');
    body = text === null ? null : JSON.stringify(slackPayload(text, action.severity, facts));
  }
  if (body === null) return { ok: false, problem: 'Its template can no longer be read.' };
  if (url === null || !URL.canParse(url) || !/^https?:$/u.test(new URL(url).protocol)) return { ok: false, problem: 'It has no address that could be called.' };
  const headers: { name: string; value: string; confidential: boolean }[] = [
    { name: 'content-type', value: 'application/json', confidential: false },
    { name: 'user-agent', value: 'Vitrine', confidential: false },
    { name: 'idempotency-key', value: context.deliveryId, confidential: false },
  ];
  if (action.kind === 'webhook') {
    for (const header of action.headers) {
      const value = fill(header.value, 'text');
      if (value === null || /[\r\n\0]/u.test(value)) return { ok: false, problem: `The header ${header.name} can’t have this value.` };
      const name = header.name.toLowerCase();
      const standing = headers.findIndex((each) => each.name === name);
      if (standing !== -1) headers.splice(standing, 1);
      headers.push({ name, value, confidential: true });
    }
    if (action.bearerSecret !== null) headers.push({ name: 'authorization', value: `Bearer ${context.secrets[action.bearerSecret] ?? ''}`, confidential: true });
    if (action.signatureSecret !== null) headers.push({ name: 'x-wandb-signature', value: createHmac('sha256', context.secrets[action.signatureSecret] ?? '').update(body).digest('hex'), confidential: true });
  }
  const shown = mask([`POST ${action.kind === 'slack' && action.urlSecret !== null ? `(secret ${action.urlSecret})` : url}`, ...headers.map(({ name, value }) => `${name}: ${value}`), '', body].join('\n'), context.secrets);
  return { ok: true, outgoing: { url, headers, body }, shown, missing };
}

/** Secrets replaced wherever they stand, as written and as JSON writes them. */
export function mask(text: string, secrets: Readonly<Record<string, string>>): string {
  let masked = text;
  for (const [name, secret] of Object.entries(secrets)) for (const form of new Set([secret, JSON.stringify(secret).slice(1, -1)])) masked = masked.replaceAll(form, `(secret ${name})`);
  return masked;
}
