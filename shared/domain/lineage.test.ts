import { describe, expect, it } from 'vitest';
import { checkEdgeRemoval, checkNewEdge, longestReason, type EdgeEnd } from './lineage.ts';
import { explainViolation } from './violations.ts';

const data: EdgeEnd = { kind: 'version', id: 1, label: 'vision/data:v0' };
const model: EdgeEnd = { kind: 'version', id: 2, label: 'vision/model:v0' };
const training: EdgeEnd = { kind: 'run', id: 1, label: 'vision/training' };
const other: EdgeEnd = { kind: 'run', id: 2, label: 'vision/other' };
const none = { standing: null, comesFromItself: false };

const ruleOf = (verdict: ReturnType<typeof checkNewEdge>): string => (verdict.ok ? 'accepted' : verdict.violation.rule);

describe('an edge drawn by hand', () => {
  it('needs a reason, and keeps it trimmed', () => {
    expect(checkNewEdge(data, model, '  converted ', none)).toEqual({ ok: true, value: 'converted' });
    expect(ruleOf(checkNewEdge(data, model, ' \n ', none))).toBe('empty');
    expect(ruleOf(checkNewEdge(data, model, '𝛼'.repeat(longestReason), none))).toBe('accepted');
    const long = checkNewEdge(data, model, '𝛼'.repeat(longestReason + 1), none);
    expect(long).toMatchObject({ ok: false, violation: { rule: 'too-long', part: { text: '𝛼', offset: 2 * longestReason, position: longestReason + 1 } } });
  });

  it('joins versions and runs, but no two runs, and nothing with itself', () => {
    for (const [from, to] of [[data, training], [training, model], [data, model]] as const) expect(ruleOf(checkNewEdge(from, to, 'why', none))).toBe('accepted');
    expect(ruleOf(checkNewEdge(training, other, 'why', none))).toBe('edge-between-runs');
    expect(ruleOf(checkNewEdge(data, data, 'why', none))).toBe('edge-to-itself');
    // The same number, but another kind of thing.
    expect(ruleOf(checkNewEdge(data, training, 'why', none))).toBe('accepted');
  });

  it('closes no circle and repeats nothing that a run has told', () => {
    expect(ruleOf(checkNewEdge(data, model, 'why', { standing: null, comesFromItself: true }))).toBe('edge-closes-cycle');
    expect(ruleOf(checkNewEdge(data, training, 'why', { standing: { byHand: false }, comesFromItself: false }))).toBe('edge-reported');
    expect(ruleOf(checkNewEdge(data, training, 'why', { standing: { byHand: true }, comesFromItself: false }))).toBe('accepted');
  });

  it('is taken away by hand only where a hand drew it', () => {
    expect(checkEdgeRemoval(data, model, { byHand: true }).ok).toBe(true);
    for (const standing of [null, { byHand: false }]) {
      const verdict = checkEdgeRemoval(data, model, standing);
      expect(verdict.ok).toBe(false);
      if (!verdict.ok) expect(explainViolation(verdict.violation)).toContain('vision/data:v0');
    }
  });
});
