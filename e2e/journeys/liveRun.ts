/** A script, as far as core can tell: it comes in through the door with a key, and streams. */
import { expect, type Page } from '@playwright/test';
import { startCore } from '../drivers/core.ts';
import { applicationRoot } from './workshop.ts';
import type { InputOf, OperationName, OutputOf, RunDetail } from '#shared/contract/index.ts';

export type Script = {
  readonly key: string;
  readonly url: string;
  /** Calls an operation through the door; throws what it answers when it is no success. */
  readonly call: <Name extends OperationName>(name: Name, input: InputOf<Name>) => Promise<OutputOf<Name>>;
  /** Saves a file with its run, as `run.save` does: it asks where to, then sends the bytes there. */
  readonly save: (run: Pick<RunDetail, 'entity' | 'project' | 'runId'>, name: string, bytes: string | Uint8Array) => Promise<void>;
};

/** A script that has this key. */
export function script(url: string, key: string): Script {
  return {
    key, url,
    async call(name, input) {
      const reply = await fetch(`${url}/api/operations/${name}`, { method: 'POST', headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' }, body: JSON.stringify(input) });
      const body = (await reply.json()) as { readonly output?: unknown; readonly error?: unknown };
      if (!reply.ok) throw new Error(`${name}: ${reply.status} ${JSON.stringify(body.error)}`);
      return body.output as never;
    },
    async save(run, name, bytes) {
      const query = 'mutation($input: CreateRunFilesInput!){createRunFiles(input:$input){files{uploadUrl}}}';
      const reply = await fetch(`${url}/graphql`, {
        method: 'POST', headers: { Authorization: `Basic ${Buffer.from(`api:${key}`).toString('base64')}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ query, variables: { input: { entityName: run.entity, projectName: run.project, runName: run.runId, files: [name] } } }),
      });
      const { data } = (await reply.json()) as { readonly data?: { readonly createRunFiles: { readonly files: readonly { readonly uploadUrl: string }[] } } };
      const where = data?.createRunFiles.files[0]?.uploadUrl;
      if (where === undefined) throw new Error(`${name} can’t be saved: ${reply.status}`);
      const sent = await fetch(where, { method: 'PUT', body: bytes as BodyInit });
      if (!sent.ok) throw new Error(`${name}: ${sent.status} ${await sent.text()}`);
    },
  };
}

/** Reads address and key from the open “Connect a script” panel, as somebody who copies them. */
export async function connect(window: Page, name: string): Promise<Script> {
  const dialog = window.getByRole('dialog', { name: 'Connect a script' });
  await dialog.getByRole('textbox', { name: 'Name of the key' }).fill(name);
  await dialog.getByRole('button', { name: /make a key/iu }).click();
  await expect(dialog).toContainText('WANDB_API_KEY');
  await dialog.getByRole('radio', { name: 'bash, zsh' }).or(dialog.getByRole('button', { name: 'bash, zsh' })).first().click();
  const text = (await dialog.locator('pre').allInnerTexts()).join('\n');
  const url = /WANDB_BASE_URL='([^']+)'/u.exec(text)?.[1];
  const key = /WANDB_API_KEY='([^']+)'/u.exec(text)?.[1];
  if (url === undefined || key === undefined) throw new Error(`No address or key in:\n${text}`);
  return script(url, key);
}

/** Lines of a stream as the client writes them: what was logged, with step, seconds since the start, seconds since 1970. */
export function historyLines(first: number, count: number, values: (step: number) => Readonly<Record<string, unknown>>, startedAt = 1_780_000_000): string[] {
  return Array.from({ length: count }, (_, index) => {
    const step = first + index;
    return JSON.stringify({ ...values(step), _step: step, _runtime: step * 0.5, _timestamp: startedAt + step * 0.5 });
  });
}

/** A learning curve with noise that is the same each time. */
export function curve(step: number, seed = 1): { readonly loss: number; readonly accuracy: number } {
  const noise = Math.sin(step * 12.9898 + seed * 78.233) * 0.5 + Math.sin(step * 3.7 + seed) * 0.5;
  return { loss: 2.3 * Math.exp(-step / 150) + 0.12 + noise * 0.06, accuracy: 1 - 0.9 * Math.exp(-step / 180) + noise * 0.015 };
}

/** Two runs of a project `watched`, one ended and one that still goes, with metrics, measurements of the machine and printed lines. */
export async function streamedRuns(data: string): Promise<void> {
  const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data, checkOutput: true });
  try {
    for (const [index, runId] of ['calm-hill-1', 'swift-sea-2'].entries()) {
      const { output } = await core.client.execute('runs.upsert', {
        project: { name: 'watched' }, runId, displayName: runId, jobType: 'train', group: 'sweep', tags: ['nightly'], notes: 'A longer warm-up.',
        configText: JSON.stringify({ lr: { value: 0.1 / (index + 1) }, optimizer: { value: 'adam' } }), summaryText: JSON.stringify({ 'train/loss': 0.12 + index / 10 }),
      });
      await core.client.execute('runs.append', {
        id: output.run.id,
        history: { offset: 0, lines: historyLines(0, 1000, (step) => ({ epoch: Math.floor(step / 100), 'train/loss': curve(step / 2, index).loss, 'train/accuracy': curve(step / 2, index).accuracy, ...(step % 50 === 0 ? { 'val/loss': curve(step / 2, 3).loss + 0.1 } : {}) })) },
        system: { offset: 0, lines: historyLines(0, 100, (step) => ({ 'system.cpu': 40 + (step % 23), 'system.gpu.0.temp': 60 + 10 * Math.sin(step / 9) })) },
        output: { offset: 0, lines: Array.from({ length: 300 }, (_, line) => (line % 60 === 59 ? 'ERROR 2026-11-22T20:27:08.123456 \u001b[33mwarning\u001b[0m: learning rate is low' : `2026-11-22T20:27:08.123456 \u001b[1mepoch ${line}\u001b[0m \u001b[32m${'█'.repeat(line % 20)}\u001b[38;5;244m${'░'.repeat(20 - (line % 20))}\u001b[0m \u001b[36m0.12\u001b[0m \u001b[31mred\u001b[0m \u001b[35mviolet\u001b[0m \u001b[34mblue\u001b[0m \u001b[38;2;255;255;0myellow\u001b[0m`)) },
        ...(index === 0 ? { complete: true, exitCode: 0 } : {}),
      });
    }
  } finally {
    await core.stop();
  }
}
