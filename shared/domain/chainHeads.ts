/** The head of the history's chain as a line of text, which a person can copy and which is what a signature covers. */

export interface Head {
	readonly catalogId: string;
	readonly events: number;
	/** 64 hex digits. */
	readonly head: string;
	/** ISO 8601 UTC with milliseconds. */
	readonly at: string;
}

const beginning = 'vitrine-head';

/** `vitrine-head 1 <catalog> <events> <hash> <time>` */
export function headLine(head: Head): string {
	return [beginning, '1', head.catalogId, head.events, head.head, head.at].join(' ');
}

/** The head that a line states, or null when it is none. Anything around it is left out. */
export function parseHeadLine(text: string): Head | null {
	const match = /\bvitrine-head 1 ([^\s]{1,64}) (\d{1,15}) ([0-9a-f]{64}) (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)(?!\S)/u.exec(text);
	if (!match) return null;
	const [, catalogId = '', events = '', head = '', at = ''] = match;
	return { catalogId, events: Number(events), head, at };
}
