import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, errorCodes, explainError, findOperation, isVitrineError, operationList, operationNames, type CoreClient, type VitrineError } from '#shared/contract/index.ts';
import { commands } from '../catalog/commands/index.ts';
import { queries } from '../catalog/queries/index.ts';
import { openCore, type Core } from '../host/core.ts';
import { createTransportPair } from '../host/pair.ts';
import { catalogOperationNames } from './index.ts';

let directory: string;
let core: Core;
let client: CoreClient;
const logged: string[] = [];

beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'vitrine-contract-'));
  core = await openCore({ dataDirectory: directory, applicationVersion: '0.0.0-test', listen: false, checkOutput: true, log: (level, _scope, message, fields) => {
    if (level === 'error') logged.push(`${message} ${JSON.stringify(fields)}`);
  } });
  const [ours, theirs] = createTransportPair();
  core.connect(theirs, 'window');
  client = createClient(ours);
});

afterAll(async () => {
  client.close();
  await core.close();
  await rm(directory, { recursive: true, force: true });
});

/** Asks with input that the types would not allow. */
function ask(name: string, input: unknown): Promise<unknown> {
  const call = client.query as (name: string, input: unknown) => Promise<unknown>;
  return call(name, input);
}

async function outcome(name: string, input: unknown): Promise<{ readonly ok: true } | { readonly ok: false; readonly error: VitrineError }> {
  try {
    await ask(name, input);
    return { ok: true };
  } catch (thrown) {
    if (!isVitrineError(thrown)) throw thrown;
    return { ok: false, error: thrown };
  }
}

describe('the contract', () => {
  it('names every operation once', () => {
    expect(new Set(operationNames).size).toBe(operationNames.length);
  });

  it('has a handler for every operation', () => {
    const missing = catalogOperationNames.filter((name) => queries[name] === undefined && commands[name] === undefined);
    expect(missing).toEqual([]);
  });

  it('files queries under queries and commands under commands', () => {
    for (const operation of operationList) {
      if (operation.kind === 'query') expect(commands[operation.name], operation.name).toBeUndefined();
      else expect(queries[operation.name], operation.name).toBeUndefined();
    }
  });

  it('has words for every code, with any details and with none', () => {
    fc.assert(fc.property(fc.constantFrom(...errorCodes), fc.dictionary(fc.string(), fc.anything()), (code, details) => {
      const words = explainError({ code, details });
      expect(words.title.length).toBeGreaterThan(0);
      expect(words.sentence.length).toBeGreaterThan(0);
    }));
  });

  it('answers an unknown operation with its code', async () => {
    const direct = core.run('constructor', {}, {});
    await expect(direct).rejects.toMatchObject({ code: 'unknown_operation' });
  });
});

describe.each(operationNames.map((name) => ({ name })))('$name with bad input', ({ name }) => {
  const shapes: readonly unknown[] = [7, 'text', [], [[]], true, { unknown: 1 }, { id: 'x' }, { id: -1 }, { id: 1.5 }, { id: null }, { id: Number.MAX_SAFE_INTEGER + 1 }, JSON.parse('{"__proto__": {"id": 1}}')];

  it('is refused with a code, says what was wrong, and writes nothing', async () => {
    for (const shape of shapes) {
      const before = core.rev();
      const result = await outcome(name, shape);
      // An empty object is right for some; an object of only a prototype is an empty one.
      if (result.ok) continue;
      expect(errorCodes).toContain(result.error.code);
      expect(result.error.code, `${name} ${JSON.stringify(shape)} ${logged.join('\n')}`).not.toBe('unexpected');
      expect(explainError(result.error).sentence).not.toContain('undefined');
      expect(core.rev(), `${name} ${JSON.stringify(shape)}`).toBe(before);
    }
    const wrong = await outcome(name, { unknown: 1 });
    expect(wrong).toMatchObject({ ok: false, error: { code: 'bad_input' } });
  });

  it('never fails unexpectedly on generated input', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.anything({ maxDepth: 3 }), fc.record({ id: fc.oneof(fc.nat(), fc.string()), name: fc.string(), registryId: fc.nat(), versionIds: fc.array(fc.nat(), { maxLength: 3 }), text: fc.string(), address: fc.string() }, { requiredKeys: [] })), async (input) => {
        let cloned: unknown;
        try {
          cloned = structuredClone(input);
        } catch {
          return;
        }
        const operation = findOperation(name);
        // What a command accepts, it does: that is for its own tests.
        if (operation?.kind === 'command' && operation.input.safeParse(cloned).success) return;
        const result = await outcome(name, cloned);
        if (!result.ok) expect(result.error.code, `${JSON.stringify(cloned)} ${logged.join('\n')}`).not.toBe('unexpected');
      }),
      { numRuns: 25, seed: 20_261_122 },
    );
  });
});
