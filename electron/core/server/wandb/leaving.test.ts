import { once } from 'node:events';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createLeaving } from './leaving.ts';

test('what is at work for a connection ends with it, and with no other', async () => {
  const leaving = createLeaving();
  const [socket, other] = [new Socket(), new Socket()];
  const signal = leaving.signalOf({ socket, destroyed: false });
  expect(leaving.signalOf({ socket, destroyed: false })).toBe(signal);
  expect(leaving.signalOf({ socket: other, destroyed: false })).not.toBe(signal);
  other.destroy();
  await once(other, 'close');
  expect(signal.aborted).toBe(false);
  socket.destroy();
  await once(socket, 'close');
  expect([signal.aborted, signal.reason]).toEqual([true, expect.objectContaining({ code: 'cancelled' })]);
});

test('who is gone already is answered nothing', () => {
  expect(createLeaving().signalOf({ socket: null, destroyed: false }).aborted).toBe(true);
  expect(createLeaving().signalOf({ socket: new Socket(), destroyed: true }).aborted).toBe(true);
});
