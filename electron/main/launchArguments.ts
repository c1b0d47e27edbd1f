/** What the command line asks of the app. */
export type LaunchArguments = {
  /** As written; undefined where not given. */
  readonly data: string | undefined;
  readonly sample: boolean;
  /** `vitrine://…` addresses, in order. */
  readonly addresses: readonly string[];
  /** Chromium's sandbox was switched off from outside. */
  readonly withoutSandbox: boolean;
};

/** Scheme of addresses that name places and things in the catalog. */
export const addressScheme = 'vitrine:';
const maximumAddressLength = 4096;

/**
 * Reads the arguments after the program's name. What it does not know it leaves to Chromium, which shares the command line.
 */
export function readLaunchArguments(args: readonly string[]): LaunchArguments {
  let data: string | undefined;
  let sample = false;
  let withoutSandbox = false;
  const addresses: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] ?? '';
    if (argument === '--data') {
      const value = args[index + 1];
      if (value !== undefined && !value.startsWith('--')) {
        data = value;
        index += 1;
      }
    } else if (argument.startsWith('--data=')) data = argument.slice('--data='.length);
    else if (argument === '--sample') sample = true;
    else if (argument === '--no-sandbox') withoutSandbox = true;
    else {
      const address = readAddress(argument);
      if (address !== null) addresses.push(address);
    }
  }
  return { data, sample, addresses, withoutSandbox };
}

/** A `vitrine://…` address as it may be handed to the window, or null. Whether it names anything is for the window and core to find. */
export function readAddress(text: string): string | null {
  if (text.length > maximumAddressLength || !text.toLowerCase().startsWith(`${addressScheme}//`)) return null;
  try {
    const url = new URL(text);
    return url.protocol === addressScheme ? text : null;
  } catch {
    return null;
  }
}

/**
 * The arguments of the command line after `--cli`, or null when a window is wanted. `--cli` is the first argument that is not Chromium's
 * own; a `--` after it, which keeps Chromium from reading what follows (`--type=model` would make it another process), is dropped.
 */
export function readCommandLine(args: readonly string[]): readonly string[] | null {
  const at = args.indexOf('--cli');
  if (at === -1 || args.slice(0, at).some((argument) => !argument.startsWith('--') && !isApplicationPath(argument))) return null;
  const rest = args.slice(at + 1);
  return rest[0] === '--' ? rest.slice(1) : rest;
}

/** From a checkout the first plain argument is the application's folder. */
function isApplicationPath(argument: string): boolean {
  return argument === '.' || argument.startsWith('/') || /^[A-Za-z]:[\\/]/u.test(argument);
}
