import { useMemo, useState } from 'react';
import type { ArtifactId, LineageNode } from '#shared/contract/index.ts';
import { useOperation } from '../../../app/api/index.ts';
import { IconButton } from '../../../ui/Button.tsx';
import { Combobox, type ComboboxOption } from '../../../ui/Combobox.tsx';
import { Crosshair, Workflow } from '../../../ui/icons.ts';
import { TypeIcon } from '../../../ui/TypeIcon.tsx';
import { nodeName, searchText } from '../view/nodeWords.ts';
import styles from './NodePicker.module.css';

export type NodePickerProps = {
  readonly label: string;
  readonly value: string | null;
  readonly onValueChange: (key: string | null) => void;
  /** What the graph shows: found first, and without asking. */
  readonly nodes: readonly LineageNode[];
  /** What is selected in the graph; one press takes it. */
  readonly selectedKey: string | null;
};

const offered = 30;

/** A version or a run: out of the graph, out of the whole catalog by its name, or what is selected. */
export function NodePicker({ label, value, onValueChange, nodes, selectedKey }: NodePickerProps) {
  const [query, setQuery] = useState('');
  const wanted = query.trim();
  // `resnet v3` is an artifact and a number of it.
  const [, name = '', number] = /^(.*?)(?:\s*[:\s]v(\d*))?$/su.exec(wanted) ?? [];
  const { data: hits, pending } = useOperation('search.quick', { text: name, limit: 20 }, { enabled: name !== '', keepPrevious: true });
  const artifact = hits?.items.find((hit) => hit.kind === 'artifact')?.artifact;
  const { data: versions } = useOperation('versions.list', { artifactId: artifact?.id as ArtifactId, sort: 'index', direction: 'descending', limit: 50 }, { enabled: name !== '' && artifact !== undefined });
  const texts = useMemo(() => nodes.map(searchText), [nodes]);
  const options = useMemo(() => {
    const found = new Map<string, ComboboxOption<string>>();
    const words = wanted.toLowerCase().split(/\s+/u).filter(Boolean);
    for (const [at, node] of nodes.entries()) {
      if (found.size >= offered) break;
      if (words.every((word) => texts[at]!.includes(word))) found.set(node.key, optionOf(node));
    }
    for (const version of name === '' ? [] : (versions?.items ?? [])) {
      if (number === undefined || String(version.index).startsWith(number)) found.set(`version:${version.id}`, versionOption(version.id, `${version.artifact} v${version.index}`, version));
    }
    for (const hit of name === '' || number !== undefined ? [] : (hits?.items ?? [])) {
      if (hit.kind === 'version') found.set(`version:${hit.version.id}`, versionOption(hit.version.id, `${hit.version.artifact} v${hit.version.index}`, hit.version));
      else if (hit.kind === 'artifact' && hit.artifact.latest !== null) {
        found.set(`version:${hit.artifact.latest.id}`, versionOption(hit.artifact.latest.id, `${hit.artifact.name} v${hit.artifact.latest.index}`, hit.artifact));
      } else if (hit.kind === 'run') found.set(`run:${hit.run.id}`, runOption(`run:${hit.run.id}`, hit.run));
    }
    // The chosen one keeps its words whatever is typed.
    const chosen = value === null || found.has(value) ? undefined : nodes.find((node) => node.key === value);
    return [...(chosen === undefined ? [] : [optionOf(chosen)]), ...found.values()];
  }, [nodes, texts, wanted, name, number, hits, versions, value]);
  return (
    <span className={styles.picker}>
      <Combobox label={label} className={styles.field} placeholder="A version or a run" options={options} value={value} onValueChange={onValueChange} onQueryChange={setQuery} loading={name !== '' && pending} />
      <IconButton
        icon={Crosshair}
        size="small"
        label={`${label}: take what is selected`}
        disabled={selectedKey === null || selectedKey.startsWith('group:')}
        disabledReason="Select a version or a run in the graph first."
        onClick={() => onValueChange(selectedKey)}
      />
    </span>
  );
}

function optionOf(node: LineageNode): ComboboxOption<string> {
  if (node.kind === 'run') return runOption(node.key, node);
  return versionOption(node.id, `${nodeName(node)} v${node.index}`, node);
}

function versionOption(id: number, label: string, { entity, project, type }: { readonly entity: string; readonly project: string; readonly type: string }): ComboboxOption<string> {
  return { value: `version:${id}`, label, detail: `${type} in ${entity}/${project}`, leading: <TypeIcon type={type} /> };
}

function runOption(key: string, { displayName, entity, project }: { readonly displayName: string; readonly entity: string; readonly project: string }): ComboboxOption<string> {
  return { value: key, label: displayName, detail: `run in ${entity}/${project}`, leading: <Workflow aria-hidden /> };
}
