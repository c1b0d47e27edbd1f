import { describe, expect, it } from 'vitest';
import { AutomationDefinition } from '#shared/contract/automations.ts';
import { conditionsIn, definitionOf, draftOf, emptyDraft, patternsIn, patternsText, unreadConditions } from './draft.ts';

describe('the form of an automation', () => {
  it('reads patterns and conditions as people write them', () => {
    expect(patternsIn('prod-*, /^v,[0-9]$/, staging ')).toEqual([{ kind: 'glob', text: 'prod-*' }, { kind: 'regex', text: '^v,[0-9]$' }, { kind: 'glob', text: 'staging' }]);
    expect(patternsText(patternsIn('a, /b/'))).toBe('a, /b/');
    expect(conditionsIn('eval.accuracy > 0.9\n\nname contains gemma\nflag exists')).toEqual([
      { path: 'eval.accuracy', comparison: '>', value: '0.9' }, { path: 'name', comparison: 'contains', value: 'gemma' }, { path: 'flag', comparison: 'exists', value: '' },
    ]);
    expect(unreadConditions('a > 1\nnonsense')).toEqual(['nonsense']);
  });

  it('says nothing until it is whole, and gives back what it was made from', () => {
    expect(definitionOf(emptyDraft, true)).toBeNull();
    const drafts = [
      { ...emptyDraft, name: 'tell', url: 'https://example.org/', scope: 'registry 3', aliases: 'prod-*', metadata: 'acc > 0.9', template: '{"a": "${alias}"}', bearerSecret: 'TOKEN' },
      { ...emptyDraft, name: 'metric', event: 'run.metric' as const, metric: 'acc >= 0.5', kind: 'notification' as const },
      { ...emptyDraft, name: 'mark', kind: 'set alias' as const, alias: 'seen', onlyBy: 'ada, ben' },
    ];
    for (const draft of drafts) {
      const definition = AutomationDefinition.parse(definitionOf(draft, true));
      expect(draftOf(definition)).toEqual({ ...draft, ...(draft.kind === 'webhook' ? {} : {}) });
    }
  });
});
