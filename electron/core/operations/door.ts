/** Opening and closing the HTTP door from the window or the command line. */
import { VitrineError, type CheckedInputOf } from '#shared/contract/index.ts';
import type { Handlers, Rooms } from './index.ts';

function doorOf(rooms: Rooms) {
  const door = rooms.door();
  if (door === null) throw new VitrineError('core_unavailable');
  return door;
}

export const doorHandlers: Handlers = {
  'door.start': async (rooms: Rooms, input: CheckedInputOf<'door.start'>) => ({ output: { url: (await doorOf(rooms).start({ port: input.port })).url }, undo: null }),
  'door.status': (rooms: Rooms) => Promise.resolve({ output: { url: doorOf(rooms).address?.url ?? null }, undo: null }),
  'door.stop': async (rooms: Rooms) => {
    await doorOf(rooms).stop();
    return { output: {}, undo: null };
  },
};
