/** Who may what in a registry there, as W&B says: facts of that side, which change no role here. */
import type { RegistryMembersThere } from '#shared/contract/index.ts';
import { shown } from '../../http.ts';
import type { WandbApi } from './api.ts';
import type { RegistryPlace } from './place.ts';

type Role = { readonly name?: unknown } | null;
type Person = { readonly name?: unknown; readonly username?: unknown; readonly email?: unknown; readonly role?: Role } | null;
type Team = { readonly team?: { readonly name?: unknown } | null; readonly role?: Role } | null;

/** @param registry its name there; `place` is where it is */
export async function membersOf(api: WandbApi, registry: string, place: RegistryPlace, signal: AbortSignal): Promise<RegistryMembersThere> {
  const where = { project: place.project, entity: place.entity };
  const people = listOf<Person>((await api.ask<{ readonly project?: { readonly members?: unknown } | null }>('RegistryUserMembers', where, signal)).project?.members);
  const teams = listOf<Team>((await api.ask<{ readonly project?: { readonly teamMembers?: unknown } | null }>('RegistryTeamMembers', where, signal)).project?.teamMembers);
  if (people === null || teams === null) throw api.nonsense(`does not say who the members of “${registry}” are`);
  return {
    registry,
    people: people.flatMap((one) => {
      const username = textOf(one?.username) ?? textOf(one?.name) ?? textOf(one?.email);
      return username === null ? [] : [{ username, name: textOf(one?.name), email: textOf(one?.email), role: textOf(one?.role?.name) }];
    }),
    teams: teams.flatMap((one) => {
      const name = textOf(one?.team?.name);
      return name === null ? [] : [{ name, role: textOf(one?.role?.name) }];
    }),
  };
}

const listOf = <Row>(value: unknown): readonly Row[] | null => (Array.isArray(value) ? (value as readonly Row[]) : null);

/** A word or two, cut where somebody sends pages; null for what is none. */
const textOf = (value: unknown): string | null => (typeof value === 'string' && value.trim() !== '' ? shown(value) : null);
