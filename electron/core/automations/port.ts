/** What the engine asks of the rest of core. It knows neither SQL nor where secrets lie. */
import type { AutomationAction } from '#shared/contract/automations.ts';
import type { ChangeNotice } from '#shared/contract/index.ts';
import type { AutomationFacts } from '#shared/domain/index.ts';
import type { JobCommand } from './localJob.ts';
import type { Rule } from './rules.ts';

export type OpenDelivery = {
  readonly id: number; /** Travels with every attempt. */ readonly key: string; readonly automationId: number; readonly automation: string; readonly createdBy: number; readonly eventId: number;
  readonly action: AutomationAction; readonly target: string; readonly afterId: number | null; readonly attempts: number; /** Milliseconds since 1970. */ readonly nextAt: number;
};

export type Found = { readonly automationId: number; readonly eventId: number; readonly actions: readonly AutomationAction[]; readonly stopped?: string };

export type AttemptEnd = {
  readonly id: number; readonly attemptId: number; readonly milliseconds: number; readonly status: number | null; readonly response: string; readonly problem: string | null;
  readonly next: { readonly state: 'done' | 'dead' } | { readonly state: 'waiting'; readonly at: number };
};

export type KeptJob = JobCommand & { readonly name: string; readonly timeout: number; readonly hash: string };

export type DesktopNotification = { readonly title: string; readonly text: string; readonly address: string | null };

export type AutomationPort = {
  rules(): Promise<readonly Rule[]>;
  cursor(): Promise<{ readonly cursor: number; readonly head: number }>;
  facts(input: { readonly after?: number; readonly ids?: readonly number[]; readonly limit: number }): Promise<{ readonly facts: readonly AutomationFacts[]; readonly last: number }>;
  /** What events up to `to` set off, with the cursor, in one transaction. */
  queue(input: { readonly from: number; readonly to: number; readonly found: readonly Found[] }): Promise<{ readonly ids: readonly number[] }>;
  open(input: { readonly after: number; readonly ids?: readonly number[]; readonly limit: number }): Promise<readonly OpenDelivery[]>;
  resume(): Promise<unknown>;
  begin(input: { readonly id: number; readonly request: string }): Promise<{ readonly attemptId: number } | null>;
  end(input: AttemptEnd): Promise<unknown>;
  causes(eventId: number): Promise<readonly number[]>;
  noteCause(input: { readonly deliveryId: number; readonly after: number; readonly message: string }): Promise<unknown>;
  /** Of these runs, and of all that are running where asked for. */
  runMetrics(of: { readonly ids: readonly number[]; readonly running: boolean }, keys: readonly string[]): Promise<readonly { readonly runId: number; readonly projectId: number; readonly key: string; readonly value: number }[]>;
  noteMetric(input: { readonly automationId: number; readonly runId: number; readonly metric: string; readonly value: number }): Promise<unknown>;
  sweep(doneBefore: number): Promise<unknown>;
  allowedHosts(): Promise<readonly string[]>;
  job(name: string): Promise<KeptJob | null>;
  secret(name: string): Promise<string | null>;
  /** Runs one operation as the automation's maker, through the entrance of automations. Throws `VitrineError`. */
  run(name: string, input: unknown, as: { readonly actorId: number; readonly message: string }): Promise<unknown>;
  /** null where there is no screen. */
  readonly notify: ((notification: DesktopNotification) => void) | null;
  onChanges(listener: (notice: ChangeNotice) => void): () => void;
};

/** The name under which a secret of automations lies in the vault. */
export function automationSecret(name: string): string {
  return `automation:${name}`;
}
