/** How a version is used from elsewhere: each text is correct as it is shown. */

export type Shell = 'posix' | 'windows';

/** One word of a command line. Quoted only where it has to be. */
export function shellWord(text: string, shell: Shell): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/u.test(text)) return text;
  // PowerShell and sh agree on single quotes, except for how one is written inside.
  return `'${text.replaceAll("'", shell === 'posix' ? String.raw`'\''` : "''")}'`;
}

/** A string literal of Python: JSON's escapes are all Python's, too. */
export function pythonString(text: string): string {
  return JSON.stringify(text);
}

/** A folder to write into, named after what is written. */
export function folderNameFor(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9._-]+/gu, '-').replaceAll(/^[-.]+|[-.]+$/gu, '') || 'version';
}

export type PythonFacts = {
  /** Where the HTTP door is; null: taken from the environment. */
  readonly url: string | null;
  /** An API key; null: taken from the environment. */
  readonly key: string | null;
  readonly address: string;
  readonly folder: string;
};

/** Python that downloads the files of a version and checks each, with nothing but its standard library. */
export function pythonDownload({ url, key, address, folder }: PythonFacts): string {
  const fromEnvironment = url === null || key === null;
  return `import hashlib, json, ${fromEnvironment ? 'os, ' : ''}urllib.parse, urllib.request
from pathlib import Path

URL = ${url === null ? 'os.environ["VITRINE_URL"]' : pythonString(url.replace(/\/+$/u, ''))}
KEY = ${key === null ? 'os.environ["VITRINE_API_KEY"]' : pythonString(key)}
ADDRESS = ${pythonString(address)}
FOLDER = Path(${pythonString(folder)})

def send(path, body=None):
    headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
    return urllib.request.urlopen(urllib.request.Request(URL + path, body, headers))

def call(operation, **given):
    with send(f"/api/operations/{operation}", json.dumps(given).encode()) as reply:
        return json.load(reply)["output"]

version = call("addresses.resolve", address=ADDRESS)["versionId"]
page = {"nextCursor": None}
while True:
    here = {} if page["nextCursor"] is None else {"cursor": page["nextCursor"]}
    page = call("versions.manifest", id=version, limit=1000, **here)
    for entry in page["items"]:
        if entry["sha256"] is None:
            print("kept elsewhere:", entry["reference"])
            continue
        target = FOLDER / entry["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with send(f"/api/versions/{version}/files/{urllib.parse.quote(entry['path'])}") as reply, target.open("wb") as file:
            while part := reply.read(1 << 20):
                digest.update(part)
                file.write(part)
        assert digest.hexdigest() == entry["sha256"], f"damaged: {entry['path']}"
        print(target)
    if page["nextCursor"] is None:
        break
`;
}

/** What the command line is told, one line each. */
export function commandLines(address: string, folder: string, shell: Shell): readonly { readonly meaning: string; readonly line: string }[] {
  const word = shellWord(address, shell);
  return [
    { meaning: 'Write the files into a new folder, checked byte by byte', line: `vitrine get ${word} ./${folder}` },
    { meaning: 'All its facts', line: `vitrine show ${word}` },
    { meaning: 'The same for scripts', line: `vitrine show ${word} --json` },
  ];
}
