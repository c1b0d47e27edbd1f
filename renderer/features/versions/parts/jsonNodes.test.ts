import { describe, expect, it } from 'vitest';
import { filterJson, jsonNodes, kindOfJson, unfoldedAtFirst } from './jsonNodes.ts';

const sample = { acc: 0.93, note: 'wide layers', layers: [{ width: 32 }, { width: 64 }], nothing: null, 'odd key': { deep: true } };

describe('jsonNodes', () => {
  it('gives each value its kind and the way to it', () => {
    const nodes = jsonNodes(sample);
    expect(nodes.map((node) => `${node.data.path} ${node.data.kind}`)).toEqual(['acc number', 'note text', 'layers list', 'nothing nothing', '["odd key"] object']);
    expect(nodes[2]?.children?.[1]?.children?.[0]?.data.path).toBe('layers[1].width');
    expect(kindOfJson(false)).toBe('truth');
  });

  it('unfolds as long as it stays short', () => {
    expect(unfoldedAtFirst(jsonNodes(sample)).has('layers[0]')).toBe(true);
    expect(unfoldedAtFirst(jsonNodes({ list: Array.from({ length: 300 }, () => 1) })).size).toBe(0);
  });
});

describe('filterJson', () => {
  it('keeps what matches, with the way to it', () => {
    const { nodes, unfolded, hits } = filterJson(sample, '64');
    expect(hits).toBe(1);
    expect(nodes.map((node) => node.id)).toEqual(['layers']);
    expect([...unfolded].sort()).toEqual(['layers', 'layers[1]']);
  });

  it('keeps everything below a key that matches', () => {
    const { nodes } = filterJson(sample, 'LAYERS');
    expect(nodes.map((node) => node.id)).toEqual(['note', 'layers']);
    expect(nodes[1]?.children).toHaveLength(2);
  });
});
