/** How one signs in to a remote or a bucket from the command line. */
import type { Command } from 'commander';
import { VitrineError, type InputOf } from '#shared/contract/index.ts';

export type Signing = { readonly user?: string; readonly passwordStdin?: boolean; readonly tokenStdin?: boolean; readonly credentialEnv?: string };

/** `user`: what the name is there that one signs in with. */
export function withSigning(command: Command, user: 'user' | 'access key' = 'user'): Command {
  const signing = command.option('--user <name>', user === 'user' ? 'sign in as this user; the password comes with --password-stdin' : 'the access key’s id; its secret comes with --password-stdin').option('--password-stdin', 'read the password or secret from standard input');
  return (user === 'user' ? signing.option('--token-stdin', 'read a token from standard input') : signing)
    .option('--credential-env <variable>', user === 'user' ? 'read a token, or user:password, from this variable of the environment each time; nothing is kept' : 'read id:secret from this variable of the environment each time; nothing is kept');
}

/** Secrets come by standard input, never as arguments: those show in the list of processes and in the shell's history. */
export async function credentialOf(options: Signing): Promise<NonNullable<InputOf<'remotes.add'>['credential']>> {
  if (options.credentialEnv !== undefined) return { kind: 'environment', variable: options.credentialEnv };
  if (options.tokenStdin === true) return { kind: 'token', token: await firstLine() };
  if (options.user === undefined) return { kind: 'none' };
  if (options.passwordStdin !== true) throw new VitrineError('bad_input', { details: { explanation: 'The password comes by standard input: add --password-stdin.' } });
  return { kind: 'basic', username: options.user, password: await firstLine() };
}

async function firstLine(): Promise<string> {
  let text = '';
  for await (const piece of process.stdin) text += String(piece);
  return text.split(/\r?\n/u)[0] ?? '';
}
