/** Runs the engine of automations once there is something for it to do, and gives it its view of core. */
import type { ChangeNotice, UserId } from '#shared/contract/index.ts';
import type { DeliveryTimes } from '#shared/domain/index.ts';
import { automationSecret, missingSecretWords, type AutomationPort, type DesktopNotification, type KeptSecret } from '../automations/port.ts';
import type { KeptJob } from '../catalog/queries/automations.ts';
import type { Engine } from '../automations/engine.ts';
import type { CatalogPool } from '../catalog/index.ts';
import type { OperationResult } from '../operations/context.ts';
import type { Log } from './log.ts';
import type { Vault } from './vault.ts';

/** Milliseconds after a start: not beside what a window waits for. */
const tidyAfter = 2000;

export type Surroundings = {
  /** The catalog's folder. */
  readonly directory: string;
  readonly catalog: CatalogPool;
  readonly vault: Vault;
  readonly log: Log;
  readonly run: (name: string, input: unknown, context: { readonly actorId: UserId; readonly entrance: 'automation'; readonly message: string }) => Promise<OperationResult>;
  /** null where there is no screen. */
  readonly notify: ((notification: DesktopNotification) => void) | null;
  readonly times?: DeliveryTimes;
};

export type Automations = {
  /** null while there was nothing to do yet. */
  engine(): Engine | null;
  stop(): Promise<void>;
};

/** Looks once whether there is an automation or a delivery, and after that whenever one is made; until then nothing of it is loaded. */
export function automationsOnDemand(surroundings: Surroundings): Automations {
  const { catalog, log } = surroundings;
  let engine: Engine | null = null;
  let starting: Promise<void> | null = null;
  let stopped = false;

  async function start(): Promise<void> {
    const any = (await catalog.read('internal.anyAutomation', {}, { actorId: catalog.status().defaultUserId })) as boolean;
    if (!any || stopped || engine !== null) return;
    const { startEngine } = await import('../automations/engine.ts');
    if (stopped) return;
    engine = startEngine(portOf(surroundings), { ...(surroundings.times === undefined ? {} : { times: surroundings.times }), log: (level, message, fields) => log(level, 'automations', message, fields) });
    stopListening();
  }

  // What was set again or removed where this core's vault is not reached.
  async function tidy(): Promise<void> {
    const kept = (): Promise<readonly KeptSecret[]> => catalog.read('internal.keptSecrets', {}, { actorId: catalog.status().defaultUserId }) as Promise<readonly KeptSecret[]>;
    const { tidySecrets } = await import('../operations/secrets.ts');
    await tidySecrets({ directory: surroundings.directory, vault: surroundings.vault, kept });
  }

  let again = false;
  function begin(): void {
    if (starting !== null) {
      // What is being looked at may be older than what was told just now.
      again = true;
      return;
    }
    starting = start()
      .catch((thrown: unknown) => {
        if (!stopped) log('error', 'automations', 'the engine did not start', { reason: thrown instanceof Error ? thrown.stack : String(thrown) });
      })
      .finally(() => {
        starting = null;
        if (again && engine === null && !stopped) {
          again = false;
          begin();
        }
      });
  }

  const stopListening = catalog.onChanges((notice) => {
    if (engine === null && notice.changes.some(({ entity }) => entity === 'automation' || entity === 'delivery')) begin();
  });
  if (!catalog.status().readOnly) begin();
  const tidied = setTimeout(() => {
    tidy().catch((thrown: unknown) => {
      if (!stopped) log('warning', 'automations', 'old secrets were not tidied away', { reason: thrown instanceof Error ? thrown.message : String(thrown) });
    });
  }, tidyAfter);
  tidied.unref();

  return {
    engine: () => engine,
    async stop() {
      stopped = true;
      clearTimeout(tidied);
      stopListening();
      await starting;
      await engine?.stop();
    },
  };
}

/** Queries and commands of the catalog that only core asks, as the system. */
function portOf({ catalog, vault, run, notify }: Surroundings): AutomationPort {
  const actorId = catalog.status().defaultUserId;
  const read = <Answer>(name: string, input: unknown): Promise<Answer> => catalog.read(name, input, { actorId }) as Promise<Answer>;
  const write = async <Answer>(name: string, input: unknown): Promise<Answer> => (await catalog.write(name, input, { actorId, entrance: 'system', message: null })).output as Answer;
  return {
    rules: () => read('internal.automationRules', {}),
    cursor: () => read('internal.automationCursor', {}),
    facts: (input) => read('internal.automationFacts', input),
    queue: (input) => write('internal.queueDeliveries', input),
    open: (input) => read('internal.openDeliveries', input),
    async resume() {
      if (await read<boolean>('internal.anySending', {})) await write('internal.resumeDeliveries', {});
    },
    step: (input) => write('internal.stepDeliveries', input),
    givenUp: (ids) => read('internal.givenUp', { ids }),
    causes: (eventId) => read('internal.causesOf', { eventId }),
    noteCause: (input) => write('internal.noteCause', input),
    runMetrics: (of, keys) => read('internal.runMetrics', { ...of, keys }),
    noteMetric: (input) => write('internal.noteMetric', input),
    // Looked for by reading: most times there is nothing, and a start should write nothing.
    sweep: async (doneBefore) => ((await read<boolean>('internal.anyEndedBefore', { doneBefore })) ? write('internal.sweepDeliveries', { doneBefore }) : { more: false }),
    allowedHosts: async () => (await read<{ hosts: readonly string[] }>('allowedHosts.list', {})).hosts,
    job: async (name) => (await read<readonly KeptJob[]>('internal.keptJobs', {})).find((job) => job.name === name) ?? null,
    async secret(name) {
      const kept = (await read<readonly KeptSecret[]>('internal.keptSecrets', {})).find((secret) => secret.name === name) ?? null;
      const text = kept === null ? null : await vault.open(automationSecret(name, kept.updatedAt));
      return text === null ? { missing: missingSecretWords(name, kept, vault.kind) } : { text };
    },
    run: async (name, input, as) => (await run(name, input, { actorId: as.actorId as UserId, entrance: 'automation', message: as.message })).output,
    notify,
    onChanges: (listener: (notice: ChangeNotice) => void) => catalog.onChanges(listener),
  };
}
