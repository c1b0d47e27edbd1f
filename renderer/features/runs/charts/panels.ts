/** Which metrics stand together: by what their names have before the first `/`, as scripts name them (`train/loss`, `val/loss`). */

export type PanelGroup = {
  /** The prefix; empty for metrics without one. */
  readonly name: string;
  readonly keys: readonly string[];
};

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Groups by prefix, metrics without one first, the rest in the order of their names (`layer2` before `layer10`). */
export function groupKeys(keys: readonly string[]): readonly PanelGroup[] {
  const groups = new Map<string, string[]>();
  for (const key of keys) {
    const name = prefixOf(key);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [key]);
    else group.push(key);
  }
  return [...groups]
    .map(([name, members]) => ({ name, keys: members.sort(collator.compare) }))
    .sort((one, other) => (one.name === '' ? -1 : other.name === '' ? 1 : collator.compare(one.name, other.name)));
}

export function prefixOf(key: string): string {
  const slash = key.indexOf('/');
  return slash > 0 ? key.slice(0, slash) : '';
}

/** What the wandb client writes of the machine, grouped by what it measures: `gpu.0.temp` → GPU. */
export function groupSystemKeys(keys: readonly string[]): readonly PanelGroup[] {
  const groups = new Map<string, string[]>();
  for (const key of keys) {
    const name = systemGroup(key);
    groups.set(name, [...(groups.get(name) ?? []), key]);
  }
  return [...groups].map(([name, members]) => ({ name, keys: members.sort(collator.compare) })).sort((one, other) => systemOrder.indexOf(one.name) - systemOrder.indexOf(other.name));
}

const systemOrder = ['GPU', 'Processor', 'Memory', 'Disk', 'Network', 'Process', 'Other'];

function systemGroup(key: string): string {
  const name = key.replace(/^system[./]/u, '');
  if (/^(?:gpu|tpu|ipu|trn)/u.test(name)) return 'GPU';
  if (name.startsWith('proc')) return 'Process';
  if (name.startsWith('cpu')) return 'Processor';
  if (name.startsWith('mem')) return 'Memory';
  if (name.startsWith('disk')) return 'Disk';
  if (name.startsWith('network')) return 'Network';
  return 'Other';
}

/** Keys that hold all the words, in any order. */
export function filterKeys(keys: readonly string[], words: string): readonly string[] {
  const wanted = words.toLowerCase().split(/\s+/u).filter((word) => word !== '');
  return wanted.length === 0 ? keys : keys.filter((key) => wanted.every((word) => key.toLowerCase().includes(word)));
}
