import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openJournal } from './journal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vitrine-journal-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('lines carry time, level and details, readable by their owner alone', () => {
  openJournal(join(folder, 'logs'), { testMode: false }).warn('navigation denied', { url: 'https://x' });
  expect(readFileSync(join(folder, 'logs', 'main.log'), 'utf8')).toMatch(/^\d{4}-\S+Z warn navigation denied \{"url":"https:\/\/x"\}\n$/u);
  expect(statSync(join(folder, 'logs', 'main.log')).mode & 0o077).toBe(0);
});

test('a log does not grow for ever', () => {
  const log = openJournal(folder, { testMode: false }).file('core.log');
  for (let written = 0; written < 13; written += 1) log.write('x'.repeat(1024 * 1024));
  const total = statSync(join(folder, 'core.log')).size + statSync(join(folder, 'core.log.1')).size;
  expect(total).toBeLessThanOrEqual(10 * 1024 * 1024);
});

test('a folder that can not be had costs the lines only', () => {
  const journal = openJournal('/proc/no-such-folder', { testMode: false });
  journal.info('anything');
  expect(existsSync('/proc/no-such-folder')).toBe(false);
});
