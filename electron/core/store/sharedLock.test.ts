import { describe, expect, it } from 'vitest';
import { SharedLock } from './sharedLock.ts';

function gate(): { readonly open: () => void; readonly opened: Promise<void> } {
	const { promise, resolve } = Promise.withResolvers<void>();
	return { open: resolve, opened: promise };
}

describe('the shared lock', () => {
	it('lets many share, and one have it alone', async () => {
		const lock = new SharedLock(60_000);
		const order: string[] = [];
		const first = gate();
		const sharing = [lock.shared(async () => { order.push('a'); await first.opened; }), lock.shared(async () => { order.push('b'); await first.opened; })];
		const alone = lock.alone(async () => { order.push('alone'); });
		// A patient one waits, and others still come in before it.
		const third = lock.shared(async () => { order.push('c'); });
		await third;
		expect(order).toEqual(['a', 'b', 'c']);
		first.open();
		await Promise.all([...sharing, alone]);
		expect(order).toEqual(['a', 'b', 'c', 'alone']);
	});

	it('keeps new sharers out once patience has ended, and only until then', async () => {
		const lock = new SharedLock(0);
		const order: string[] = [];
		const first = gate();
		const sharing = lock.shared(async () => await first.opened);
		const alone = lock.alone(async () => { order.push('alone'); });
		await new Promise((resolve) => setTimeout(resolve, 20));
		const late = lock.shared(async () => { order.push('late'); });
		await Promise.resolve();
		expect(order).toEqual([]);
		first.open();
		await Promise.all([sharing, alone, late]);
		expect(order).toEqual(['alone', 'late']);
		await lock.shared(async () => { order.push('after'); });
		expect(order.at(-1)).toBe('after');
	});

	it('is free again after a failure', async () => {
		const lock = new SharedLock(0);
		await expect(lock.alone(async () => await Promise.reject(new Error('x')))).rejects.toThrow('x');
		await expect(lock.shared(async () => await Promise.reject(new Error('y')))).rejects.toThrow('y');
		await expect(lock.alone(async () => 'fine')).resolves.toBe('fine');
	});
});
