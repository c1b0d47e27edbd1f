import type { Task } from './tasks.ts';

/** The card of a model's collection. */
export function cardOf(task: Task): string {
  return `## Summary

${task.purpose}

## Architecture

${task.architecture[0]?.toUpperCase() ?? ''}${task.architecture.slice(1)}, trained on \`${task.artifacts.prepared}\`.

## How it is judged

| metric | where | to beat |
|---|---|---|
| \`${task.metric}\` | held-out split | ${((task.from + task.to) / 2).toFixed(2)} |

## Deploy

- \`staging\` is moved by CI when the metric improves.
- \`production\` follows after a day in staging.

## License

Internal use.
`;
}

/** The card of a dataset's collection. */
export function datasetCardOf(task: Task): string {
  return `## Summary

${task.description}

## Processing

Made from \`${task.artifacts.raw}\`: cleaned, deduplicated, split 80/10/10.

## License

Internal use. No personal data is kept.
`;
}
