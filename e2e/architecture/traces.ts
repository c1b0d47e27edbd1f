/** What must not be found in the repository: traces of one machine, one network. */

/** A host of a package registry. Joined from pieces, so that this file doesn't hold what it looks for. */
const REGISTRY_HOSTS = [
  ['registry', 'npmjs', 'org'],
  ['registry', 'yarnpkg', 'com'],
  ['registry', 'npmmirror', 'com'],
  ['files', 'pythonhosted', 'org'],
  ['pypi', 'org'],
  ['npm', 'pkg', 'github', 'com'],
].map((parts) => parts.join('.'));

const REGISTRY_PRODUCTS = ['artifactory', 'jfrog', 'verdaccio'].map((name) => new RegExp(`https?://[^\\s"']*${name}`, 'iu'));

/** Folders that only one machine has. */
const MACHINE_FOLDERS = [['', 'work', ''], ['', 'root', '']].map((parts) => new RegExp(`(?<![\\w.~-])${parts.join('/')}(?=[\\w.-])`, 'u'));

/**
 * The traces in one file's text.
 * @param ownFolders absolute paths of the machine that runs this
 */
export const tracesIn = (path: string, text: string, ownFolders: readonly string[]): readonly string[] =>
  text.split('\n').flatMap((line, index) => {
    const where = `${path}:${index + 1}`;
    const hosts = REGISTRY_HOSTS.filter((host) => line.includes(host)).map((host) => `${where} names the registry ${host}`);
    const products = REGISTRY_PRODUCTS.filter((product) => product.test(line)).map(() => `${where} names a registry's address`);
    const folders = [...MACHINE_FOLDERS.filter((folder) => folder.test(line)).map(String), ...ownFolders.filter((folder) => line.includes(folder))];
    return [...hosts, ...products, ...folders.map((folder) => `${where} names a folder of one machine (${folder})`)];
  });
