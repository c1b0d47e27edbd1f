import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatExactSize, formatSize, formatSizeText, groupDigits, parseSize } from './sizes.ts';

test.each([
	[0, '0 B'],
	[1, '1 B'],
	[1023, '1023 B'],
	[1024, '1.00 KiB'],
	[1536, '1.50 KiB'],
	[10_240, '10.0 KiB'],
	[102_400, '100 KiB'],
	[1024 * 1023.99, '1.00 MiB'],
	[1024 * 1023.4, '1023 KiB'],
	[1024 * 99.96, '100 KiB'],
	[5 * 1024 ** 3, '5.00 GiB'],
	[Number.MAX_SAFE_INTEGER, '8.00 PiB'],
	[-2048, '-2.00 KiB'],
	[NaN, 'unknown size'],
])('%d is %s', (bytes, text) => {
	expect(formatSize(bytes)).toBe(text);
});

test('exact', () => {
	expect(formatExactSize(1)).toBe('1 byte');
	expect(formatExactSize(1_610_612_736)).toBe('1,610,612,736 bytes');
	expect(groupDigits(1234.5)).toBe('1,234.5');
	expect(groupDigits(999)).toBe('999');
});

test('reading', () => {
	expect(parseSize('10')).toBe(10);
	expect(parseSize('1.5 GB')).toBe(1.5 * 1024 ** 3);
	for (const unit of ['m', 'M', 'MB', 'mib', 'MiB']) expect(parseSize(`2${unit}`)).toBe(2 * 1024 ** 2);
	for (const wrong of ['', 'GB', '-1', '1 XB', '1e3', '9999999EB', '1..5', ' 1', '1ib']) expect(parseSize(wrong)).toBeNull();
});

test('what is written for a query is read as the same bytes', () => {
	fc.assert(fc.property(fc.oneof(fc.maxSafeNat(), fc.tuple(fc.nat(2000), fc.nat(4)).map(([amount, power]) => amount * 1024 ** power)), (bytes) => { expect(parseSize(formatSizeText(bytes))).toBe(bytes); }));
});

test('never four digits above bytes, never two different orders', () => {
	fc.assert(
		fc.property(fc.nat().chain((low) => fc.nat(6 * 1024 ** 2).map((high) => high * 1024 ** 3 + low)), (bytes) => {
			const [amount, unit] = formatSize(bytes).split(' ');
			if (unit !== 'B') expect(Number(amount)).toBeLessThan(1024);
			expect(Math.abs(parseSize(`${amount}${unit}`)! - bytes)).toBeLessThanOrEqual(bytes * 0.006 + 0.5);
		}),
	);
});
