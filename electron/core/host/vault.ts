/**
 * Secrets: tokens of webhooks and remotes. Under Electron they lie in the system's keychain, which the parent process has; a core of its
 * own (`vitrine serve`, the command line) keeps them in a file that only its user can read. Never in SQLite, never in the log, and no
 * operation gives one back.
 */
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { CoreHostMessage, HostMessage } from '#shared/contract/hostProtocol.ts';

export type Vault = {
  /** Where they lie: told to people, so that nobody takes a file for a keychain. */
  readonly kind: 'keychain' | 'file';
  seal(name: string, text: string): Promise<void>;
  /** Where the one of that name lies, or would: a parent process without a keychain keeps a file, too. */
  where(name: string): Promise<'keychain' | 'file'>;
  /** null where there is none, or where the keychain no longer gives it. */
  open(name: string): Promise<string | null>;
  forget(name: string): Promise<void>;
  /** Forgets every one whose name begins like this and is not among these. */
  keepOnly(prefix: string, names: readonly string[]): Promise<void>;
};

/** A file of the catalog's folder with mode 0600. */
export function fileVault(directory: string): Vault {
  const file = path.join(directory, 'secrets.json');
  let turn: Promise<unknown> = Promise.resolve();

  async function read(): Promise<Record<string, string>> {
    try {
      return JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return {};
      throw thrown;
    }
  }

  /** One after the other: two changes at once would lose one. */
  function change(make: (entries: Record<string, string>) => Record<string, string>): Promise<void> {
    const done = turn.then(async () => {
      const fresh = `${file}.new`;
      await writeFile(fresh, JSON.stringify(make(await read())), { mode: 0o600 });
      // The mode above counts only for a file that was not there.
      await chmod(fresh, 0o600);
      await rename(fresh, file);
    });
    turn = done.catch(() => undefined);
    return done;
  }

  return {
    kind: 'file',
    where: async () => 'file',
    seal: (name, text) => change((entries) => ({ ...entries, [name]: text })),
    async open(name) {
      await turn;
      const entries = await read();
      return Object.hasOwn(entries, name) ? (entries[name] ?? null) : null;
    },
    forget: (name) => change((entries) => Object.fromEntries(Object.entries(entries).filter(([each]) => each !== name))),
    async keepOnly(prefix, names) {
      await turn;
      const goes = (name: string): boolean => name.startsWith(prefix) && !names.includes(name);
      if (Object.keys(await read()).some(goes)) await change((entries) => Object.fromEntries(Object.entries(entries).filter(([each]) => !goes(each))));
    },
  };
}

type Asked = Extract<CoreHostMessage, { readonly t: 'secret' }>;
type Answered = Extract<HostMessage, { readonly t: 'secret' }>;

/** Asks the parent. `answered` takes its answers. */
export function parentVault(post: (message: Asked) => void): { readonly vault: Vault; readonly answered: (message: Answered) => void } {
  const waiting = new Map<number, (text: string | null) => void>();
  let next = 1;
  const ask = (message: (id: number) => Asked): Promise<string | null> =>
    new Promise((resolve) => {
      const id = next++;
      waiting.set(id, resolve);
      post(message(id));
    });
  return {
    vault: {
      kind: 'keychain',
      seal: async (name, text) => void (await ask((id) => ({ t: 'secret', id, action: 'seal', name, text }))),
      where: async (name) => ((await ask((id) => ({ t: 'secret', id, action: 'where', name }))) === 'keychain' ? 'keychain' : 'file'),
      open: (name) => ask((id) => ({ t: 'secret', id, action: 'open', name })),
      forget: async (name) => void (await ask((id) => ({ t: 'secret', id, action: 'forget', name }))),
      keepOnly: async (prefix, names) => void (await ask((id) => ({ t: 'secret', id, action: 'keep', name: prefix, names }))),
    },
    answered(message) {
      waiting.get(message.id)?.(message.text);
      waiting.delete(message.id);
    },
  };
}
