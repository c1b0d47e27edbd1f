/** What an attempt of each kind of action does, and what the log shows of it: put together first, carried out later. */
import { isVitrineError } from '#shared/contract/index.ts';
import { assertNever, defaultPayload, fillTemplate, parseTemplate, payloadValues, retryAfterOf, type AttemptOutcome, type AutomationFacts } from '#shared/domain/index.ts';
import type { OpenDelivery } from '../catalog/queries/automations.ts';
import type { Connections } from './httpSend.ts';
import type { AutomationPort } from './port.ts';

export type Attempted = { readonly outcome: AttemptOutcome; readonly status: number | null; readonly response: string; readonly problem: string | null };

export type Prepared = { readonly shown: string; perform(signal: AbortSignal): Promise<Attempted> };

type Traits = { /** It is sent out of the house, and may be sent twice: the others are done one by one. */ readonly isSent: boolean; /** It makes events here, of which is noted then whose doing they were. */ readonly makesEvents: boolean };

/** What the engine needs to know of each kind of action beside how it is carried out. */
export const traits: Readonly<Record<OpenDelivery['action']['kind'], Traits>> = {
  webhook: { isSent: true, makesEvents: false },
  slack: { isSent: true, makesEvents: false },
  notification: { isSent: false, makesEvents: false },
  job: { isSent: false, makesEvents: false },
  'set alias': { isSent: false, makesEvents: true },
  'request approval': { isSent: false, makesEvents: true },
};

/** What deliveries that go out together ask for once: secrets, and where they may go. Short-lived, so that what is changed counts with the next ones. */
export type Together = { readonly secrets: Map<string, ReturnType<AutomationPort['secret']>>; allowed: Promise<ReadonlySet<string>> | null };

export const together = (): Together => ({ secrets: new Map(), allowed: null });

export type Actions = {
  prepare(delivery: OpenDelivery, facts: AutomationFacts, together: Together): Promise<Prepared>;
  close(): void;
};

/** @param ca certificates in PEM form trusted beside the system's */
export function actionsOf(port: AutomationPort, options: { readonly ca?: string }): Actions {
  let connections: Connections | null = null;

  async function prepare(delivery: OpenDelivery, facts: AutomationFacts, together: Together): Promise<Prepared> {
    const { action } = delivery;
    const words = { automation: delivery.automation, deliveryId: delivery.key };
    const message = `Automation “${delivery.automation}” (${delivery.key})`;
    switch (action.kind) {
      case 'webhook':
      case 'slack': {
        // Loaded when it is needed: most starts of core send nothing.
        const [{ compose, mask, secretsOf }, { keptConnections, sendHttp }] = await Promise.all([import('./webhook.ts'), import('./httpSend.ts')]);
        const kept = (connections ??= keptConnections());
        const { secrets, missing } = await secretsNow(secretsOf(action), together);
        if (missing !== null) return { shown: '', perform: () => Promise.resolve(impossible(missing)) };
        const composed = compose(action, facts, { ...words, secrets });
        if (!composed.ok) return { shown: '', perform: () => Promise.resolve(impossible(composed.problem)) };
        return {
          shown: composed.shown,
          async perform(signal) {
            const sent = await sendHttp(composed.outgoing, { allowed: await (together.allowed ??= port.allowedHosts().then((hosts) => new Set(hosts))), signal, connections: kept, ...(options.ca === undefined ? {} : { ca: options.ca }) });
            if (sent.kind === 'failed') return { outcome: { kind: 'failed', transient: sent.transient }, status: null, response: '', problem: mask(sent.problem, secrets) };
            const well = sent.status >= 200 && sent.status < 300;
            return { outcome: { kind: 'answered', status: sent.status, retryAfter: retryAfterOf(sent.retryAfter, Date.now()) }, status: sent.status, response: mask(sent.response, secrets), problem: well ? null : `It answered ${sent.status}.` };
          },
        };
      }
      case 'notification': {
        const text = (source: string): string => {
          const template = parseTemplate(source, 'text');
          return template.ok ? fillTemplate(template.value, payloadValues(facts, words), {}).text : source;
        };
        const notification = { title: text(action.title), text: text(action.text), address: facts.address };
        return {
          shown: `${notification.title}\n${notification.text}`,
          perform: () => {
            if (port.notify === null) return Promise.resolve(impossible('There is no screen to show it on: this Vitrine runs without a window.'));
            port.notify(notification);
            return Promise.resolve(wentWell);
          },
        };
      }
      case 'job': {
        const { hashJob, runJob } = await import('./localJob.ts');
        const job = await port.job(action.job);
        if (job === null) return { shown: '', perform: () => Promise.resolve(impossible(`No job “${action.job}” is approved here.`)) };
        return {
          shown: `${job.command.map((part) => JSON.stringify(part)).join(' ')}\nin ${job.folder}`,
          async perform(signal) {
            const hash = await hashJob(job).catch(() => null);
            if (hash !== job.hash) return impossible(`“${action.job}” is no longer what was approved: its program or one of its files changed. Look at it and approve it again.`);
            const payload = JSON.stringify(defaultPayload(facts, words));
            const environment = Object.fromEntries(Object.entries(payloadValues(facts, words)).flatMap(([name, value]) => (value === null || value === undefined || typeof value === 'object' ? [] : [[`VITRINE_${name.toUpperCase()}`, String(value).replaceAll('\0', '')]])));
            const ran = await runJob(job, { timeout: job.timeout, environment, input: payload, signal });
            return { outcome: ran.problem === null ? { kind: 'answered', status: 200, retryAfter: null } : { kind: 'failed', transient: false }, status: ran.status, response: ran.output, problem: ran.problem };
          },
        };
      }
      case 'set alias':
      case 'request approval': {
        const target = facts.link !== null ? { kind: 'link', id: facts.link.id } : facts.version !== null ? { kind: 'version', id: facts.version.id } : null;
        if (target === null) return { shown: '', perform: () => Promise.resolve(impossible('The event is about no version, so there is nothing to put it on.')) };
        const [name, input] = action.kind === 'set alias' ? ['aliases.set', { target, aliases: [action.alias] }] : ['approvals.request', { linkId: target.id, alias: action.alias }];
        return {
          shown: `${name} ${JSON.stringify(input)}`,
          async perform() {
            try {
              const output = await port.run(name, input, { actorId: delivery.createdBy, message });
              await port.noteCause({ deliveryId: delivery.id, after: delivery.eventId, message });
              return { ...wentWell, response: JSON.stringify(output) };
            } catch (thrown) {
              if (!isVitrineError(thrown)) throw thrown;
              return { outcome: { kind: 'failed', transient: thrown.retryable }, status: null, response: '', problem: typeof thrown.details['explanation'] === 'string' ? thrown.details['explanation'] : thrown.message };
            }
          },
        };
      }
      default:
        return assertNever(action, 'action');
    }
  }

  async function secretsNow(names: readonly string[], together: Together): Promise<{ readonly secrets: Readonly<Record<string, string>>; /** Why one is not there. */ readonly missing: string | null }> {
    const secrets: Record<string, string> = {};
    for (const name of names) {
      let asked = together.secrets.get(name);
      if (asked === undefined) together.secrets.set(name, (asked = port.secret(name)));
      const found = await asked;
      if ('missing' in found) return { secrets: {}, missing: found.missing };
      secrets[name] = found.text;
    }
    return { secrets, missing: null };
  }

  return {
    prepare,
    close: () => connections?.close(),
  };
}

const wentWell: Attempted = { outcome: { kind: 'answered', status: 200, retryAfter: null }, status: null, response: '', problem: null };

export function impossible(problem: string): Attempted {
  return { outcome: { kind: 'failed', transient: false }, status: null, response: '', problem };
}
