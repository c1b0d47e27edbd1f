/** On which kind of MLflow server the scenarios run: said by the test file before it brings them in. */
import type { MlflowOptions } from '../drivers/mlflow.ts';

export type Backend = {
  /** As in “an MLflow server on SQLite”. */
  readonly words: string;
  /** What the server is started with, and what its client needs in its environment. `folder`: for what stands beside it. */
  start(folder: string): Promise<{ readonly options: MlflowOptions; readonly client: Readonly<Record<string, string>> }>;
  stop(): Promise<void>;
};

let chosen: Backend | null = null;

export function choose(backend: Backend): void {
  chosen = backend;
}

export function backend(): Backend {
  if (chosen === null) throw new Error('No server was chosen: a test file calls choose(…) before it imports the scenarios.');
  return chosen;
}
