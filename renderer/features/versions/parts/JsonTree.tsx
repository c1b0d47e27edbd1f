import { useMemo, useState, type ReactNode } from 'react';
import type { JsonObject } from '#shared/domain/metadata.ts';
import { usePlaceState } from '../../../app/routes/index.ts';
import { openMenu } from '../../../app/shell/index.ts';
import { contextPoint, copyText, CopyButton, EmptyState, formatQuantity, IconButton, Input, Toolbar, ToolbarSpacer, Tree, type MenuEntry } from '../../../ui/index.ts';
import { Braces, ChevronsDownUp, ChevronsUpDown, Search, X } from '../../../ui/icons.ts';
import { filterJson, jsonNodes, kindWords, leafText, unfoldedAtFirst, type JsonFacts } from './jsonNodes.ts';
import styles from './parts.module.css';

export type JsonTreeProps = {
  readonly label: string;
  readonly value: JsonObject;
  /** Stands in place of the tree when the object is empty. */
  readonly empty: ReactNode;
  /** At the right of the filter. */
  readonly actions?: ReactNode;
};

/** A JSON object to read: typed values, a filter over keys and values, paths and values to copy. */
export function JsonTree({ label, value, empty, actions }: JsonTreeProps) {
  const [words, setWords] = usePlaceState(`filter ${label}`, '');
  const all = useMemo(() => jsonNodes(value), [value]);
  const [unfolded, setUnfolded] = usePlaceState<ReadonlySet<string>>(`unfolded ${label}`, () => unfoldedAtFirst(all));
  const filtered = useMemo(() => (words.trim() === '' ? null : filterJson(value, words)), [value, words]);
  const nodes = filtered?.nodes ?? all;
  const nothingToUnfold = all.every((node) => node.children === undefined);

  return (
    <>
      <Toolbar label={`Tools for ${label.toLowerCase()}`} lined className={styles.jsonTools}>
        <Input
          size="small"
          icon={Search}
          className={styles.jsonFilter}
          aria-label={`Filter ${label.toLowerCase()}`}
          placeholder="Filter keys and values"
          value={words}
          onValueChange={setWords}
          onKeyDown={(event) => event.key === 'Escape' && words !== '' && setWords('')}
          {...(words === '' ? {} : { trailing: <IconButton icon={X} size="small" label="Clear the filter" onClick={() => setWords('')} /> })}
        />
        {filtered !== null && <span className={styles.dim}>{formatQuantity(filtered.hits, 'hit')}</span>}
        <ToolbarSpacer />
        {!nothingToUnfold && (
          <>
            <IconButton icon={ChevronsUpDown} size="small" label="Unfold all" onClick={() => setUnfolded(unfoldedAtFirst(all, Number.POSITIVE_INFINITY))} />
            <IconButton icon={ChevronsDownUp} size="small" label="Fold all" onClick={() => setUnfolded(new Set())} />
          </>
        )}
        <CopyButton text={JSON.stringify(value, null, 2)} label="Copy all as JSON" />
        {actions}
      </Toolbar>
      {all.length === 0 ? (
        empty
      ) : nodes.length === 0 ? (
        <EmptyState icon={Search} title="Nothing matches" text={`No key and no value holds “${words.trim()}”.`} />
      ) : (
        <Tree<JsonFacts>
          label={label}
          className={styles.tree}
          nodes={nodes}
          expanded={filtered?.unfolded ?? unfolded}
          onExpandedChange={setUnfolded}
          itemHeight={26}
          renderNode={(node, { expanded }) => <Value facts={node.data} count={node.children?.length ?? 0} unfolded={expanded} words={words.trim()} />}
          onContextMenu={(node, event) => {
            event.preventDefault();
            openMenu(contextPoint(event), copyEntries(node.data));
          }}
        />
      )}
    </>
  );
}

function copyEntries(facts: JsonFacts): readonly MenuEntry[] {
  const leaf = facts.kind !== 'list' && facts.kind !== 'object';
  return [
    { id: 'value', label: leaf ? 'Copy value' : 'Copy as JSON', icon: Braces, onSelect: () => void copyText(leaf ? leafText(facts.value) : JSON.stringify(facts.value, null, 2)) },
    { id: 'path', label: 'Copy path', onSelect: () => void copyText(facts.path) },
  ];
}

function Value({ facts, count, unfolded, words }: { readonly facts: JsonFacts; readonly count: number; readonly unfolded: boolean; readonly words: string }) {
  const leaf = facts.kind !== 'list' && facts.kind !== 'object';
  const text = leaf ? leafText(facts.value) : facts.kind === 'list' ? `[ ${formatQuantity(count, 'item')} ]` : `{ ${formatQuantity(count, 'key')} }`;
  const [hovered, setHovered] = useState(false);
  return (
    <span className={styles.node} onPointerEnter={() => setHovered(true)} onPointerLeave={() => setHovered(false)}>
      <span aria-hidden className={styles.key} data-position={/\[\d+\]$/u.test(facts.path)}>
        <Marked text={facts.step} words={words} />
      </span>{' '}
      <span aria-hidden className={styles.value} data-kind={facts.kind} title={leaf && text.length > 60 ? text.slice(0, 2000) : undefined}>
        {leaf ? text === '' ? '“”' : <Marked text={text.slice(0, 1000)} words={words} /> : unfolded ? '' : text}
      </span>{' '}
      <span aria-hidden className={styles.typeName}>{kindWords[facts.kind]}</span>
      {/* For the pointer; the keyboard has the same in the menu of the row. */}
      <span className={styles.copy}>{hovered && <CopyButton text={leaf ? leafText(facts.value) : JSON.stringify(facts.value, null, 2)} label={leaf ? 'Copy value' : 'Copy as JSON'} />}</span>
    </span>
  );
}

/** The text with what was looked for marked in it. */
function Marked({ text, words }: { readonly text: string; readonly words: string }) {
  const at = words === '' ? -1 : text.toLowerCase().indexOf(words.toLowerCase());
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark className={styles.found}>{text.slice(at, at + words.length)}</mark>
      {text.slice(at + words.length)}
    </>
  );
}
