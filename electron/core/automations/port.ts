/** What the engine asks of the rest of core. It knows neither SQL nor where secrets lie. */
import type { ChangeNotice } from '#shared/contract/index.ts';
import type { AutomationEvent, AutomationFacts } from '#shared/domain/index.ts';
import type { DeliveryStep, ToQueue } from '../catalog/commands/automations.ts';
import type { KeptJob, OpenDelivery, Rule } from '../catalog/queries/automations.ts';

export type DesktopNotification = { readonly title: string; readonly text: string; readonly address: string | null; /** Of a run: shown only where a person wants them, and not while they look at the window. */ readonly alert?: boolean };

export type AutomationPort = {
  /** With the newest event that they know of. */
  rules(): Promise<{ readonly rules: readonly Rule[]; readonly head: number }>;
  cursor(): Promise<{ readonly cursor: number; readonly head: number }>;
  /** Of these events; absent: of all that can be heard. */
  facts(input: { readonly after?: number; readonly ids?: readonly number[]; readonly limit: number; readonly events?: readonly AutomationEvent[] }): Promise<{ readonly facts: readonly AutomationFacts[]; readonly last: number; readonly rulesChanged: number }>;
  /** What events up to `to` set off, with the cursor, in one transaction. */
  queue(input: { readonly from: number; readonly to: number; readonly found: readonly ToQueue[] }): Promise<{ readonly ids: readonly number[] }>;
  open(input: { readonly after: number; readonly ids?: readonly number[]; readonly limit: number }): Promise<readonly OpenDelivery[]>;
  resume(): Promise<unknown>;
  /** Attempts that ended, that were begun and never sent, and that begin now, in one transaction; null for what somebody gave up on. */
  step(input: DeliveryStep): Promise<{ readonly attemptIds: readonly (number | null)[] }>;
  /** Of these, those that somebody gave up on. */
  givenUp(ids: readonly number[]): Promise<readonly number[]>;
  causes(eventId: number): Promise<readonly number[]>;
  noteCause(input: { readonly deliveryId: number; readonly after: number; readonly message: string }): Promise<unknown>;
  /** Of these runs, and of all that are running where asked for. */
  runMetrics(of: { readonly ids: readonly number[]; readonly running: boolean }, keys: readonly string[]): Promise<readonly { readonly runId: number; readonly projectId: number; readonly key: string; readonly value: number }[]>;
  noteMetric(input: { readonly automationId: number; readonly runId: number; readonly metric: string; readonly value: number }): Promise<unknown>;
  /** One step; `more` while there is more to forget. */
  sweep(doneBefore: number): Promise<{ readonly more: boolean }>;
  allowedHosts(): Promise<readonly string[]>;
  job(name: string): Promise<KeptJob | null>;
  /** Its text, or why there is none, in words. */
  secret(name: string): Promise<{ readonly text: string } | { readonly missing: string }>;
  /** Runs one operation as the automation's maker, through the entrance of automations. Throws `VitrineError`. */
  run(name: string, input: unknown, as: { readonly actorId: number; readonly message: string }): Promise<unknown>;
  /** null where there is no screen. */
  readonly notify: ((notification: DesktopNotification) => void) | null;
  onChanges(listener: (notice: ChangeNotice) => void): () => void;
};

/** The name under which a secret of automations lies in the vault. One that was set again elsewhere is another: no vault gives an old value. */
export function automationSecret(name: string, updatedAt: number): string {
  return `${secretPrefix}${name}@${updatedAt}`;
}

/** What all of those names begin with. */
export const secretPrefix = 'automation:';

/** As the catalog knows it. */
export type KeptSecret = { readonly name: string; readonly updatedAt: number; readonly keptIn: 'keychain' | 'file' };

/** Why a vault has no such secret, and what to do. */
export function missingSecretWords(name: string, kept: KeptSecret | null, vault: 'keychain' | 'file'): string {
  if (kept === null) return `There is no secret ${name}: set it under the automations’ secrets, or with “vitrine secret set ${name}”.`;
  if (kept.keptIn === vault) return `The secret ${name} is known, but ${vault === 'keychain' ? 'the system’s keychain' : 'the file of secrets'} doesn’t give it any more: set it again.`;
  return vault === 'file'
    ? `The secret ${name} was set in the app with a window and lies in the system’s keychain, which this Vitrine without a window can’t read: set it here too, with “vitrine secret set ${name}”.`
    : `The secret ${name} was set by a Vitrine without a window (vitrine serve, the command line) and lies in its file: set it here too, under the automations’ secrets.`;
}
