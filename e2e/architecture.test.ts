/** The house as it is drawn: fails with the import, or the chain of imports, that breaks a wall. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { graphOf, readSources } from './architecture/graph.ts';
import * as rules from './architecture/rules.ts';
import { tracesIn } from './architecture/traces.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

describe('the sources', () => {
  const graph = graphOf(readSources(root, ['shared', 'electron', 'renderer', 'e2e', 'build']));

  it('are all there', () => {
    expect(graph.files.length).toBeGreaterThan(50);
    expect(rules.missingFiles(graph)).toEqual([]);
  });

  it('keep to their rooms', () => expect(rules.crossedWalls(graph)).toEqual([]));
  it('enter a feature through its index', () => expect(rules.featureBackDoors(graph)).toEqual([]));
  it('reach data through the operations', () => expect(rules.pastTheOperations(graph)).toEqual([]));
  it('use packages where they can run', () => expect(rules.strayPackages(graph)).toEqual([]));
  it('keep the contract’s schemas out of the catalog’s threads', () => expect(rules.heavyThreads(graph)).toEqual([]));
  it('keep the database out of the Electron process', () => expect(rules.heavyMain(graph)).toEqual([]));
  it('keep Node out of the window', () => expect(rules.privilegedWindow(graph)).toEqual([]));
});

describe('the repository', () => {
  const description = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<'dependencies' | 'devDependencies' | 'optionalDependencies', Record<string, string>>;
  const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0').filter((path) => path !== '');

  it('classifies every dependency, each by an exact version', () => {
    const all = { ...description.dependencies, ...description.devDependencies, ...description.optionalDependencies };
    expect(rules.unclassified(Object.keys(all))).toEqual([]);
    expect(Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/u.test(version))).toEqual([]);
  });

  it('ships SQLite alone as a package of its own', () => expect(Object.keys(description.dependencies)).toEqual(['better-sqlite3']));

  it('names no registry and no folder of one machine', () => {
    const ownFolders = [root, homedir()].filter((folder) => folder.split('/').length > 2);
    const pictures = /\.(?:png|ico|icns|woff2|gif|jpg|safetensors|onnx|bin|zip|gz)$/u;
    const found = tracked.filter((path) => !pictures.test(path)).flatMap((path) => tracesIn(path, readOrEmpty(join(root, path)), ownFolders));
    expect(found).toEqual([]);
  });

  it('has nothing on its top floor but what belongs there', () => {
    const top = [...new Set(tracked.map((path) => path.split('/')[0] ?? ''))].filter((name) => !name.startsWith('.'));
    expect(top.filter((name) => !['LICENSE', 'README.md', 'build', 'e2e', 'electron', 'package-lock.json', 'package.json', 'renderer', 'shared', 'tsconfig.json'].includes(name))).toEqual([]);
    expect(readdirSync(root).filter((name) => name === 'README.md' || name === 'LICENSE')).toHaveLength(2);
  });
});

/** A file that is tracked but deleted in the working tree holds nothing. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

describe('the rules themselves', () => {
  const broken = graphOf({
    'shared/domain/index.ts': "import '../contract/index.ts'; import { readFileSync } from 'node:fs'; import { createRoot } from 'react-dom/client';",
    'shared/contract/index.ts': "export * from './gone.ts';",
    'electron/main/index.ts': "import { start } from './start.ts';",
    'electron/main/start.ts': "import type { Pool } from '../core/catalog/index.ts'; import { open } from '../core/catalog/index.ts'; const later = import('../core/store/index.ts');",
    'electron/core/catalog/index.ts': "import Database from 'better-sqlite3'; import { app } from 'electron'; import { run } from '../operations/index.ts';",
    'electron/core/operations/index.ts': "import type { Store } from '../store/index.ts';",
    'electron/core/store/index.ts': "import Database from 'better-sqlite3';",
    'electron/core/server/door.ts': "import type { Store } from '../store/index.ts'; import { open } from '../catalog/index.ts';",
    'renderer/ui/button.tsx': "import { useQuery } from '../app/query.ts';",
    'renderer/app/query.ts': "import { hash } from './hash.ts'; import left from 'left-pad';",
    'renderer/app/hash.ts': "import { createHash } from 'crypto';",
    'renderer/features/search/box.tsx': "import { chip } from '../aliases/chip.tsx'; import { good } from '../aliases/index.ts'; const worker = new " + "URL('../../workers/layout.ts', import.meta.url);",
    'renderer/features/aliases/index.ts': "export * from './chip.tsx';",
    'renderer/features/aliases/chip.tsx': 'export const chip = <b>chip</b>;',
    'renderer/workers/layout.ts': "import '../app/query.ts';",
  });

  it('see files that are missing', () => expect(rules.missingFiles(broken)).toEqual(['shared/contract/index.ts → shared/contract/gone.ts: there is no such file']));

  it('see walls that are crossed, by types as well', () => {
    expect(rules.crossedWalls(broken).map((line) => line.split(': ')[0])).toEqual([
      'shared/domain/index.ts → shared/contract/index.ts',
      'electron/main/start.ts → electron/core/catalog/index.ts',
      'electron/main/start.ts → electron/core/catalog/index.ts',
      'electron/main/start.ts → electron/core/store/index.ts',
      'electron/core/catalog/index.ts → electron/core/operations/index.ts',
      'renderer/ui/button.tsx → renderer/app/query.ts',
      'renderer/workers/layout.ts → renderer/app/query.ts',
    ]);
  });

  it('see back doors of features and ways past the operations', () => {
    expect(rules.featureBackDoors(broken)).toEqual([expect.stringContaining('renderer/features/search/box.tsx → renderer/features/aliases/chip.tsx')]);
    expect(rules.pastTheOperations(broken)).toEqual([expect.stringContaining('electron/core/server/door.ts → electron/core/catalog/index.ts')]);
  });

  it('see packages where they can\'t run', () => {
    expect(rules.strayPackages(broken).map((line) => line.split(': ')[0])).toEqual([
      'shared/domain/index.ts → node:fs',
      'shared/domain/index.ts → react-dom/client',
      'electron/core/catalog/index.ts → electron',
      'electron/core/store/index.ts → better-sqlite3',
      'renderer/app/query.ts → left-pad',
      'renderer/app/hash.ts → crypto',
    ]);
    expect(rules.unclassified(['zod', 'left-pad'])).toContain('left-pad is in package.json, but not classified');
  });

  it('see schemas in the catalog’s threads, and let types pass', () => {
    const heavy = graphOf({
      'electron/core/catalog/writer.ts': "import { UserId } from '../../../shared/contract/ids.ts'; import { VitrineError } from '../../../shared/contract/errors.ts'; import type { RunId } from '../../../shared/contract/index.ts'; import { z } from 'zod';",
      'shared/contract/ids.ts': '', 'shared/contract/errors.ts': '', 'shared/contract/index.ts': '',
    });
    expect(rules.heavyThreads(heavy).map((line) => line.split(': ')[0])).toEqual(['electron/core/catalog/writer.ts → shared/contract/ids.ts', 'electron/core/catalog/writer.ts → zod']);
  });

  it('tell the whole chain', () => {
    expect(rules.heavyMain(broken)).toEqual(["the Electron process reaches core's data: electron/main/index.ts → electron/main/start.ts → electron/core/catalog/index.ts"]);
    expect(rules.privilegedWindow(broken)).toContain('the window reaches Node: renderer/features/search/box.tsx → renderer/workers/layout.ts → renderer/app/query.ts → renderer/app/hash.ts → crypto');
  });

  it('see traces of one machine', () => {
    const host = ['registry', 'npmjs', 'org'].join('.');
    const folder = ['', 'work', 'thing'].join('/');
    expect(tracesIn('a.md', `fine\nhttps://${host}/x\nopen ${folder}/x\n/home/me/x`, ['/home/me'])).toHaveLength(3);
    expect(tracesIn('a.md', 'a/work/thing and ./root/x and https://example.org/work', [])).toEqual([]);
  });
});
