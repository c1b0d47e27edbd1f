/** Tables as text for spreadsheets (RFC 4180). */

/** Quoted where it must be. What a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers. */
export function csvCell(value: string | number | boolean | null): string {
	if (value === null) return '';
	if (typeof value !== 'string') return String(value);
	const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
	return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** One line with its end. */
export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
	return `${cells.map(csvCell).join(',')}\r\n`;
}

/** What an event is written from: the wire's shape, as far as it is needed. */
export interface WrittenEvent {
	readonly id: number;
	readonly at: string;
	readonly actor: { readonly username: string };
	readonly entrance: string;
	readonly kind: string;
	readonly subject: { readonly kind: string; readonly id: number; readonly label: string; readonly address: string | null };
	readonly before: unknown;
	readonly after: unknown;
	readonly message: string | null;
}

export const historyCsvHead = csvLine(['number', 'at', 'who', 'through', 'what', 'object', 'object_id', 'on', 'address', 'before', 'after', 'why']);

export function historyCsvLine(event: WrittenEvent): string {
	const { subject } = event;
	const value = (side: unknown): string => (side === null ? '' : JSON.stringify(side));
	return csvLine([
		String(event.id), event.at, event.actor.username, event.entrance, event.kind, subject.kind, String(subject.id), subject.label, subject.address ?? '', value(event.before), value(event.after), event.message ?? '',
	]);
}
