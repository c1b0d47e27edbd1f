import { setTimeout as pause } from 'node:timers/promises';
import { systemCode } from './fileErrors.ts';

/** Others of this process let go of theirs within milliseconds; what holds on longer won't. */
const attempts = 200;
const pauseMilliseconds = 20;

function isOutOfDescriptors(error: unknown): boolean {
	return systemCode(error) === 'EMFILE' || systemCode(error) === 'ENFILE';
}

/** Opens something; where the process has no descriptor free, lets go of our own ones first and then waits for others'. */
export async function withFreeDescriptors<Result>(work: () => Promise<Result>, letGo: () => Promise<void>): Promise<Result> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await work();
		} catch (error) {
			if (!isOutOfDescriptors(error) || attempt === attempts) throw error;
			if (attempt === 1) await letGo();
			else await pause(pauseMilliseconds);
		}
	}
}

const nothing = new Int32Array(new SharedArrayBuffer(4));

/** The same for work that must not yield to other jobs of its thread. */
export function onceDescriptorsAreFree<Result>(open: () => Result): Result {
	for (let attempt = 1; ; attempt++) {
		try {
			return open();
		} catch (error) {
			if (!isOutOfDescriptors(error) || attempt === attempts) throw error;
			Atomics.wait(nothing, 0, 0, pauseMilliseconds);
		}
	}
}
