/**
 * Where a catalog lies when nobody says so: one rule for window and command line. Strings only; the caller knows its platform.
 */
export type Surroundings = {
  readonly platform: string;
  readonly homeDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
};

/**
 * The folder that was asked for with `--data`, else `VITRINE_DATA`, else the platform's place for an application's data. May be relative
 * where a person wrote it so: the caller resolves it against the working directory.
 */
export function chooseDataDirectory(asked: string | undefined, surroundings: Surroundings): string {
  if (asked !== undefined && asked !== '') return asked;
  const fromEnvironment = surroundings.environment['VITRINE_DATA'];
  if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment;
  return defaultDataDirectory(surroundings);
}

function defaultDataDirectory({ platform, homeDirectory, environment }: Surroundings): string {
  if (platform === 'darwin') return `${homeDirectory}/Library/Application Support/Vitrine/catalog`;
  if (platform === 'win32') return `${environment['LOCALAPPDATA'] || `${homeDirectory}\\AppData\\Local`}\\Vitrine\\catalog`;
  // The XDG rule: a relative path in the variable is invalid and must be ignored.
  const data = environment['XDG_DATA_HOME'];
  return data !== undefined && data.startsWith('/') ? `${data}/vitrine` : `${homeDirectory}/.local/share/vitrine`;
}
