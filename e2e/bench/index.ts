/**
 * Runs the benchmarks, each in a fresh process, prints the table and writes results.json. Started by `npm run bench [name…]`.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, release, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { type Benchmark, type BenchmarkResult, seededRandom } from './harness.ts';

const SEED = 20_260_101;
const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));

type Outcome = { readonly results: readonly BenchmarkResult[] } | { readonly problem: string };

interface Row {
  readonly name: string;
  readonly workload: string;
  readonly goal: string;
  readonly seconds: number;
  readonly outcome: Outcome;
}

const needed = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is missing: start the benchmarks with \`npm run bench\`.`);
  return value;
};

const loadAll = async (): Promise<readonly Benchmark[]> => {
  const files = readdirSync(here).filter((name) => name.endsWith('.bench.ts')).sort();
  const modules = await Promise.all(files.map(async (file) => (await import(`./${file}`)) as { readonly benchmark?: Benchmark }));
  return modules.map(({ benchmark }, index) => {
    if (benchmark === undefined) throw new Error(`${files[index]} exports no \`benchmark\`.`);
    return benchmark;
  });
};

/** The inside of a benchmark's own process: measures and leaves the results in a file. */
const runHere = async (name: string, resultPath: string): Promise<void> => {
  const benchmark = (await loadAll()).find((candidate) => candidate.name === name);
  if (benchmark === undefined) throw new Error(`There is no benchmark ${name}.`);
  const scratch = mkdtempSync(join(process.env['VITRINE_BENCH_SCRATCH'] ?? tmpdir(), `vitrine-bench-${name}-`));
  try {
    const result = await benchmark.run({
      root,
      scratch,
      electronPath: needed('VITRINE_ELECTRON'),
      electronArguments: JSON.parse(needed('VITRINE_ELECTRON_ARGUMENTS')) as readonly string[],
      nodePath: process.execPath,
      random: seededRandom(SEED),
      log: (text) => process.stderr.write(`  ${text}\n`),
    });
    const results = (Array.isArray(result) ? result : [result]) as readonly BenchmarkResult[];
    // JSON would make nothing of it, silently.
    const broken = results.find((one) => ![one.ours, one.reference, one.ratio].every(Number.isFinite));
    if (broken !== undefined) throw new Error(`${name}${broken.part === undefined ? '' : ` (${broken.part})`} gave a figure that is no number.`);
    writeFileSync(resultPath, JSON.stringify(results));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};

const runApart = async (benchmark: Benchmark): Promise<Row> => {
  const folder = mkdtempSync(join(tmpdir(), 'vitrine-bench-result-'));
  const resultPath = join(folder, 'result.json');
  const begun = performance.now();
  try {
    process.stderr.write(`${benchmark.name}: ${benchmark.workload}\n`);
    const child = spawn(process.execPath, ['--expose-gc', fileURLToPath(import.meta.url), '--inside', benchmark.name, resultPath], {
      stdio: ['ignore', 2, 'pipe'],
    });
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-4000);
      process.stderr.write(chunk);
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    const outcome: Outcome =
      code === 0
        ? { results: JSON.parse(readFileSync(resultPath, 'utf8')) as readonly BenchmarkResult[] }
        : { problem: errors.trim().split('\n').find((line) => /error/iu.test(line)) ?? `it ended with ${code ?? 'a signal'}` };
    const { name, workload, goal } = benchmark;
    return { name, workload, goal, seconds: (performance.now() - begun) / 1000, outcome };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Three significant digits, thousands separated. */
const figure = (value: number): string => {
  const digits = Math.abs(value) >= 100 || value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
};

const HEAD = ['benchmark', 'workload', 'ours', 'reference', 'ratio', 'goal', ''];

const linesOf = (row: Row): readonly (readonly string[])[] =>
  'problem' in row.outcome
    ? [[row.name, row.workload, '–', '–', '–', row.goal, `FAILED: ${row.outcome.problem}`]]
    : row.outcome.results.map((result) => [
        row.name,
        result.part ?? row.workload,
        `${figure(result.ours)} ${result.unit}`,
        `${figure(result.reference)} ${result.unit} (${result.referenceName})`,
        figure(result.ratio),
        row.goal,
        result.goalMet ? 'met' : 'missed',
      ]);

const table = (rows: readonly Row[]): string => {
  const lines = [HEAD, ...rows.flatMap(linesOf)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
};

const gitAnswer = (args: readonly string[]): string => {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
};

const circumstances = (): Readonly<Record<string, unknown>> => ({
  date: new Date().toISOString(),
  commit: gitAnswer(['rev-parse', 'HEAD']) || 'unknown',
  changedSinceCommit: gitAnswer(['status', '--porcelain']) !== '',
  seed: SEED,
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  memoryMiB: Math.round(totalmem() / 1_048_576),
  system: `${platform()} ${release()} ${arch()}`,
  versions: { node: process.versions.node, electron: needed('VITRINE_ELECTRON_VERSION') },
});

const main = async (wanted: readonly string[]): Promise<void> => {
  const all = await loadAll();
  const unknown = wanted.filter((name) => !all.some((benchmark) => benchmark.name === name));
  if (unknown.length > 0 || all.length === 0)
    throw new Error(`No such benchmark: ${unknown.join(', ') || '(none at all)'}. There are: ${all.map((benchmark) => benchmark.name).join(', ')}.`);
  const about = circumstances();
  process.stdout.write(`${JSON.stringify(about, null, 2)}\n`);
  const rows: Row[] = [];
  for (const benchmark of all) if (wanted.length === 0 || wanted.includes(benchmark.name)) rows.push(await runApart(benchmark));
  mkdirSync(here, { recursive: true });
  writeFileSync(join(here, 'results.json'), `${JSON.stringify({ circumstances: about, rows }, null, 2)}\n`);
  process.stdout.write(`\n${table(rows)}\n`);
  if (rows.some((row) => 'problem' in row.outcome)) process.exitCode = 1;
};

const [first, name, resultPath] = process.argv.slice(2);
try {
  if (first === '--inside' && name !== undefined && resultPath !== undefined) await runHere(name, resultPath);
  else await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
}
