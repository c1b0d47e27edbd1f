/** Names that runs get which nobody named: `calm-meadow-12`. */

const adjectives = [
	'amber', 'apt', 'autumn', 'azure', 'bold', 'brave', 'breezy', 'bright', 'brisk', 'calm', 'clear', 'clever', 'cool', 'cosmic', 'crisp', 'curious', 'dashing', 'dawn', 'deep', 'drifting', 'dry', 'eager', 'early',
	'earnest', 'easy', 'fair', 'fancy', 'fearless', 'floral', 'fluent', 'fresh', 'gentle', 'giddy', 'glad', 'glowing', 'golden', 'graceful', 'grand', 'happy', 'hardy', 'honest', 'jolly', 'keen', 'kind', 'laced',
	'light', 'lively', 'lucid', 'lunar', 'mellow', 'merry', 'mild', 'misty', 'noble', 'northern', 'olive', 'patient', 'playful', 'polar', 'proud', 'quick', 'quiet', 'rare', 'rosy', 'royal', 'rural', 'scarlet',
	'serene', 'silver', 'snowy', 'solar', 'sparkling', 'spring', 'stellar', 'still', 'summer', 'sunny', 'super', 'swift', 'tidy', 'tranquil', 'upbeat', 'valiant', 'vivid', 'warm', 'wild', 'winter', 'wise', 'young',
] as const;

const nouns = [
	'aurora', 'badger', 'bay', 'bird', 'blaze', 'bloom', 'breeze', 'brook', 'canyon', 'cedar', 'cloud', 'comet', 'coral', 'cosmos', 'creek', 'crow', 'dawn', 'deer', 'delta', 'dew', 'dream', 'dune', 'eagle', 'elm',
	'ember', 'falcon', 'fern', 'field', 'fire', 'fjord', 'flower', 'fog', 'forest', 'fox', 'frost', 'galaxy', 'glacier', 'glade', 'grove', 'harbor', 'hare', 'haze', 'heron', 'hill', 'lake', 'leaf', 'lion', 'maple',
	'meadow', 'mist', 'moon', 'moss', 'mountain', 'night', 'oak', 'ocean', 'orchid', 'otter', 'owl', 'paper', 'pine', 'planet', 'plain', 'pond', 'prairie', 'rain', 'reef', 'ridge', 'river', 'robin', 'sea', 'shadow',
	'sky', 'snow', 'sound', 'spruce', 'star', 'stone', 'storm', 'stream', 'sun', 'sunset', 'terrain', 'thunder', 'tree', 'valley', 'violet', 'water', 'wave', 'wildflower', 'willow', 'wind', 'wood', 'yogurt',
] as const;

/** `random` gives numbers in [0, 1); `number` is which run of its project it is, from 1. */
export function runName(number: number, random: () => number): string {
	const pick = (words: readonly string[]): string => words[Math.min(words.length - 1, Math.floor(random() * words.length))]!;
	return `${pick(adjectives)}-${pick(nouns)}-${number}`;
}
