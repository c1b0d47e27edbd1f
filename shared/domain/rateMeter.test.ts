import { describe, expect, it } from 'vitest';
import { rateMeter, type Counted } from './rateMeter.ts';

const at = (done: number, total: number | null = 1000, phase = 'hashing'): Counted => ({ phase, done, total });

describe('rateMeter', () => {
	it('says nothing before it knows, then rate and time left', () => {
		const meter = rateMeter();
		expect(meter.add(at(0), 0)).toEqual({ rate: null, secondsLeft: null });
		expect(meter.add(at(100), 1000)).toEqual({ rate: 100, secondsLeft: 9 });
		expect(meter.add(at(400, null), 2000)).toEqual({ rate: 200, secondsLeft: null });
	});

	it('begins anew with another phase', () => {
		const meter = rateMeter();
		meter.add(at(0), 0);
		meter.add(at(900), 1000);
		expect(meter.add(at(0, 500, 'writing'), 1100)).toEqual({ rate: null, secondsLeft: null });
	});

	it('looks at the last seconds only', () => {
		const meter = rateMeter();
		for (let second = 0; second <= 10; second += 1) meter.add(at(second * 100), second * 1000);
		expect(meter.add(at(1000), 15_000).rate).toBe(0);
	});
});
