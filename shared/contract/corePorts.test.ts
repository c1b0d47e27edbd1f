import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import type { StartupFacts } from './bridge.ts';
import { receiveCorePorts, transportOverPort, type PortEvent, type PortReceiver } from './corePorts.ts';
import type { Transport } from './transport.ts';

const next = <Value>(listen: (listener: (value: Value) => void) => void): Promise<Value> => new Promise((resolve) => listen(resolve));

describe('a port as transport', () => {
  test('carries messages both ways, those that came early included', async () => {
    const { port1, port2 } = new MessageChannel();
    const [one, two] = [transportOverPort(port1), transportOverPort(port2)];
    one.post({ early: true });
    expect(await next(two.onMessage)).toEqual({ early: true });
    two.post([1, { deep: new Map([['a', 1]]) }]);
    expect(await next(one.onMessage)).toEqual([1, { deep: new Map([['a', 1]]) }]);
    one.close();
  });

  test('tells once that it closed, from either end, and then is silent', async () => {
    const { port1, port2 } = new MessageChannel();
    const [one, two] = [transportOverPort(port1), transportOverPort(port2)];
    let told = 0;
    one.onClose(() => {
      told += 1;
    });
    const other = next<void>((listener) => two.onClose(() => listener()));
    two.onMessage(() => {});
    one.close();
    one.close();
    one.post('into the void');
    await other;
    expect(told).toBe(1);
    const late = next<void>((listener) => two.onClose(() => listener()));
    await late;
  });
});

test('ports are taken only from the window itself under the nonce; the one before is closed first', () => {
  let hear: (event: PortEvent) => void = () => {};
  let tellFacts: (facts: StartupFacts) => void = () => {};
  const window: PortReceiver = { addEventListener: (_type: string, listener: typeof hear) => { hear = listener; } };
  const asked: string[] = [];
  const attached: Transport[] = [];
  const closed: number[] = [];
  receiveCorePorts(window, { connect: (nonce) => asked.push(nonce), onStartup: (listener) => { tellFacts = listener; return () => {}; } }, 'nonce', (transport) => {
    const index = attached.push(transport) - 1;
    transport.onClose(() => closed.push(index));
  });
  expect(asked).toEqual(['nonce']);
  const port = (): readonly unknown[] => [new MessageChannel().port1];
  const good = { t: 'vitrine:port', nonce: 'nonce' };
  for (const event of [
    { source: {}, data: good, ports: port() }, { source: window, data: { ...good, nonce: 'other' }, ports: port() }, { source: window, data: { nonce: 'nonce' }, ports: port() },
    { source: window, data: null, ports: port() }, { source: window, data: 'vitrine:port', ports: port() }, { source: window, data: good, ports: [] },
  ]) hear(event);
  expect(attached).toHaveLength(0);
  hear({ source: window, data: good, ports: port() });
  hear({ source: window, data: good, ports: port() });
  expect([attached.length, closed]).toEqual([2, [0]]);
  tellFacts({ phase: 'restarting', attempt: 1 });
  expect(closed).toEqual([0, 1]);
});
