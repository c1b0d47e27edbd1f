import type { Remote, RemoteCredential } from '#shared/contract/index.ts';
import { Field, Input, Segmented } from '../../ui/index.ts';

/** How one signs in at W&B: with a key, kept or read. */
const keyKinds = [
  { value: 'token', label: 'API key' },
  { value: 'environment', label: 'Environment' },
] as const;

const kinds = [
  { value: 'none', label: 'None' },
  { value: 'basic', label: 'User and password' },
  { value: 'token', label: 'Token' },
  { value: 'environment', label: 'Environment' },
] as const;

export type TypedCredential = { readonly kind: RemoteCredential['kind']; readonly name: string; readonly secret: string };

export const noCredential: TypedCredential = { kind: 'none', name: '', secret: '' };

/** What was typed, as it is sent; null while something lacks. */
export function credentialOf({ kind, name, secret }: TypedCredential): RemoteCredential | null {
  switch (kind) {
    case 'none':
      return { kind };
    case 'basic':
      return name === '' || secret === '' ? null : { kind, username: name, password: secret };
    case 'token':
      return secret === '' ? null : { kind, token: secret };
    case 'environment':
      return /^[A-Za-z_][A-Za-z0-9_]{0,127}$/u.test(name) ? { kind, variable: name } : null;
  }
}

const bucketKinds = [
  { value: 'basic', label: 'Key' },
  { value: 'environment', label: 'Environment' },
  { value: 'none', label: 'The machine’s own' },
] as const;

/** How one signs in at a remote, or at a bucket: there with an access key and its secret. */
export function CredentialFields({ remote = 'mlflow', value, forBucket = false, onChange }: { readonly remote?: Remote['kind']; readonly value: TypedCredential; readonly forBucket?: boolean; readonly onChange: (value: TypedCredential) => void }) {
  return (
    <>
      <Field label="Signs in with" hint={value.kind === 'basic' || value.kind === 'token' ? 'Kept in the system’s keychain, where there is one; else in a file that only you can read.' : forBucket && value.kind === 'none' ? 'AWS_ACCESS_KEY_ID and its like, or ~/.aws, where Vitrine runs.' : undefined}>
        <Segmented<TypedCredential['kind']> label="Signs in with" options={forBucket ? bucketKinds : remote === 'wandb' ? keyKinds : kinds} value={value.kind} onValueChange={(kind) => onChange({ ...noCredential, kind })} />
      </Field>
      {value.kind === 'basic' && (
        <Field label={forBucket ? 'Access key' : 'User'}>
          <Input value={value.name} onValueChange={(name) => onChange({ ...value, name })} autoComplete="off" maxLength={256} />
        </Field>
      )}
      {(value.kind === 'basic' || value.kind === 'token') && (
        <Field label={forBucket ? 'Secret' : value.kind === 'basic' ? 'Password' : remote === 'wandb' ? 'API key' : 'Token'}>
          <Input type="password" value={value.secret} onValueChange={(secret) => onChange({ ...value, secret })} autoComplete="off" />
        </Field>
      )}
      {value.kind === 'environment' && (
        <Field label="Variable" hint={`Holds ${forBucket ? 'key:secret' : remote === 'wandb' ? 'the key' : 'a token, or user:password'}. It is read anew each time, and nothing is kept.`}>
          <Input value={value.name} onValueChange={(name) => onChange({ ...value, name })} mono placeholder={forBucket ? 'BUCKET_KEY' : remote === 'wandb' ? 'WANDB_API_KEY' : 'MLFLOW_TRACKING_TOKEN'} maxLength={128} />
        </Field>
      )}
    </>
  );
}
