import fc from 'fast-check';
import { expect, it } from 'vitest';
import { indented, indentedMessage } from './payload.ts';

it('indents the body of a message and leaves everything else as it was', () => {
  const head = 'POST https://example.org/hook\ncontent-type: application/json';
  expect(indentedMessage(`${head}\n\n{"alias":"production", "was":[1,2],"none":{}}`)).toBe(`${head}\n\n{\n  "alias": "production",\n  "was": [\n    1,\n    2\n  ],\n  "none": {}\n}`);
  // What was cut off, and what is no JSON.
  for (const body of ['{"alias": "prod', 'plain\n\ntext', '']) expect(indentedMessage(`${head}\n\n${body}`)).toBe(`${head}\n\n${body}`);
  expect(indentedMessage('"/bin/sh" "job.sh"\nin /srv')).toBe('"/bin/sh" "job.sh"\nin /srv');
  // A log shows what was sent, not what JavaScript would make of it.
  expect(indented('{"a":12345678901234567890,"a":1.0,"b":"\\u00e9, [x]: \\"{}\\""}')).toBe('{\n  "a": 12345678901234567890,\n  "a": 1.0,\n  "b": "\\u00e9, [x]: \\"{}\\""\n}');
});

it('writes whatever is JSON as JavaScript would indent it', () => {
  fc.assert(fc.property(fc.json(), (json) => {
    const written = JSON.stringify(JSON.parse(json));
    expect(indented(written)).toBe(JSON.stringify(JSON.parse(written), null, 2));
  }));
});
