import { useState } from 'react';
import type { AccessGrant, RegistrySummary, UserSummary } from '#shared/contract/index.ts';
import { roleName } from '#shared/domain/roles.ts';
import { useOperation, viewAs } from '../../app/api/index.ts';
import { navigate, placeOf } from '../../app/routes/index.ts';
import { PlaceFailure } from '../../app/shell/index.ts';
import { Button, Combobox, Field, SkeletonLines } from '../../ui/index.ts';
import { Check, Eye, X } from '../../ui/icons.ts';
import styles from './Accounts.module.css';

/** Why somebody may or may not do something here, grant by grant; and the window as they see it. */
export function RegistryAccess({ registry }: { readonly registry: RegistrySummary }) {
  const me = useOperation('catalog.status', {}).data?.user;
  const users = useOperation('users.list', {}).data?.items ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const userId = chosen ?? (me === undefined ? null : String(me.id));
  const user = users.find((one) => String(one.id) === userId);
  const explained = useOperation('access.explain', { ...(user === undefined ? {} : { userId: user.id }), object: { kind: 'registry', id: registry.id } }, { enabled: userId !== null, keepPrevious: true });
  return (
    <section className={styles.access} aria-label="Why somebody may or may not">
      <h2>Why somebody may or may not</h2>
      <div className={styles.accessBar}>
        <Field label="Person or service account" layout="inline">
          <Combobox options={users.map((one) => ({ value: String(one.id), label: one.displayName, detail: one.kind === 'service' ? 'service account' : one.username }))} value={userId} onValueChange={setChosen} />
        </Field>
        <Button icon={Eye} disabled={user === undefined || user.id === me?.id} disabledReason={user === undefined ? 'Choose somebody.' : 'That is you.'} onClick={() => user !== undefined && look(user, registry)}>
          View as them
        </Button>
      </div>
      {explained.error !== null ? (
        <PlaceFailure error={explained.error} retry={explained.retry} compact />
      ) : explained.data === undefined ? (
        <SkeletonLines lines={6} />
      ) : (
        <>
          <p>
            {explained.data.role === null ? `${explained.data.who.displayName} doesn’t see that ${registry.name} exists.` : `${explained.data.who.displayName} is ${roleName(explained.data.role)} here`}
            {explained.data.grants.length > 0 && <span className={styles.dim}>: {explained.data.grants.map(grantWords).join('; ')}</span>}
          </p>
          <table className={styles.reasons} aria-label={`What ${explained.data.who.displayName} may do in ${registry.name}`}>
            <tbody>
              {explained.data.actions.map((action) => (
                <tr key={action.action}>
                  <td className={styles.mark}>{action.allowed ? <Check role="img" aria-hidden={false} aria-label="may" className={styles.may} /> : <X role="img" aria-hidden={false} aria-label="may not" className={styles.mayNot} />}</td>
                  <th scope="row">{action.label}</th>
                  <td className={styles.dim}>{action.sentence}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  );
}

function look(user: UserSummary, registry: RegistrySummary): void {
  viewAs(user);
  navigate(placeOf.registry(registry.name));
}

function grantWords(grant: AccessGrant): string {
  return `${roleName(grant.role)} through the ${grant.through}${grant.team === null ? '' : ` of ${grant.team.name}`}`;
}
