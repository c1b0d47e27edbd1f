/** What decides where a catalog is, as every process sees it. */
export type DataFolderFacts = {
  readonly platform: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
};

/**
 * The catalog's folder when none is named with `--data`: `VITRINE_DATA`, else the platform's place for a person's data. The window
 * and the command line must agree on it, so it is decided once, here. May be relative when `VITRINE_DATA` is.
 */
export function defaultDataFolder(facts: DataFolderFacts): string {
  const named = facts.environment['VITRINE_DATA'];
  if (named !== undefined && named !== '') return named;
  switch (facts.platform) {
    case 'win32':
      return `${facts.environment['APPDATA'] ?? `${facts.home}\\AppData\\Roaming`}\\Vitrine`;
    case 'darwin':
      return `${facts.home}/Library/Application Support/Vitrine`;
    default: {
      const base = facts.environment['XDG_DATA_HOME'];
      return `${base === undefined || base === '' ? `${facts.home}/.local/share` : base}/vitrine`;
    }
  }
}
