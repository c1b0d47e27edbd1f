import { array, assert, integer, property, string, uniqueArray } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSystemAlias } from './AliasChip.tsx';
import { arrangeColumns, columnTemplate, hideColumn, moveColumn, resizeColumn, UNCHANGED_COLUMNS } from './data-table-columns.ts';
import type { Column } from './data-table-columns.ts';
import { formatQuantity, formatRelativeTime, initials, shortDigest } from './format.ts';
import { HUE_COUNT, hueOf } from './hue.ts';
import { keyCaps, keyText } from './keyboard.ts';
import { matchScore, rank } from './rank.ts';
import { ALL_SELECTED, isSelected, NOTHING_SELECTED, selectIds, selectionSize, toggleSelected, withSelected } from './selection.ts';
import { flattenTree } from './tree-rows.ts';
import type { TreeNode } from './tree-rows.ts';
import { createTypeAhead, writesLetter } from './type-ahead.ts';

describe('words and numbers', () => {
  const now = new Date(2026, 10, 22, 12).getTime();
  test.each([
    [0, 'just now'],
    [60_000, '1 min ago'],
    [3_600_000, '1 h ago'],
    [26 * 3_600_000, 'yesterday'],
    [5 * 86_400_000, '5 d ago'],
    [60 * 86_400_000, '23 Sep'],
    [400 * 86_400_000, '18 Oct 2025'],
    [-7_200_000, 'in 2 h'],
    [Number.NaN, '–'],
  ])('%d ms before now is "%s"', (distance, words) => {
    expect(formatRelativeTime(now - distance, now)).toBe(words);
  });

  test('one is singular, everything else isn’t', () => {
    expect([0, 1, 12_480].map((count) => formatQuantity(count, 'alias', 'aliases'))).toEqual(['0 aliases', '1 alias', '12,480 aliases']);
  });

  test('digests are shortened behind their algorithm, names to their ends', () => {
    expect([shortDigest('sha256:9f86d081884c'), shortDigest('9f86d081884c')]).toEqual(['9f86d081', '9f86d081']);
    expect(['Ada King Lovelace', 'ada', '', 'grace.hopper'].map(initials)).toEqual(['AL', 'A', '?', 'GH']);
  });

  test('a name has one hue, and names use them all', () => {
    const used = new Set(Array.from({ length: 400 }, (_, index) => hueOf(`registry ${index}`)));
    expect(used.size).toBe(HUE_COUNT);
    expect(hueOf('Production models')).toBe(hueOf('Production models'));
  });

  test('system aliases are latest and v with digits, nothing else', () => {
    expect(['latest', 'v0', 'v12', 'v', 'v1a', 'Latest', 'production'].map(isSystemAlias)).toEqual([true, true, true, false, false, false, false]);
  });
});

describe('keys', () => {
  test('are drawn in the signs of the platform', () => {
    expect(keyCaps('$mod+Shift+k', false)).toEqual([['Ctrl', 'Shift', 'K']]);
    expect(keyCaps('$mod+Shift+k', true)).toEqual([['⌘', '⇧', 'K']]);
    expect(keyCaps('g r', false)).toEqual([['G'], ['R']]);
    expect(keyCaps('$mod++', false)).toEqual([['Ctrl', '+']]);
    expect(keyText('g r', false)).toBe('G then R');
  });

  test('letters typed quickly make a prefix, a pause begins anew', () => {
    const typeAhead = createTypeAhead();
    expect([typeAhead.press('m', 0), typeAhead.press('I', 300), typeAhead.press('x', 1_400)]).toEqual(['m', 'mi', 'x']);
    expect([typeAhead.isTyping(1_500), typeAhead.isTyping(3_000)]).toEqual([true, false]);
  });

  test('keys with Ctrl, Alt or Cmd and named keys write nothing', () => {
    const plain = { ctrlKey: false, metaKey: false, altKey: false };
    expect(writesLetter({ ...plain, key: 'a' })).toBe(true);
    expect(writesLetter({ ...plain, key: 'Enter' })).toBe(false);
    expect(writesLetter({ ...plain, key: ' ' })).toBe(false);
    expect(writesLetter({ ...plain, key: 'a', ctrlKey: true })).toBe(false);
  });
});

describe('ranking', () => {
  test('the same, then a beginning, then a word, then a middle, then letters, then nothing', () => {
    const scores = ['link', 'link to', 'unlink link', 'unlink', 'log in now kept', 'delete'].map((text) => matchScore(text, 'link'));
    expect(scores).toEqual([...scores].sort((one, other) => other - one));
    expect(new Set(scores).size).toBe(scores.length);
    expect(scores.at(-1)).toBe(0);
  });

  test('accents, case and the order of words don’t matter', () => {
    expect(matchScore('Évaluation', 'eval')).toBeGreaterThan(0.9);
    expect(matchScore('New registry', 'reg new')).toBeGreaterThan(0);
  });

  test('an item is found by its keywords, and without a query nothing is left out', () => {
    const items = [{ label: 'Dark theme', keywords: ['night'] }, { label: 'Link to…' }];
    expect(rank(items, 'night').map((item) => item.label)).toEqual(['Dark theme']);
    expect(rank(items, ' ')).toBe(items);
  });

  test('every beginning of a text finds it', () => {
    assert(
      property(string({ minLength: 1, maxLength: 30 }), integer({ min: 1, max: 30 }), (text, length) => {
        expect(matchScore(text, text.slice(0, length))).toBeGreaterThan(0);
      }),
    );
  });
});

describe('selection', () => {
  const ids = uniqueArray(integer({ min: 0, max: 40 }).map(String), { maxLength: 20 });

  test('toggling twice changes nothing, once exactly one row', () => {
    assert(
      property(ids, ids, integer({ min: 0, max: 40 }).map(String), (some, others, id) => {
        for (const start of [selectIds(some), withSelected(ALL_SELECTED, others, false)]) {
          const once = toggleSelected(start, id);
          expect(isSelected(once, id)).toBe(!isSelected(start, id));
          expect(Math.abs(selectionSize(once, 41) - selectionSize(start, 41))).toBe(1);
          expect([...toggleSelected(once, id).ids].sort()).toEqual([...start.ids].sort());
        }
      }),
    );
  });

  test('all of a million rows are selected without naming one', () => {
    expect(selectionSize(ALL_SELECTED, 1_000_000)).toBe(1_000_000);
    expect(isSelected(ALL_SELECTED, 'anything')).toBe(true);
    expect(selectionSize(withSelected(ALL_SELECTED, ['a', 'b'], false), 1_000_000)).toBe(999_998);
    expect(selectionSize(NOTHING_SELECTED, 5)).toBe(0);
  });
});

describe('columns', () => {
  const columns: ReadonlyArray<Column<string>> = [
    { id: 'name', header: 'Name', width: 200, grow: 2, fixed: true },
    { id: 'size', header: 'Size', width: 80, numeric: true },
    { id: 'time', header: 'Created', width: 100, minWidth: 90 },
  ];
  const idsOf = (shown: ReadonlyArray<Column<string>>) => shown.map((column) => column.id);

  test('fixed ones can’t be hidden, others can', () => {
    expect(idsOf(arrangeColumns(columns, hideColumn(hideColumn(UNCHANGED_COLUMNS, 'name', true), 'size', true)))).toEqual(['name', 'time']);
  });

  test('they move one place at a time and stop at the ends', () => {
    const moved = moveColumn(columns, UNCHANGED_COLUMNS, 'time', -1);
    expect(idsOf(arrangeColumns(columns, moved))).toEqual(['name', 'time', 'size']);
    expect(moveColumn(columns, UNCHANGED_COLUMNS, 'name', -1)).toBe(UNCHANGED_COLUMNS);
  });

  test('a column that is newer than the kept order stands behind its neighbour', () => {
    expect(idsOf(arrangeColumns(columns, { ...UNCHANGED_COLUMNS, order: ['time', 'name'] }))).toEqual(['time', 'name', 'size']);
    expect(idsOf(arrangeColumns(columns, { ...UNCHANGED_COLUMNS, order: ['gone', 'size', 'name', 'time'] }))).toEqual(['size', 'name', 'time']);
  });

  test('widths don’t fall below the least, and rows always fill the table', () => {
    const narrow = resizeColumn(UNCHANGED_COLUMNS, columns[2]!, 10);
    expect(narrow.widths.time).toBe(90);
    expect(columnTemplate(columns, narrow.widths, true)).toEqual({ template: '32px minmax(200px, 2fr) 80px 90px', width: 402 });
    expect(columnTemplate(columns, { name: 300 }, false).template).toBe('300px 80px 100px minmax(0, 1fr)');
  });
});

describe('trees', () => {
  const leaf = (id: string): TreeNode<null> => ({ id, label: id, data: null });
  test('only unfolded nodes show what they hold, with their places', () => {
    const nodes: ReadonlyArray<TreeNode<null>> = [{ ...leaf('a'), children: [leaf('b'), { ...leaf('c'), children: [leaf('d')] }] }, leaf('e')];
    expect(flattenTree(nodes, new Set()).map((row) => row.node.id)).toEqual(['a', 'e']);
    const rows = flattenTree(nodes, new Set(['a', 'c']));
    expect(rows.map((row) => [row.node.id, row.depth, row.parent, `${row.position}/${row.siblings}`])).toEqual([
      ['a', 0, -1, '1/2'],
      ['b', 1, 0, '1/2'],
      ['c', 1, 0, '2/2'],
      ['d', 2, 2, '1/1'],
      ['e', 0, -1, '2/2'],
    ]);
  });

  test('depth has no limit, and children on their way leave a node unfolded', () => {
    let node: TreeNode<null> = leaf('deepest');
    const open = new Set<string>();
    for (let depth = 0; depth < 20_000; depth += 1) {
      node = { ...leaf(String(depth)), children: [node] };
      open.add(String(depth));
    }
    expect(flattenTree([node], open)).toHaveLength(20_001);
    expect(flattenTree([{ ...leaf('x'), hasChildren: true }], new Set(['x']))).toMatchObject([{ expandable: true, expanded: true }]);
  });

  test('what is shown is as many as the unfolded hold', () => {
    assert(
      property(array(array(integer({ min: 0, max: 3 }), { maxLength: 4 }), { maxLength: 6 }), (shape) => {
        const nodes = shape.map((children, index) => ({ ...leaf(`n${index}`), children: children.map((_, child) => leaf(`n${index}.${child}`)) }));
        const all = flattenTree(nodes, new Set(nodes.map((node) => node.id)));
        expect(all).toHaveLength(nodes.length + shape.flat().length);
      }),
    );
  });
});
