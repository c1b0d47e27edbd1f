/** What the engine asks of the rest of core. It knows neither SQL nor where secrets lie. */
import type { ChangeNotice } from '#shared/contract/index.ts';
import type { AutomationFacts } from '#shared/domain/index.ts';
import type { AttemptEnd, ToQueue } from '../catalog/commands/automations.ts';
import type { KeptJob, OpenDelivery, Rule } from '../catalog/queries/automations.ts';

export type DesktopNotification = { readonly title: string; readonly text: string; readonly address: string | null };

export type AutomationPort = {
  rules(): Promise<readonly Rule[]>;
  cursor(): Promise<{ readonly cursor: number; readonly head: number }>;
  facts(input: { readonly after?: number; readonly ids?: readonly number[]; readonly limit: number }): Promise<{ readonly facts: readonly AutomationFacts[]; readonly last: number }>;
  /** What events up to `to` set off, with the cursor, in one transaction. */
  queue(input: { readonly from: number; readonly to: number; readonly found: readonly ToQueue[] }): Promise<{ readonly ids: readonly number[] }>;
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
