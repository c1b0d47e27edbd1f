/** Characters that the name of an automation has at most. */
export const longestAutomationName = 128;

/** What a copy is called: “tell copy”, “tell copy 2”, never too long. */
export function nameOfCopy(name: string, taken: readonly string[]): string {
	for (let number = 1; ; number++) {
		const ending = number === 1 ? ' copy' : ` copy ${number}`;
		const candidate = `${name.slice(0, longestAutomationName - ending.length).trimEnd()}${ending}`;
		if (!taken.includes(candidate)) return candidate;
	}
}
