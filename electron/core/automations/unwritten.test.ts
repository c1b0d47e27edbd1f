/** What was sent and could not be written down, such as on a full disk: it is written later, and not sent again. */
import { afterEach, expect, it } from 'vitest';
import type { AutomationFacts } from '#shared/domain/index.ts';
import type { DeliveryStep } from '../catalog/commands/automations.ts';
import type { OpenDelivery } from '../catalog/queries/automations.ts';
import { startEngine, type Engine } from './engine.ts';
import type { AutomationPort } from './port.ts';
import { startReceiver, type Receiver } from './receiver.ts';

let receiver: Receiver | undefined;
let engine: Engine | undefined;
afterEach(async () => {
  await engine?.stop();
  await receiver?.close();
});

it('is written down once that can be, and sent once', { timeout: 240_000 }, async () => {
  receiver = await startReceiver();
  const { url, host } = receiver;
  const facts: AutomationFacts = {
    event: 'tag.added', eventId: 1, at: '2026-01-01T00:00:00.000Z', actor: { username: 'ada', displayName: 'Ada', kind: 'person' }, entrance: 'window', message: null, entity: 'lab', registry: null, collection: null,
    project: null, artifact: null, link: null, version: null, alias: null, aliasFrom: null, tag: 'x', state: null, run: null, metric: null, label: 'x', address: null,
  };
  const open: OpenDelivery[] = [1, 2, 3].map((id) => ({
    id, key: `key ${id}`, automationId: 1, automation: 'tell', createdBy: 1, eventId: 1, scope: { kind: 'organization' }, target: host, afterId: null, attempts: 0, nextAt: 0,
    action: { kind: 'webhook', url, template: `${id}`, headers: [], bearerSecret: null, signatureSecret: null },
  }));
  const states = new Map(open.map(({ id }) => [id, 'waiting']));
  let refused = 0;
  let done: () => void = () => undefined;
  const written = new Promise<void>((resolve) => (done = resolve));
  const port: AutomationPort = {
    rules: async () => ({ rules: [], head: 0 }), cursor: async () => ({ cursor: 0, head: 0 }), facts: async () => ({ facts: [facts], last: 0, rulesChanged: 0 }), queue: async () => ({ ids: [] }),
    open: async () => open, resume: async () => undefined, givenUp: async () => [], causes: async () => [], noteCause: async () => undefined, runMetrics: async () => [], noteMetric: async () => undefined,
    sweep: async () => ({ more: false }), allowedHosts: async () => [host], job: async () => null, secret: async () => ({ missing: '' }), run: async () => undefined, notify: null, onChanges: () => () => undefined,
    async step({ ended, unsent, begin }: DeliveryStep) {
      // The first that something ended in.
      if (ended.length > 0 && refused++ < 1) throw new Error('The disk is full.');
      for (const { id, next } of ended) states.set(id, next.state);
      for (const { id } of unsent) states.set(id, 'waiting');
      if ([...states.values()].every((state) => state === 'done')) done();
      return { attemptIds: begin.map(({ id }) => (states.get(id) === 'waiting' ? (states.set(id, 'sending'), id) : null)) };
    },
  };
  const problems: string[] = [];
  engine = startEngine(port, { log: (_level, message) => problems.push(message), afterTrouble: 20 });
  await written;
  expect(receiver.received.map(({ body }) => body)).toEqual(['1', '2', '3']);
  expect(problems).toEqual(['delivery of automations went wrong']);
});
