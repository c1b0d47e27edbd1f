/** What a person pastes so that an unchanged script logs here. Correct as it stands: nothing in it is left to fill in. */
import { pythonString } from './httpSnippet.ts';

export const shells = ['bash', 'powershell', 'fish', 'python'] as const;
export type Shell = (typeof shells)[number];

export const shellNames: Readonly<Record<Shell, string>> = { bash: 'bash, zsh', powershell: 'PowerShell', fish: 'fish', python: 'Python' };

export type ConnectionFacts = {
  /** Where the door is. */
  readonly url: string;
  readonly key: string;
};

/** The two variables that lead the `wandb` client here. */
export function environmentSnippet(shell: Shell, { url, key }: ConnectionFacts): string {
  const base = url.replace(/\/+$/u, '');
  switch (shell) {
    case 'bash':
      return `export WANDB_BASE_URL=${posixString(base)}\nexport WANDB_API_KEY=${posixString(key)}\n`;
    case 'powershell':
      return `$env:WANDB_BASE_URL = ${powershellString(base)}\n$env:WANDB_API_KEY = ${powershellString(key)}\n`;
    case 'fish':
      return `set -gx WANDB_BASE_URL ${fishString(base)}\nset -gx WANDB_API_KEY ${fishString(key)}\n`;
    case 'python':
      return `import os\n\n# Before wandb is imported.\nos.environ["WANDB_BASE_URL"] = ${pythonString(base)}\nos.environ["WANDB_API_KEY"] = ${pythonString(key)}\n`;
  }
}

/** The quickstart: a run with a metric, a model version with a file, and a link into the registry. */
export function quickstart(team: string): string {
  return `import math, pathlib
import wandb

with wandb.init(entity=${pythonString(team)}, project="registry_quickstart") as run:
    for step in range(100):
        run.log({"acc": 1 - math.exp(-step / 25), "loss": math.exp(-step / 20)})

    model = pathlib.Path("my_model.h5")
    model.write_bytes(b"weights go here")
    artifact = run.log_artifact(model, name="gemma-finetuned", type="model")
    run.link_artifact(artifact, target_path="wandb-registry-model/registry-quickstart-collection")
`;
}

/** In single quotes, where a POSIX shell reads nothing into it. */
export function posixString(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export function powershellString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function fishString(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
