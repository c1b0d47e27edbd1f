import { describe, expect, it } from 'vitest';
import type { HistoryEvent } from '#shared/contract/index.ts';
import { writeEvents } from './writeOut.ts';

const event = {
  id: 7, at: '2026-05-03T10:00:00.000Z', actor: { id: 1, username: 'mara', displayName: 'Mara', kind: 'person' }, entrance: 'cli', kind: 'alias.moved',
  subject: { kind: 'link', id: 3, label: 'Models/gemma:v3', address: 'vitrine://registry/Models/gemma/v3' }, before: { alias: 'production', index: 2 }, after: { alias: 'production', index: 3 }, message: '=HYPERLINK("http://x")\nwhy',
} as unknown as HistoryEvent;

describe('events written out', () => {
  it('come back from JSON lines as they were', () => {
    const lines = writeEvents([event, event], 'jsonl').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([event, event]);
  });

  it('keep commas, quotes and line ends inside their cell, and run no formula in a spreadsheet', () => {
    const csv = writeEvents([event], 'csv');
    expect(csv.split('\r\n')[0]).toBe('id,at,actor,entrance,kind,subject,address,before,after,message');
    expect(csv).toContain('"{""alias"":""production"",""index"":2}"');
    expect(csv).toContain(`"'=HYPERLINK(""http://x"")\nwhy"`);
  });
});
