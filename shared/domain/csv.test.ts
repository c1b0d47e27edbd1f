import { expect, test } from 'vitest';
import { csvLine } from './csv.ts';

test('numbers stay numbers, formulas become text, quotes are doubled', () => {
	expect(csvLine([-1.5, '-1.5', '=1+1', '@x', '+a', '\tb', 'a,b', 'say "hi"', 'two\nlines', true, null, ''])).toBe('-1.5,\'-1.5,\'=1+1,\'@x,\'+a,\'\tb,"a,b","say ""hi""","two\nlines",true,,\r\n');
});
