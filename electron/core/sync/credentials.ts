/** Credentials on their way between a person, the vault and a request. They are in no catalog, no log and no answer. */
import { VitrineError } from '#shared/contract/errors.ts';
import type { Remote, RemoteCredential } from '#shared/contract/index.ts';
import type { Vault } from '../host/vault.ts';
import type { Credential } from './http.ts';

/** Whose secret it is: remotes and buckets have numbers of their own. */
export type Keeper = 'remote' | 'bucket';

const nameOf = (id: number, keeper: Keeper = 'remote'): string => `${keeper}-${id}`;

/** What is kept of a credential beside the vault. */
export function shownCredential(credential: RemoteCredential, vault: Vault): Remote['credential'] {
  switch (credential.kind) {
    case 'none':
      return { kind: 'none', name: null, place: null };
    case 'basic':
      return { kind: 'basic', name: credential.username, place: vault.kind };
    case 'token':
      return { kind: 'token', name: null, place: vault.kind };
    case 'environment':
      return { kind: 'environment', name: credential.variable, place: 'environment' };
  }
}

export async function keepCredential(vault: Vault, id: number, credential: RemoteCredential, keeper: Keeper = 'remote'): Promise<void> {
  if (credential.kind === 'basic') await vault.seal(nameOf(id, keeper), credential.password);
  else if (credential.kind === 'token') await vault.seal(nameOf(id, keeper), credential.token);
  else await vault.forget(nameOf(id, keeper));
}

export const forgetCredential = (vault: Vault, id: number, keeper: Keeper = 'remote'): Promise<void> => vault.forget(nameOf(id, keeper));

/** @throws VitrineError `remote_sign_in` where the secret is no longer there */
export async function credentialOf(vault: Vault, remote: { readonly id: number; readonly name: string; readonly credential: Remote['credential'] }, keeper: Keeper = 'remote'): Promise<Credential> {
  const { kind, name } = remote.credential;
  if (kind === 'none') return { kind };
  if (kind === 'environment') return fromEnvironment(name ?? '', remote.name);
  const secret = await vault.open(nameOf(remote.id, keeper));
  if (secret === null) throw new VitrineError('remote_sign_in', { details: { remote: remote.name, explanation: `The ${kind === 'basic' ? 'password' : 'token'} of “${remote.name}” is no longer in the ${vault.kind === 'keychain' ? 'keychain' : 'file of secrets'}.` } });
  return kind === 'basic' ? { kind, username: name ?? '', password: secret } : { kind, token: secret };
}

/** A credential as it was typed, for a test before anything is kept. */
export function typedCredential(credential: RemoteCredential, remote: string): Credential {
  return credential.kind === 'environment' ? fromEnvironment(credential.variable, remote) : credential;
}

function fromEnvironment(variable: string, remote: string): Credential {
  const text = process.env[variable];
  if (text === undefined || text === '') throw new VitrineError('remote_sign_in', { details: { remote, explanation: `The environment variable ${variable} is not set where Vitrine runs.` } });
  const colon = text.indexOf(':');
  return colon > 0 ? { kind: 'basic', username: text.slice(0, colon), password: text.slice(colon + 1) } : { kind: 'token', token: text };
}
