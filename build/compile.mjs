/**
 * Bundles the sources into dist/. A target whose inputs didn't change is left alone.
 *
 *   node build/compile.mjs [main] [preload] [core] [renderer] [--force]
 *
 *   dist/main/index.js       the Electron process (ES module, `electron` stays outside)
 *   dist/preload/index.cjs   the bridge, one file, as the sandbox demands
 *   dist/core/*.js           utility, node, cli, catalogWorker, storeWorker (CommonJS; better-sqlite3 stays outside)
 *   dist/renderer/           the window
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

import { withLock } from './tools/lock.mjs';
import { madeLaterIn, makeLater } from './tools/madeLater.mjs';
import { continueUnderGoodNode } from './tools/node.mjs';
import { fromRoot, root } from './tools/paths.mjs';
import { say } from './tools/run.mjs';

const dist = fromRoot('dist');

/** Bundles for Node: file name → entry. */
const NODE_TARGETS = {
  main: { entries: { index: 'electron/main/index.ts' }, rooms: ['electron/main', 'shared'], format: 'es' },
  preload: { entries: { index: 'electron/preload/index.ts' }, rooms: ['electron/preload', 'shared'], format: 'cjs' },
  core: {
    entries: {
      utility: 'electron/core/entry.utility.ts',
      node: 'electron/core/entry.node.ts',
      cli: 'electron/core/cli/entry.ts',
      catalogWorker: 'electron/core/catalog/worker.ts',
      storeWorker: 'electron/core/store/worker.ts',
    },
    rooms: ['electron/core', 'shared'],
    // Each process and thread of core pays for its start: as ES modules it would load Node's second loader, and of each of Node's own modules all that
    // is otherwise loaded when it is first used.
    format: 'cjs',
  },
};
/** Modules that are worked out once, while compiling: what they export is data (JSON), kept in place of what it was made from. */
const evaluatedModules = ['shared/contract/facts.ts'];
/** Modules that only declare: a bundle leaves out those of which it uses nothing. */
const declaringModules = /[\\/]shared[\\/]contract[\\/]/u;
/** The window's, but for those that bring its styles and fonts, or that start it. What they do when they are loaded is for what they export. */
const windowModules = /[\\/]renderer[\\/](?:app[\\/](?!main\.tsx)|features[\\/]|ui[\\/](?!styles\.ts)).+\.tsx?$/u;

const RENDERER_ROOMS = ['renderer', 'shared'];

/** Every target, in the order they are named. */
export const targets = [...Object.keys(NODE_TARGETS), 'renderer'];

const roomsOf = (target) => (target === 'renderer' ? RENDERER_ROOMS : NODE_TARGETS[target].rooms);

/** Whether a file can end up in a bundle. */
const isSource = (path) => !/\.(?:test|bench)\.tsx?$|\.md$|tsconfig[^/]*\.json$/u.test(path);

/** A digest of everything that shapes a target: its rooms' sources, this script, the chosen packages. */
const inputsOf = (target) => {
  const files = roomsOf(target)
    .flatMap((room) =>
      readdirSync(fromRoot(room), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    )
    .filter(isSource)
    .sort();
  const digest = createHash('sha256');
  for (const path of [...files, fileURLToPath(import.meta.url), fromRoot('build', 'tools', 'madeLater.mjs'), fromRoot('package.json'), fromRoot('package-lock.json')])
    digest.update(relative(root, path).split(sep).join('/')).update('\0').update(readFileSync(path)).update('\0');
  return digest.digest('hex');
};

/** Lies in what it speaks of, so that neither can be put back without the other. */
const stampName = '.inputs.json';

const isFresh = (target, inputs) => {
  try {
    return JSON.parse(readFileSync(join(dist, target, stampName), 'utf8')).inputs === inputs;
  } catch {
    return false;
  }
};

/** Whether dist/ holds what the sources say now. @param {string} target */
export const isCompiled = (target) => isFresh(target, inputsOf(target));

const nodeBuiltins = [...builtinModules, /^node:/u];

/** Puts the exports of `evaluatedModules` into the bundle as they stand. @returns {import('vite').Plugin} */
const evaluating = () => ({
  name: 'vitrine:evaluated',
  async load(id) {
    if (!evaluatedModules.some((path) => fromRoot(path) === id)) return null;
    const exported = await import(pathToFileURL(id).href);
    return Object.entries(exported)
      .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
      .join('\n');
  },
});

const contractFolder = fromRoot('shared', 'contract');

/** Has core make each of the contract's schemas when it is first asked for. @returns {import('vite').Plugin} */
const makingLater = () => {
  /** @type {ReadonlySet<string>} */
  let names = new Set();
  return {
    name: 'vitrine:made-later',
    // After the types are gone.
    enforce: 'post',
    async buildStart() {
      const { parseAst, transformWithOxc } = await import('vite');
      const paths = readdirSync(contractFolder, { recursive: true, encoding: 'utf8' }).map((path) => join(contractFolder, path)).filter((path) => path.endsWith('.ts') && isSource(path));
      names = madeLaterIn(await Promise.all(paths.map(async (path) => parseAst((await transformWithOxc(readFileSync(path, 'utf8'), path)).code))));
    },
    transform(code, id) {
      if (!id.startsWith(root) || !id.endsWith('.ts')) return null;
      const isDeclaring = (source) => {
        const path = source.startsWith('#shared/') ? fromRoot('shared', source.slice('#shared/'.length)) : join(dirname(id), source);
        return source.startsWith('#shared/') || source.startsWith('.') ? path.startsWith(contractFolder) : false;
      };
      return makeLater(code, this.parse(code), { names, declares: id.startsWith(contractFolder), isDeclaring });
    },
  };
};

const treeshake = { moduleSideEffects: [declaringModules, windowModules].map((test) => ({ test, sideEffects: false })) };

/**
 * What a start loads, by who loads it when: core's own thread until it opens the catalog, the same thread meanwhile, the writing thread until
 * it has opened it and afterwards, the reading and the store's threads, the command line. A module costs its look-up as well as its code, so those that the same of these need are one file.
 */
const startRoles = {
  opening: ['electron/core/host/utilityProcess.ts'],
  serving: ['electron/core/host/parts.ts', 'electron/core/catalog/firstLook.ts', 'electron/core/catalog/nearReader.ts'],
  writer: ['electron/core/catalog/writer.ts'],
  commands: ['electron/core/catalog/commands/index.ts'],
  reader: ['electron/core/catalog/reader.ts'],
  store: ['electron/core/store/worker.ts'],
  commandLine: ['electron/core/entry.node.ts', 'electron/core/cli/entry.ts'],
};
/** They turn on the cache of compiled code for all the rest, so they and what they need stay by themselves. */
const firstLoaded = ['electron/core/entry.utility.ts', 'electron/core/catalog/worker.ts'];

/**
 * Bundles without writing, to see who loads what when nothing unused is left.
 * @param {import('vite').InlineConfig} config
 */
const bundledChunks = async (config) => {
  const { build } = await import('vite');
  const { rolldownOptions } = config.build;
  const { output } = await build({ ...config, build: { ...config.build, write: false, minify: false, sourcemap: false, license: false, rolldownOptions: { ...rolldownOptions, output: { ...rolldownOptions.output, minify: false } } } });
  return new Map(output.filter((file) => file.type === 'chunk').map((chunk) => [chunk.fileName, chunk]));
};

/** The chunk that a file begins. */
const chunkOf = (chunks, entry) => {
  const own = [...chunks.values()].find((chunk) => chunk.facadeModuleId === entry);
  if (own === undefined) throw new Error(`${relative(root, entry)} is loaded by nothing of itself: it is no start any more`);
  return own;
};

/** The modules of some chunks and of all that these bring along. @param {Iterable<string>} names */
const modulesReached = (chunks, names) => {
  const reached = new Set(names);
  for (const name of reached) for (const imported of chunks.get(name)?.imports ?? []) reached.add(imported);
  return [...reached].flatMap((name) => chunks.get(name)?.moduleIds ?? []);
};

/**
 * Says which modules belong together.
 * @param {import('vite').InlineConfig} config
 */
const startGroups = async (config) => {
  const chunks = await bundledChunks(config);
  /** The modules that a module brings along. @param {string} entry */
  const broughtBy = (entry) => modulesReached(chunks, [chunkOf(chunks, fromRoot(entry)).fileName]);
  const alone = new Set(firstLoaded.flatMap(broughtBy));
  /** @type {Map<string, string[]>} */
  const rolesOf = new Map();
  for (const [role, entries] of Object.entries(startRoles))
    for (const module of new Set(entries.flatMap(broughtBy))) if (!alone.has(module)) rolesOf.set(module, [...(rolesOf.get(module) ?? []), role]);
  const nameOf = (module) => rolesOf.get(module)?.join('-');
  // What more roles need comes first: it never needs anything of what fewer do.
  return [...new Set([...rolesOf.keys()].map(nameOf))].filter((name) => name !== 'commandLine').map((name) => ({ name, priority: name.split('-').length, test: (id) => nameOf(id) === name }));
};

/** @returns {import('vite').InlineConfig} */
const nodeConfig = (target, outDir) => {
  const { entries, format } = NODE_TARGETS[target];
  return {
    root,
    configFile: false,
    envDir: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: target === 'core' ? [makingLater()] : [],
    resolve: { conditions: ['node', 'import', 'module', 'default'] },
    ssr: { target: 'node', noExternal: true, external: ['electron', 'better-sqlite3'] },
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      target: 'node24',
      minify: false,
      sourcemap: true,
      reportCompressedSize: false,
      license: { fileName: 'licenses.md' },
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, fromRoot(path)])),
        treeshake,
        external: ['electron', /^electron\//u, 'better-sqlite3', ...nodeBuiltins],
        output: {
          format,
          entryFileNames: target === 'preload' ? '[name].cjs' : '[name].js',
          chunkFileNames: 'chunk-[name]-[hash].js',
          // Every start reads all of it: without space and comments, but with its names, so that stacks still say where.
          minify: { mangle: false, compress: true, codegen: { removeWhitespace: true, legalComments: 'none' } },
          // The sandboxed preload can't load a second file.
          ...(target === 'preload' ? { codeSplitting: false } : {}),
        },
      },
    },
  };
};

/**
 * Has nothing drawn before the scripts ran: what they make is the first frame, and there would be one of an empty page before.
 * @returns {import('vite').Plugin}
 */
const drawingAfterScripts = () => ({
  name: 'vitrine:drawing-after-scripts',
  transformIndexHtml: { order: 'post', handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"') },
});

/** Places that a window opens at. */
const firstPlaces = ['home/StartPlace.tsx', 'artifacts/ProjectsPlace.tsx', 'registries/RegistriesPlace.tsx'];

/**
 * All that is needed for the frame with one of these places in it: what they import, less that of which nothing is used, which only bundling tells.
 * @param {import('vite').InlineConfig} config
 * @returns {Promise<ReadonlySet<string>>}
 */
const startModules = async (config) => {
  const chunks = await bundledChunks(config);
  const reached = new Set([fromRoot('renderer', 'index.html'), ...firstPlaces.map((place) => fromRoot('renderer', 'features', place))].map((entry) => chunkOf(chunks, entry).fileName));
  return new Set(modulesReached(chunks, reached));
};

/** @returns {Promise<import('vite').InlineConfig>} */
const rendererConfig = async (outDir) => {
  const { default: react } = await import('@vitejs/plugin-react');
  /** @type {import('vite').InlineConfig} */
  const config = {
    root: fromRoot('renderer'),
    configFile: false,
    envDir: false,
    logLevel: 'warn',
    base: '/',
    plugins: [evaluating(), react(), drawingAfterScripts()],
    worker: { format: 'es', rolldownOptions: { output: { entryFileNames: 'assets/worker-[name]-[hash].js' } } },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'chrome146',
      // The window's content policy allows neither inline scripts nor data: in place of files.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      sourcemap: true,
      reportCompressedSize: false,
      license: { fileName: 'licenses.md' },
      chunkSizeWarningLimit: 4096,
      rolldownOptions: {
        input: fromRoot('renderer', 'index.html'),
        treeshake,
      },
    },
  };
  const atStart = await startModules(config);
  // What several places share comes in two files, each one more being a request that main has to answer while everything else starts: what the frame
  // and the places that a window opens at need, and, once that stands, the rest. Not the graph: it comes by itself.
  config.build.rolldownOptions.output = {
    codeSplitting: {
      groups: [
        { name: 'start', test: (id) => atStart.has(id), priority: 1 },
        { name: 'shared', minShareCount: 2, test: (id) => !/[\\/](?:features[\\/]lineage|shared[\\/]lineage|@xyflow|d3-[a-z]+)[\\/]/u.test(id) },
      ],
    },
  };
  return config;
};

/** Puts a finished bundle in the place of the old one. */
const replace = (target, made) => {
  const place = join(dist, target);
  const old = `${place}.old-${process.pid}`;
  if (existsSync(place)) renameSync(place, old);
  renameSync(made, place);
  rmSync(old, { recursive: true, force: true });
};

const compileTarget = async (target, { force }) => {
  const inputs = inputsOf(target);
  if (!force && isFresh(target, inputs)) return;
  const begun = performance.now();
  const made = join(dist, `.${target}-${process.pid}`);
  try {
    const { build } = await import('vite');
    const config = target === 'renderer' ? await rendererConfig(made) : nodeConfig(target, made);
    if (target === 'core') config.build.rolldownOptions.output.codeSplitting = { groups: await startGroups(config) };
    await build(config);
    // The package says of all its .js files that they are ES modules.
    if (target === 'core') writeFileSync(join(made, 'package.json'), '{"type":"commonjs"}\n');
    writeFileSync(join(made, stampName), JSON.stringify({ inputs }));
    replace(target, made);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  say(`compiled ${target} in ${Math.round(performance.now() - begun)} ms`);
};

/**
 * Compiles what changed.
 * @param {readonly string[]} [names] targets; all when empty
 * @param {{ force?: boolean }} [options]
 * @throws AggregateError when a target fails; the others are compiled all the same
 */
export const compile = async (names = [], { force = false } = {}) => {
  const unknown = names.filter((name) => !targets.includes(name));
  if (unknown.length > 0) throw new Error(`No such target: ${unknown.join(', ')}. There are ${targets.join(', ')}.`);
  process.env['NODE_ENV'] = 'production';
  await withLock('compile', async () => {
    mkdirSync(dist, { recursive: true });
    const problems = [];
    for (const target of names.length === 0 ? targets : names) {
      try {
        await compileTarget(target, { force });
      } catch (error) {
        problems.push(new Error(`dist/${target}: ${stripVTControlCharacters(error.message)}`));
      }
    }
    if (problems.length > 0) throw new AggregateError(problems, problems.map((problem) => problem.message).join('\n'));
  });
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await continueUnderGoodNode(fileURLToPath(import.meta.url));
  try {
    await compile(
      process.argv.slice(2).filter((name) => !name.startsWith('-')),
      { force: process.argv.includes('--force') },
    );
  } catch (error) {
    say(`not compiled:\n${error.message}`);
    process.exitCode = 1;
  }
}
