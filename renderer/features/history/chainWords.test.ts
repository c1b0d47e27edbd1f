import { describe, expect, it } from 'vitest';
import { notedHeads } from './chain.ts';
import { faultTitle, headsSaid } from './chainWords.ts';

const head = (events: number, agrees: boolean) => ({ catalogId: 'c', events, head: 'a'.repeat(64), at: '2026-05-03T00:00:00.000Z' as never, signature: null, publicKey: null, agrees, from: 'given' as const });

describe('what a walk along the chain found', () => {
  it('names the event and what happened to it', () => {
    expect(faultTitle({ firstBroken: 1234, fault: { kind: 'removed', eventId: 1234, explanation: '' } })).toBe('Event 1,234 is missing.');
    expect(faultTitle({ firstBroken: 7, fault: null })).toBe('The chain breaks at event 7.');
    expect(faultTitle({ firstBroken: null, fault: null })).toBe('The chain is broken.');
  });

  it('says how far noted heads vouch for it, and when one does not agree', () => {
    expect(headsSaid({ heads: [] })).toBeNull();
    expect(headsSaid({ heads: [head(12, true)] })).toBe('The noted head agrees: nothing up to event 12 was changed since it was noted.');
    expect(headsSaid({ heads: [head(12, true), head(9, true)] })).toBe('All 2 noted heads agree: nothing up to event 12 was changed since it was noted.');
    expect(headsSaid({ heads: [head(12, true), head(9, false)] })).toBe('1 noted head of 2 doesn’t agree: since it was noted, something before it was changed.');
  });
});

describe('heads as they are pasted', () => {
  it('are one for each line, or one for each object', () => {
    expect(notedHeads(' \n')).toEqual([]);
    expect(notedHeads('one\n\r\n two ')).toEqual(['one', 'two']);
    expect(notedHeads('{\n "a": 1\n}\n{"a": 2}')).toEqual(['{\n "a": 1\n}', '{"a": 2}']);
  });
});
