import { parseAst } from 'vite';
import { describe, expect, it } from 'vitest';

import { madeLaterIn, makeLater } from './madeLater.mjs';

const declaring = `import { z } from 'zod';
const id = () => z.number();
export const Role = z.enum(['viewer', 'admin']);
export const UserId = id();
export const roles = Role.options;
export const Rank = Role;
export const User = z.strictObject({ id: UserId, Role, other: Role.optional() });
export const operations = [{ name: 'users.get', input: () => z.strictObject({ id: UserId }), output: () => User }];
export const words = { viewer: 'looks' };
`;
const names = madeLaterIn([parseAst(declaring)]);
const isDeclaring = (source) => source === './contract.ts';
const changed = (code, declares = false) => makeLater(code, parseAst(code), { names, declares, isDeclaring })?.code ?? null;
/** Runs a module's text with `z` at hand, and gives back what it declares. */
const run = async (code, z, wanted) => {
  const body = code.replaceAll(/^import .*$/gmu, '').replaceAll('export const', 'const');
  const { declare } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(`export const declare = (z) => { ${body}; return ${wanted}; };`)}`);
  return declare(z);
};

describe('declarations made later', () => {
  it('are those that make something with z, through a function too, and those that are made of them', () => {
    expect([...names].sort()).toEqual(['Rank', 'Role', 'User', 'UserId', 'roles']);
  });

  it('are made once, by the first who asks, and not before', async () => {
    const made = [];
    const z = {
      number: () => made.push('number'),
      enum: (options) => (made.push('enum'), { options, optional: () => 'optional' }),
      strictObject: (shape) => (made.push('object'), shape),
    };
    const { operations, words } = await run(changed(declaring, true), z, '{ operations, words }');
    expect([made, operations.length, words.viewer]).toEqual([[], 1, 'looks']);
    expect(operations[0].output()).toEqual({ id: 1, Role: { options: ['viewer', 'admin'], optional: expect.any(Function) }, other: 'optional' });
    expect(operations[0].output()).toBe(operations[0].output());
    expect(made).toEqual(['number', 'enum', 'object']);
    const { Rank, Role } = await run(changed(declaring, true), z, '{ Rank, Role }');
    expect(Rank()).toBe(Role());
  });

  it('are asked for wherever they are mentioned, under the name that they have there', () => {
    expect(changed(`import { Role, User as Person, words } from './contract.ts';\nconst all = { Role, words, x: Person.shape, User: 1 };\nexport const check = (value) => value.Role === Role.parse(value);`)).toContain(
      'const all = { Role: Role(), words, x: Person().shape, User: 1 };\nexport const check = (value) => value.Role === Role().parse(value);',
    );
  });

  it('leave alone what mentions none of them', () => {
    expect(changed(`import { words } from './contract.ts';\nimport { Role } from './other.ts';\nexport const x = [words, Role];`)).toBeNull();
  });

  it.each([
    ['imported as a whole', `import * as all from './contract.ts';\nexport const x = all.Role;`, false],
    ['a name that something else has too', `import { Role } from './contract.ts';\nexport const f = (Role) => Role;\nexport const x = Role;`, false],
    ['a name taken apart into', `import { Role } from './contract.ts';\nexport function f(x) { const { Role } = x; return Role; }`, false],
    ['handed on by others', `export { Role } from './contract.ts';`, false],
    ['handed on as a whole by others', `export * from './contract.ts';`, false],
    ['handed on under another name', `export { Role as Rank } from './contract.ts';`, true],
  ])('can’t be %s', (_what, code, declares) => {
    expect(() => changed(code, declares)).toThrow();
  });
});
