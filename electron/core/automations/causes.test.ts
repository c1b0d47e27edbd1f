/** An automation's own event may be read before it is noted whose doing it was: a loop must be found all the same. */
import { afterEach, expect, it } from 'vitest';
import type { ChangeNotice } from '#shared/contract/index.ts';
import type { AutomationFacts } from '#shared/domain/index.ts';
import type { ToQueue } from '../catalog/commands/automations.ts';
import type { OpenDelivery, Rule } from '../catalog/queries/automations.ts';
import { startEngine, type Engine } from './engine.ts';
import type { AutomationPort } from './port.ts';

let engine: Engine | undefined;
afterEach(() => engine?.stop());

it('an event is asked for its causes once what made it has said so', { timeout: 240_000 }, async () => {
  const event = (eventId: number, entrance: string): AutomationFacts => ({
    event: 'alias.added', eventId, at: '2026-01-01T00:00:00.000Z', actor: { username: 'ada', displayName: 'Ada', kind: 'person' }, entrance, message: null, entity: 'lab', registry: null, collection: null,
    project: null, artifact: null, link: { id: 1 }, version: null, alias: 'a', aliasFrom: null, tag: null, state: null, run: null, metric: null, label: 'x', address: null,
  });
  const action = { kind: 'set alias', alias: 'b' } as const;
  const filter = { aliases: [], tags: [], names: [], types: [], states: [], onlyBy: [], notBy: [], metadata: [] };
  const rule = { id: 1, name: 'there', sinceEvent: 0, createdBy: 1, registries: [], projects: null, definition: { event: 'alias.added', scope: { kind: 'organization' }, filter, actions: [action], threshold: null } } as unknown as Rule;
  const row: OpenDelivery = { id: 1, key: 'key 1', automationId: 1, automation: 'there', createdBy: 1, eventId: 1, scope: { kind: 'organization' }, target: 'alias b', afterId: null, attempts: 0, nextAt: 0, action };
  const events = [event(1, 'window')];
  let tell: (notice: ChangeNotice) => void = () => undefined;
  let read: () => void = () => undefined;
  const readAgain = new Promise<void>((resolve) => (read = resolve));
  const steps: string[] = [];
  let queued: (found: readonly ToQueue[]) => void = () => undefined;
  const second = new Promise<readonly ToQueue[]>((resolve) => (queued = resolve));
  const port: AutomationPort = {
    rules: async () => ({ rules: [rule], head: 0 }), cursor: async () => ({ cursor: 0, head: 0 }), resume: async () => undefined, givenUp: async () => [], runMetrics: async () => [], noteMetric: async () => undefined,
    sweep: async () => ({ more: false }), allowedHosts: async () => [], job: async () => null, secret: async () => ({ missing: '' }), notify: null,
    onChanges: (listener) => {
      tell = listener;
      return () => undefined;
    },
    async facts({ after, ids }) {
      const facts = events.filter(({ eventId }) => (ids === undefined ? eventId > (after ?? 0) : ids.includes(eventId)));
      if (facts.some(({ eventId }) => eventId === 2)) read();
      return { facts, last: facts.at(-1)?.eventId ?? after ?? 0, rulesChanged: 0 };
    },
    async queue({ to, found }) {
      if (to === 2) queued(found);
      return { ids: to === 1 ? [1] : [] };
    },
    open: async ({ ids }) => (ids === undefined ? [] : [row]),
    step: async ({ begin }) => ({ attemptIds: begin.map(({ id }) => id) }),
    async run() {
      events.push(event(2, 'automation'));
      tell({ rev: 2, previous: 1, changes: [{ entity: 'event', ids: [2] }] });
      return {};
    },
    async noteCause() {
      await readAgain;
      // Whoever would ask too early asks before this.
      await new Promise((resolve) => setImmediate(resolve));
      steps.push('noted');
    },
    async causes() {
      steps.push('asked');
      return [1];
    },
  };
  engine = startEngine(port, { log: (_level, message, fields) => steps.push(`${message} ${JSON.stringify(fields)}`) });
  expect(await second).toEqual([expect.objectContaining({ eventId: 2, stopped: expect.stringContaining('loop') as unknown })]);
  expect(steps).toEqual(['noted', 'asked']);
});
