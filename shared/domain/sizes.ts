/** Amounts of bytes. Shown in binary units, as disks and memory are counted; exact wherever someone looks closer. */

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const;

/** `0 B`, `512 B`, `1.50 KiB`, `20.3 MiB`, `512 MiB`: three digits that mean something, never more than there are. */
export function formatSize(bytes: number): string {
	if (!Number.isFinite(bytes)) return 'unknown size';
	const sign = bytes < 0 ? '-' : '';
	let amount = Math.abs(bytes);
	let unit = 0;
	// 1023.95 would be shown as 1024: what rounds up to the next unit is shown in it.
	while (unit < units.length - 1 && Number(amount.toFixed(unit === 0 ? 0 : decimals(amount))) >= 1024) {
		amount /= 1024;
		unit++;
	}
	return `${sign}${unit === 0 ? String(Math.round(amount)) : amount.toFixed(decimals(amount))} ${units[unit]}`;
}

function decimals(amount: number): number {
	if (Math.round(amount * 10) / 10 >= 100) return 0;
	return Math.round(amount * 100) / 100 >= 10 ? 1 : 2;
}

/** `1,610,612,736 bytes`. */
export function formatExactSize(bytes: number): string {
	return bytes === 1 ? '1 byte' : `${groupDigits(bytes)} bytes`;
}

/** `1,234,567`: grouped by comma whatever the system's language, as all text of the product is English. */
export function groupDigits(number: number): string {
	const [whole, fraction] = String(number).split('.');
	const grouped = whole!.replace(/\B(?=(?:\d{3})+$)/g, ',');
	return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

const factors: ReadonlyMap<string, number> = new Map(
	['', 'k', 'm', 'g', 't', 'p', 'e'].flatMap((letter, power) => ['', 'b', 'ib'].map((ending): [string, number] => [letter + ending, 1024 ** power])).filter(([unit]) => unit !== 'ib'),
);

/**
 * Bytes behind `10`, `512B`, `1.5 GB`, `2GiB`, `300k`. All units are binary: GB and GiB are both 1,073,741,824 bytes.
 * Null when it can't be read or is not a number of bytes that can be exact.
 */
export function parseSize(text: string): number | null {
	const match = /^([0-9]{1,19}(?:\.[0-9]{1,9})?) ?([a-z]{0,3})$/i.exec(text);
	const factor = match && factors.get(match[2]!.toLowerCase());
	if (!match || factor === undefined || factor === null) return null;
	const bytes = Math.round(Number(match[1]) * factor);
	return Number.isSafeInteger(bytes) ? bytes : null;
}

/** The shortest text that {@link parseSize} reads as exactly these bytes: `1GiB`, `1536MiB`, `1001B`. */
export function formatSizeText(bytes: number): string {
	let amount = bytes;
	let unit = 0;
	while (amount !== 0 && amount % 1024 === 0 && unit < units.length - 1) {
		amount /= 1024;
		unit++;
	}
	return `${amount}${units[unit]}`;
}
