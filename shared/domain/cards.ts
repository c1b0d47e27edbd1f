/** Cards: Markdown with the sections that a type should have, and how many of them are filled. */
import { checkCardSectionName } from './names.ts';
import { accept, type Verdict } from './verdict.ts';

/** A section, which is one of the card's headings. */
export interface CardField {
	readonly name: string;
	readonly required: boolean;
}

export interface CardRule {
	/** Markdown to begin with. */
	readonly template: string;
	readonly fields: readonly CardField[];
}

const field = (name: string, required: boolean): CardField => ({ name, required });

/** What stands under a heading until somebody writes there is a comment, so that it never counts as written. */
function templateOf(sections: readonly (readonly [name: string, hint: string])[]): string {
	return sections.map(([name, hint]) => `## ${name}\n\n<!-- ${hint} -->\n`).join('\n');
}

const standardRules: Readonly<Record<string, CardRule>> = {
	model: {
		template: templateOf([['Summary', 'What it does, in two sentences.'], ['Intended use', 'Who should use it, and for what it is not meant.'], ['Training data', 'What it was trained on, with links to the dataset versions.'], ['Evaluation', 'How well it does, measured on what.'], ['Limitations', 'Where it fails.'], ['License', 'Under which terms it may be used.'], ['Contact', 'Whom to ask.']]),
		fields: [field('Summary', true), field('Intended use', true), field('Training data', false), field('Evaluation', true), field('Limitations', false), field('License', true), field('Contact', false)],
	},
	dataset: {
		template: templateOf([['Summary', 'What is in it, in two sentences.'], ['Source', 'Where it comes from.'], ['Structure', 'Files, fields, splits.'], ['Preparation', 'How it was cleaned and labelled.'], ['Limitations', 'What is missing or skewed.'], ['License', 'Under which terms it may be used.'], ['Contact', 'Whom to ask.']]),
		fields: [field('Summary', true), field('Source', true), field('Structure', false), field('Preparation', false), field('Limitations', false), field('License', true), field('Contact', false)],
	},
};

const anyRule: CardRule = { template: templateOf([['Summary', 'What it is, in two sentences.'], ['Use', 'How to use it.'], ['License', 'Under which terms it may be used.']]), fields: [field('Summary', true), field('Use', false), field('License', false)] };

/** What comes with Vitrine for a type. */
export function standardCardRule(type: string): CardRule {
	return Object.hasOwn(standardRules, type) ? standardRules[type]! : anyRule;
}

/** A rule that can be kept: names that can be headings, each once (case does not matter). */
export function checkCardRule(rule: CardRule): Verdict<CardRule> {
	const fields = new Map<string, CardField>();
	for (const one of rule.fields) {
		const name = checkCardSectionName(one.name);
		if (!name.ok) return name;
		if (!fields.has(headingKey(name.value))) fields.set(headingKey(name.value), { name: name.value, required: one.required });
	}
	return accept({ template: rule.template, fields: [...fields.values()] });
}

export interface CardCompleteness {
	readonly fields: readonly (CardField & { readonly filled: boolean })[];
	/** 0 to 1: filled sections among all, required ones counting twice. */
	readonly score: number;
	/** Required sections that are not filled. */
	readonly missing: readonly string[];
	readonly complete: boolean;
}

/** Which of the sections are filled. A section is filled when something stands under its heading that the template didn't put there. */
export function cardCompleteness(card: string, rule: CardRule): CardCompleteness {
	const written = sectionsOf(card);
	const given = sectionsOf(rule.template);
	const fields = rule.fields.map((one) => {
		const text = written.get(headingKey(one.name)) ?? '';
		return { ...one, filled: text !== '' && text !== given.get(headingKey(one.name)) };
	});
	const weight = (one: CardField): number => (one.required ? 2 : 1);
	const total = fields.reduce((sum, one) => sum + weight(one), 0);
	const filled = fields.reduce((sum, one) => sum + (one.filled ? weight(one) : 0), 0);
	const missing = fields.filter((one) => one.required && !one.filled).map((one) => one.name);
	return { fields, score: total === 0 ? (contentOf(card) === '' ? 0 : 1) : filled / total, missing, complete: missing.length === 0 };
}

function headingKey(name: string): string {
	return name.normalize('NFC').trim().toLowerCase();
}

/** Text without comments and the spaces around it. */
function contentOf(text: string): string {
	return text.replaceAll(/<!--[\s\S]*?(?:-->|$)/g, '').trim();
}

/** What stands under each heading of a Markdown text, deeper headings included. Lines of fenced code are no headings. */
function sectionsOf(card: string): ReadonlyMap<string, string> {
	const sections = new Map<string, string>();
	const open: { readonly key: string; readonly level: number; readonly lines: string[] }[] = [];
	const close = (level: number): void => {
		while (open.length > 0 && (open.at(-1)?.level ?? 0) >= level) {
			const section = open.pop();
			if (section === undefined) continue;
			const content = contentOf(section.lines.join('\n'));
			if (content !== '' || !sections.has(section.key)) sections.set(section.key, content);
		}
	};
	let fence: string | null = null;
	for (const line of card.split(/\r\n|\r|\n/)) {
		const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
		if (mark !== undefined && (fence === null || (mark.startsWith(fence) && line.trim() === mark))) fence = fence === null ? mark : null;
		const heading = fence === null && mark === undefined ? /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/.exec(line) : null;
		if (heading === null) {
			for (const section of open) section.lines.push(line);
			continue;
		}
		const level = heading[1]!.length;
		close(level);
		open.push({ key: headingKey(heading[2] ?? ''), level, lines: [] });
	}
	close(1);
	return sections;
}
