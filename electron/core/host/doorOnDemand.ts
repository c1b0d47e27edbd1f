import type { createDoor, Door } from '../server/door.ts';

/**
 * The HTTP door, whose code is only loaded when somebody opens it: a third of core’s, of which most starts of the window need nothing.
 */
export function doorOnDemand(parts: Parameters<typeof createDoor>[0]): Door {
  let loading: Promise<Door> | null = null;
  let door: Door | null = null;
  return {
    get address() {
      return door?.address ?? null;
    },
    async start(options) {
      loading ??= import('../server/door.ts').then((loaded) => (door = loaded.createDoor(parts)));
      return (await loading).start(options);
    },
    async stop(options) {
      await (await loading)?.stop(options);
    },
  };
}
