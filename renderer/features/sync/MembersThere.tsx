import { useState } from 'react';
import { explainError } from '#shared/contract/explain.ts';
import type { RegistryMembersThere, Remote } from '#shared/contract/index.ts';
import { useOperation } from '../../app/api/index.ts';
import { useWhyNot } from '../../app/rights.ts';
import { Button, formatQuantity, SkeletonLines } from '../../ui/index.ts';
import styles from './Sync.module.css';

/** Who is a member of the registries at W&B, folded away and asked for when it is unfolded. */
export function MembersThere({ remote }: { readonly remote: Remote }) {
  const [open, setOpen] = useState(false);
  const reason = useWhyNot()('sync.members', 'organization');
  return (
    <details className={styles.members} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Members there</summary>
      <p>As W&B says. They are not merged into the roles here, and nobody is let in here because of them.</p>
      {open && (reason === null ? <Members remote={remote} /> : <p>{reason}</p>)}
    </details>
  );
}

function Members({ remote }: { readonly remote: Remote }) {
  const { data, error, retry } = useOperation('sync.members', { remoteId: remote.id });
  if (error !== null) {
    return (
      <p className={styles.failure} role="status">
        {explainError(error).sentence}
        <Button variant="link" onClick={retry}>
          Ask again
        </Button>
      </p>
    );
  }
  if (data === undefined) return <SkeletonLines lines={3} />;
  return (
    <>
      {data.registries.map((one) => (
        <MembersOf key={one.registry} {...one} />
      ))}
      <Button variant="link" onClick={retry}>
        Ask again
      </Button>
    </>
  );
}

function MembersOf({ registry, people, teams }: RegistryMembersThere) {
  return (
    <table className={styles.table} aria-label={`Members of ${registry}, there`}>
      <caption>
        {registry}: {formatQuantity(people.length, 'person', 'people')}
        {teams.length > 0 && `, ${formatQuantity(teams.length, 'team')}`}
      </caption>
      <thead>
        <tr>
          <th scope="col">Who</th>
          <th scope="col">Email</th>
          <th scope="col">Role there</th>
        </tr>
      </thead>
      <tbody>
        {teams.map((team) => (
          <tr key={`team ${team.name}`}>
            <td>
              {team.name} <span className={styles.dim}>team</span>
            </td>
            <td>–</td>
            <td>{wordOf(team.role)}</td>
          </tr>
        ))}
        {people.map((person) => (
          <tr key={person.username}>
            <td>
              {person.name ?? person.username}
              {person.name !== null && person.name !== person.username && <span className={styles.dim}> {person.username}</span>}
            </td>
            <td>{person.email ?? '–'}</td>
            <td>{wordOf(person.role)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Servers name roles as they like; W&B’s own are words with `_` between them. */
const wordOf = (role: string | null): string => role?.replaceAll('_', ' ') ?? '–';
