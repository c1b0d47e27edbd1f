/** Variables by which somebody could put other code into core, or make it behave as another program. */
const dangerous = /^(?:NODE_(?!EXTRA_CA_CERTS$)|ELECTRON_|LD_PRELOAD$|LD_AUDIT$|DYLD_|CHROME_|VSCODE_)/u;

/** The environment that core gets: everything but what could change what it runs. Undefined values are dropped. */
export function scrubEnvironment(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) if (value !== undefined && !dangerous.test(name)) kept[name] = value;
  return kept;
}
