/** How fast work goes and how long it still takes, from its progress over the last seconds. */

/** How far work is; `phase` names what is counted. */
export type Counted = { readonly phase: string; readonly done: number; readonly total: number | null };

/** Units per second, and seconds until the total; null while unknown. */
export type Pace = { readonly rate: number | null; readonly secondsLeft: number | null };
export type RateMeter = { add(progress: Counted, now: number): Pace };

/** Milliseconds over which the rate is taken: long enough not to flicker, short enough to follow. */
const window = 5000;

export function rateMeter(): RateMeter {
	let phase: string | null = null;
	let samples: { readonly at: number; readonly done: number }[] = [];
	return {
		add(progress, now) {
			// Another phase counts something else: its rate begins anew.
			if (progress.phase !== phase) samples = [];
			phase = progress.phase;
			samples.push({ at: now, done: progress.done });
			const begin = samples.findLastIndex((sample) => now - sample.at >= window);
			if (begin > 0) samples = samples.slice(begin);
			const first = samples[0];
			if (first === undefined || now - first.at < 500) return { rate: null, secondsLeft: null };
			const rate = ((progress.done - first.done) / (now - first.at)) * 1000;
			const secondsLeft = progress.total === null || rate <= 0 ? null : Math.max(0, progress.total - progress.done) / rate;
			return { rate, secondsLeft };
		},
	};
}
