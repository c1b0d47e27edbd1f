import { beforeEach, describe, expect, it } from 'vitest';
import { formatPlace, parsePlace, type Place } from '#shared/domain/places.ts';
import { crumbsOf, titleOf } from './describe.ts';
import { canGoBack, canGoForward, currentPlace, goBack, goForward, navigate, resetNavigation, useNavigation } from './history.ts';
import { memoryKey, memoryOf } from './memory.ts';

const selector = { kind: 'number', number: 3 } as const;
const places: readonly Place[] = [
  { place: 'start' }, { place: 'registries' }, { place: 'projects' }, { place: 'storage' }, { place: 'trash' },
  { place: 'registry', registry: 'Models' },
  { place: 'collection', registry: 'Models', collection: 'gemma fine & tuned?' },
  { place: 'linked version', registry: 'Models', collection: 'gemma', selector, tab: 'files', file: 'a/b c.txt' },
  { place: 'linked version', registry: 'Models', collection: 'gemma', selector: { kind: 'alias', alias: 'production' } },
  { place: 'project', entity: 'team', project: 'vision' },
  { place: 'artifact', entity: 'team', project: 'vision', artifact: 'resnet' },
  { place: 'source version', entity: 'team', project: 'vision', artifact: 'resnet', selector },
  { place: 'run', entity: 'team', project: 'vision', run: 'abc12345' },
  { place: 'lineage', focus: { place: 'run', entity: 'team', project: 'vision', run: 'abc12345' } },
  { place: 'search', query: 'type:model "two words" metadata.acc>0.9' },
  { place: 'alias board' }, { place: 'alias board', registry: 'Models' },
  { place: 'history' }, { place: 'sync' }, { place: 'settings', section: 'appearance' },
];

beforeEach(() => resetNavigation());

describe('places', () => {
  it.each(places)('keeps its address: $place', (place) => {
    expect(parsePlace(formatPlace(place))).toEqual({ ok: true, value: place });
  });

  it.each(places)('has words and a way up: $place', (place) => {
    const crumbs = crumbsOf(place);
    expect(crumbs.length).toBeGreaterThan(0);
    for (const crumb of crumbs) {
      expect(crumb.label).not.toBe('');
      expect(parsePlace(formatPlace(crumb.place)).ok).toBe(true);
    }
    expect(titleOf(place)).not.toBe('');
  });

  it('remembers a version under one key whatever tab is shown', () => {
    const [overview, files] = [
      { place: 'linked version', registry: 'M', collection: 'c', selector } as const,
      { place: 'linked version', registry: 'M', collection: 'c', selector, tab: 'files', file: 'x' } as const,
    ];
    expect(memoryKey(overview)).toBe(memoryKey(files));
    expect(memoryKey(overview)).not.toBe(memoryKey({ ...overview, collection: 'd' }));
  });

  it('forgets the places longest unseen', () => {
    memoryOf('first').set('scroll', 1);
    for (let index = 0; index < 250; index += 1) memoryOf(`place ${index}`);
    expect(memoryOf('place 249').size).toBe(0);
    expect(memoryOf('first').has('scroll')).toBe(false);
  });
});

describe('going about', () => {
  it('goes back and forward, and forgets what lay ahead when it goes elsewhere', () => {
    navigate({ place: 'registries' });
    navigate({ place: 'registry', registry: 'Models' });
    expect(canGoForward()).toBe(false);
    goBack();
    expect(currentPlace()).toEqual({ place: 'registries' });
    goForward();
    expect(currentPlace()).toEqual({ place: 'registry', registry: 'Models' });
    goBack();
    goBack();
    goBack();
    expect(currentPlace()).toEqual({ place: 'start' });
    expect(canGoBack()).toBe(false);
    navigate({ place: 'trash' });
    expect(canGoForward()).toBe(false);
    expect(useNavigation.getState().stack).toHaveLength(2);
  });

  it('makes no step to where it is, nor for what stands in the present place', () => {
    navigate({ place: 'start' });
    expect(canGoBack()).toBe(false);
    navigate({ place: 'search', query: 'a' });
    navigate({ place: 'search', query: 'ab' }, { replace: true });
    navigate({ place: 'search', query: 'abc' }, { replace: true });
    goBack();
    expect(currentPlace()).toEqual({ place: 'start' });
  });

  it('forgets the deepest steps', () => {
    for (let index = 0; index < 300; index += 1) navigate({ place: 'search', query: String(index) });
    expect(useNavigation.getState().stack).toHaveLength(100);
    expect(currentPlace()).toEqual({ place: 'search', query: '299' });
  });
});
