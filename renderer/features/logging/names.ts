/** Names that files and folders suggest. */
import { nameLimits } from '#shared/domain/names.ts';

/** The nearest artifact name to a folder's name: what is not allowed becomes `-`, ends are trimmed; `artifact` when nothing is left. */
export function artifactNameFrom(text: string): string {
  const name = text
    .normalize('NFKD')
    .replaceAll(/[^a-zA-Z0-9_.-]+/gu, '-')
    .replaceAll(/^[-.]+|[-.]+$/gu, '')
    .slice(0, nameLimits.artifact);
  return name === '' ? 'artifact' : name;
}

/** A distinct artifact name for each folder, in their order. */
export function distinctNames(folders: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return folders.map((folder) => {
    const base = artifactNameFrom(folder);
    let name = base;
    for (let number = 2; taken.has(name); number += 1) name = `${base.slice(0, nameLimits.artifact - 4)}-${number}`;
    taken.add(name);
    return name;
  });
}

/** What was dropped, in a few words: the last step of a path, or how many there are. */
export function describePaths(paths: readonly string[]): string {
  const [first] = paths;
  if (first === undefined) return 'nothing';
  const name = first.split(/[/\\]/u).findLast((step) => step !== '') ?? first;
  return paths.length === 1 ? name : `${name} and ${paths.length - 1} more`;
}
