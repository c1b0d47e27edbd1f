/** Brings the automations of a legacy registry over: switched off, listening to the collection or registry that they were for. */
import { AutomationDefinition } from '#shared/contract/automations.ts';
import { VitrineError, type OutputOf } from '#shared/contract/index.ts';
import { refuseProblems } from '../automations.ts';
import { explainIssue } from '../badInput.ts';
import { readTrigger, type LegacyTrigger } from './legacyTriggers.ts';
import type { Importing } from './steps.ts';

/** As an export describes them, or those that were made here for the project; a number where no more is known of them. */
export type OldAutomations = number | readonly LegacyTrigger[] | { readonly ofProject: number };
type Definition = OutputOf<'automations.get'>['definition'];

export class LegacyAutomations {
  readonly #importing: Importing;
  /** By name: no two have the same. */
  readonly #standing: Map<string, Definition>;
  readonly #secrets: ReadonlySet<string>;

  private constructor(importing: Importing, standing: Map<string, Definition>, secrets: ReadonlySet<string>) {
    this.#importing = importing;
    this.#standing = standing;
    this.#secrets = secrets;
  }

  static async of(importing: Importing): Promise<LegacyAutomations> {
    const standing = new Map<string, Definition>();
    let cursor: string | null = null;
    do {
      const page: OutputOf<'automations.list'> = await importing.ask('automations.list', { limit: 1000, ...(cursor === null ? {} : { cursor }) });
      for (const { definition } of page.items) standing.set(definition.name, definition);
      cursor = page.nextCursor;
    } while (cursor !== null);
    const secrets = await importing.ask('secrets.list', {});
    return new LegacyAutomations(importing, standing, new Set(secrets.items.map((secret) => secret.name)));
  }

  /**
   * @param place what they listen to, by its name here
   * @param scope the same by its id; null in a dry run where it isn't there yet
   */
  async take(source: string, place: string, old: OldAutomations, scope: Definition['scope'] | null): Promise<void> {
    const { log } = this.#importing;
    if (typeof old === 'number') {
      if (old > 0) log.note('automation', source, 'skipped', null, `The export counts ${old} of them and does not describe any: export it with their triggers, or make them anew under Automations.`);
      return;
    }
    if ('ofProject' in old) {
      for (const definition of this.#standing.values()) if (definition.scope.kind === 'project' && definition.scope.id === old.ofProject) await this.#takeOwn(definition, place, scope);
      return;
    }
    for (const trigger of old) {
      const read = readTrigger(trigger);
      if ('why' in read) log.note('automation', `${source}: ${trigger.name}`, 'skipped', null, read.why);
      else for (const definition of read.definitions) await this.#takeOne(`${source}: ${definition.name}`, place, definition, scope, this.#toDo(read.secrets, read.hint));
    }
  }

  /** One that was made here for the project of the old registry: what was logged there is linked in a registry. */
  async #takeOwn(definition: Definition, place: string, scope: Definition['scope'] | null): Promise<void> {
    if (/^(?:run|tag)\./u.test(definition.event)) this.#importing.log.note('automation', definition.name, 'skipped', null, 'Runs and tags of versions are told of their project: it goes on listening there.');
    else await this.#takeOne(definition.name, place, { ...definition, event: definition.event === 'version.created' ? 'version.linked' : definition.event, enabled: false }, scope, this.#toDo([], null));
  }

  #toDo(secrets: readonly string[], hint: string | null): string {
    const missing = secrets.filter((name) => !this.#secrets.has(name));
    return ['It is switched off.', ...(missing.length > 0 ? [`Its secrets are to be set again: ${missing.join(', ')}.`] : []), ...(hint === null ? [] : [hint])].join(' ');
  }

  async #takeOne(source: string, place: string, definition: Omit<Definition, 'scope'>, scope: Definition['scope'] | null, why: string): Promise<void> {
    const listensThere = (one: Definition | undefined): boolean => one !== undefined && scope !== null && 'id' in one.scope && 'id' in scope && one.scope.kind === scope.kind && one.scope.id === scope.id;
    await this.#importing.attempt('automation', source, async () => {
      const twin = this.#standing.get(definition.name);
      const name = twin === undefined || listensThere(twin) ? definition.name : `${definition.name} (${place})`;
      if (listensThere(this.#standing.get(name))) {
        this.#importing.log.note('automation', source, 'same', name);
        return;
      }
      // A dry run, in which there may be nothing yet to listen to, finds the same faults.
      const checked = AutomationDefinition.safeParse({ ...definition, name, scope: scope ?? { kind: 'organization' } });
      if (!checked.success) throw new VitrineError('bad_input', { details: { explanation: checked.error.issues[0] === undefined ? 'It does not have the form it needs.' : explainIssue(checked.error.issues[0], definition) } });
      refuseProblems(checked.data);
      if (!this.#importing.dryRun) await this.#importing.act('automations.create', { definition: checked.data });
      this.#standing.set(name, checked.data);
      this.#importing.log.note('automation', source, 'taken', name, why);
    });
  }
}
