/** People, service accounts, teams and the members of registries on the command line. */
import type { Command } from 'commander';
import { VitrineError, type CallOptions, type CoreClient, type OutputOf, type RegistryId, type Role, type TeamId, type UserId } from '#shared/contract/index.ts';
import { isRole, roles } from '#shared/domain/index.ts';
import { plain, printJson, printLine, printTable } from './print.ts';
import { subcommand, within, type Common, type WithClient } from './common.ts';
import { registryIdOf, userIdOf } from './resolve.ts';

/** Adds `vitrine user`, `vitrine team` and `vitrine member`. */
export function addAccountCommands(command: (name: string, description: string) => Command, withClient: WithClient): void {

  const user = command('user', 'people and service accounts of the organization');
  const asUser = within(user, withClient);
  subcommand(user, 'list', 'who is here, with role and teams').action(async (options: Common) => {
    await asUser(options, async (client, call, common) => {
      const { items } = await client.query('users.list', {}, call);
      if (common.json === true) printJson(items);
      else printTable(items.map((item) => ({ username: item.username, name: item.displayName, kind: item.kind, role: item.role, teams: item.teams.map((team) => `${team.name} (${team.role})`).join(', '), keys: item.keyCount })), ['username', 'name', 'kind', 'role', 'teams', 'keys']);
    });
  });
  subcommand(user, 'create', 'take somebody in').argument('<username>').option('--name <text>', 'the name that people see').option('--email <address>')
    .option('--role <role>', `in the organization: ${roles.join(', ')}`, 'member').option('--service', 'a service account: scripts act under it, through keys')
    .action(async (username: string, options: Common & { name?: string; email?: string; role: string; service?: boolean }) => {
      await asUser(options, async (client, call, common) => {
        const { output } = await client.execute('users.create', { username, kind: options.service === true ? 'service' : 'person', role: roleOf(options.role), ...(options.name === undefined ? {} : { displayName: options.name }), ...(options.email === undefined ? {} : { email: options.email }) }, call);
        if (common.json === true) printJson(output);
        else printLine(`${plain(output.username)} is here now, as ${output.role}.`);
      });
    });
  subcommand(user, 'update', 'change name, email address or role').argument('<username>').option('--name <text>').option('--email <address>').option('--role <role>', roles.join(', '))
    .action(async (username: string, options: Common & { name?: string; email?: string; role?: string }) => {
      await asUser(options, async (client, call, common) => {
        const id = await userIdOf(client, username);
        const { output } = await client.execute('users.update', { id, ...(options.name === undefined ? {} : { displayName: options.name }), ...(options.email === undefined ? {} : { email: options.email === '' ? null : options.email }), ...(options.role === undefined ? {} : { role: roleOf(options.role) }) }, call);
        if (common.json === true) printJson(output);
        else printLine(`${plain(output.username)}: ${plain(output.displayName)}, ${output.role}.`);
      });
    });
  subcommand(user, 'remove', 'take somebody out; their keys are revoked').argument('<username>').action(async (username: string, options: Common) => {
    await asUser(options, async (client, call, common) => {
      const { output } = await client.execute('users.remove', { id: await userIdOf(client, username) }, call);
      if (common.json === true) printJson(output);
      else printLine(`${plain(username)} is out; ${output.revokedKeys} ${output.revokedKeys === 1 ? 'key was' : 'keys were'} revoked.`);
    });
  });

  const team = command('team', 'teams: spaces for projects, with members of their own');
  const asTeam = within(team, withClient);
  subcommand(team, 'list', 'teams with their members').action(async (options: Common) => {
    await asTeam(options, async (client, call, common) => {
      const { items } = await client.query('teams.list', {}, call);
      if (common.json === true) printJson(items);
      else printTable(items.map((item) => ({ team: item.name, projects: item.projectCount, members: item.members.map((member) => `${member.user.username} (${member.role})`).join(', ') })), ['team', 'projects', 'members']);
    });
  });
  subcommand(team, 'create', 'make a team').argument('<name>').action(async (name: string, options: Common) => {
    await asTeam(options, async (client, call, common) => {
      const { output } = await client.execute('teams.create', { name }, call);
      if (common.json === true) printJson(output);
      else printLine(`Made the team ${plain(output.name)}.`);
    });
  });
  subcommand(team, 'set', 'give somebody a role in a team; “none” takes them out').argument('<team>').argument('<username>').argument('<role>', `${roles.join(', ')} or none`)
    .action(async (name: string, username: string, role: string, options: Common) => {
      await asTeam(options, async (client, call, common) => {
        const { output } = await client.execute('teams.setMember', { teamId: await teamIdOf(client, name), userId: await userIdOf(client, username), role: roleOrNone(role) }, call);
        if (common.json === true) printJson(output);
        else printLine(`${plain(output.name)}: ${output.members.map((member) => `${plain(member.user.username)} (${member.role})`).join(', ')}.`);
      });
    });

  const member = command('member', 'who holds which role in a registry');
  const asMember = within(member, withClient);
  subcommand(member, 'list', 'members of a registry').argument('<registry>').action(async (registry: string, options: Common) => {
    await asMember(options, async (client, call, common) => {
      const { items } = await client.query('registries.members', { registryId: await registryIdOf(client, registry) }, call);
      if (common.json === true) printJson(items);
      else printTable(items.map((item) => ({ member: holderName(item), kind: item.holder.kind === 'team' ? 'team' : item.holder.user.kind, role: item.role, through: item.through })), ['member', 'kind', 'role', 'through']);
    });
  });
  subcommand(member, 'set', 'give a person, service account or (--team) team a role in a registry; “none” takes it away').argument('<registry>').argument('<name>').argument('<role>', `${roles.join(', ')} or none`).option('--team', 'the name is a team’s')
    .action(async (registry: string, name: string, role: string, options: Common & { team?: boolean }) => {
      await asMember(options, async (client, call, common) => {
        const registryId = await registryIdOf(client, registry);
        await setMember(client, call, registryId, options.team === true ? { teamId: await teamIdOf(client, name) } : { userId: await userIdOf(client, name) }, roleOrNone(role));
        const { items } = await client.query('registries.members', { registryId }, call);
        if (common.json === true) printJson(items);
        else printLine(roleOrNone(role) === null ? `${plain(name)} is no member of ${plain(registry)} any more.` : `${plain(name)} is ${role} of ${plain(registry)}.`);
      });
    });
}

type Member = { readonly userId: UserId } | { readonly teamId: TeamId };

async function setMember(client: CoreClient, call: CallOptions, registryId: RegistryId, member: Member, role: Role | null): Promise<void> {
  const who = 'userId' in member ? { userIds: [member.userId] } : { teamIds: [member.teamId] };
  if (role === null) {
    await client.execute('registries.removeMembers', { registryId, ...who }, call);
    return;
  }
  const { output } = await client.execute('registries.addMembers', { registryId, ...who, role }, call);
  // Who is there already keeps their role when added again.
  if (output.added === 0) await client.execute('registries.updateMember', { registryId, member, role }, call);
}

function holderName({ holder }: OutputOf<'registries.members'>['items'][number]): string {
  return holder.kind === 'team' ? holder.name : holder.user.username;
}

function roleOf(text: string): Role {
  if (!isRole(text)) throw new VitrineError('bad_input', { details: { explanation: `“${text}” is no role. There are ${roles.join(', ')}.` } });
  return text;
}

const roleOrNone = (text: string): Role | null => (text === 'none' ? null : roleOf(text));
const teamIdOf = async (client: CoreClient, name: string): Promise<TeamId> => (await client.query('teams.get', { name })).id;
