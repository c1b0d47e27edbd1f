/** API keys on the command line: made for oneself or for somebody else, with an end and a scope. */
import type { Command } from 'commander';
import { VitrineError, type CoreClient, type KeyScope, type ProjectId, type RegistryId } from '#shared/contract/index.ts';
import { day } from '#shared/domain/index.ts';
import { subcommand, within, type Common, type WithClient } from './common.ts';
import { plain, printJson, printLine, printTable } from './print.ts';
import { registryIdOf, resolve } from './resolve.ts';

type Making = Common & { readonly user?: string; readonly days?: string; readonly scope?: string; readonly registry?: string[]; readonly project?: string[] };

/** Adds `vitrine key`. */
export function addKeyCommands(command: (name: string, description: string) => Command, withClient: WithClient): void {
  const key = command('key', 'API keys for scripts');
  const under = (name: string, description: string): Command => subcommand(key, name, description);
  const asKey = within(key, withClient);

  under('create', 'make a key; it is shown this once').argument('<name>')
    .option('--user <username>', 'whose key: a person or a service account (default: your own)')
    .option('--days <number>', 'days after which it ends (default: never)')
    .option('--scope <scope>', 'read or write: what it may do at most (default: what its owner may)')
    .option('--registry <name...>', 'only these registries')
    .option('--project <project...>', 'only these projects, as team/project')
    .action(async (name: string, options: Making) => {
      await asKey(options, async (client, call, common) => {
        const scope = await scopeOf(client, options);
        const { output } = await client.execute('keys.create', {
          name, ...(options.user === undefined ? {} : { userId: (await client.query('users.get', { username: options.user })).id }), ...(options.days === undefined ? {} : { expiresAt: inDays(options.days) }), ...(scope === null ? {} : { scope }),
        }, call);
        if (common.json === true) printJson(output);
        else printLine(output.key);
      });
    });
  under('list', 'keys, their owners, scope and last use').option('--user <username>', 'only this one’s').action(async (options: Common & { user?: string }) => {
    await asKey(options, async (client, call, common) => {
      const { items } = await client.query('keys.list', options.user === undefined ? {} : { userId: (await client.query('users.get', { username: options.user })).id }, call);
      if (common.json === true) printJson(items);
      else {
        printTable(items.map((item) => ({ id: item.id, name: item.name, owner: item.user.username, begins: item.hint, scope: describe(item.scope), created: item.createdAt, 'last used': item.lastUsedAt, ends: item.expiresAt, revoked: item.revokedAt })),
          ['id', 'name', 'owner', 'begins', 'scope', 'created', 'last used', 'ends', 'revoked']);
      }
    });
  });
  under('revoke', 'make a key useless').argument('<id>').action(async (id: string, options: Common) => {
    await asKey(options, async (client, call, common) => {
      if (!/^[1-9]\d{0,14}$/.test(id)) throw new VitrineError('bad_input', { details: { explanation: `“${id}” is no id of a key; “vitrine key list” shows them.` } });
      const { output } = await client.execute('keys.revoke', { id: Number(id) as never }, call);
      if (common.json === true) printJson(output);
      else printLine(`Revoked ${plain(output.name)}.`);
    });
  });
}

function inDays(text: string): string {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new VitrineError('bad_input', { details: { explanation: `--days takes a whole number from 1 on, not “${text}”.` } });
  return new Date(Date.now() + Number(text) * day).toISOString();
}

const rolesOfScopes = { read: 'viewer', write: 'member' } as const;

async function scopeOf(client: CoreClient, options: Making): Promise<KeyScope | null> {
  const { scope } = options;
  if (scope !== undefined && scope !== 'read' && scope !== 'write') throw new VitrineError('bad_input', { details: { explanation: `--scope takes “read” or “write”, not “${scope}”.` } });
  if (scope === undefined && options.registry === undefined && options.project === undefined) return null;
  const registryIds: RegistryId[] = [];
  for (const name of options.registry ?? []) registryIds.push(await registryIdOf(client, name));
  const projectIds: ProjectId[] = [];
  for (const address of options.project ?? []) {
    const found = await resolve(client, address);
    if (found.object.kind !== 'project') throw new VitrineError('bad_input', { details: { explanation: `“${address}” is not a project; write team/project.` } });
    projectIds.push(found.object.id as ProjectId);
  }
  // Who names only registries means no projects, and the other way round.
  const named = options.registry !== undefined || options.project !== undefined;
  return { role: scope === undefined ? null : rolesOfScopes[scope], registryIds: named ? registryIds : null, projectIds: named ? projectIds : null };
}

function describe(scope: KeyScope | null): string {
  if (scope === null) return '';
  const role = scope.role === 'viewer' ? 'read' : scope.role === 'member' ? 'write' : (scope.role ?? '');
  const count = (ids: readonly number[] | null, one: string, many: string) => (ids === null || ids.length === 0 ? [] : [`${ids.length} ${ids.length === 1 ? one : many}`]);
  return [...(role === '' ? [] : [role]), ...count(scope.registryIds, 'registry', 'registries'), ...count(scope.projectIds, 'project', 'projects')].join(', ');
}
