/**
 * SIGINT and SIGTERM, from the very first moment: half a second passes until the rest of the program is loaded, and who is told to stop in that
 * time must end in order, too. The entry imports it before all else is loaded. The same signal again ends the process as it would any.
 */
const controller = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());

/** Aborted once somebody asked this process to stop. */
export const interruption: AbortSignal = controller.signal;
