/** The snippet that logs from Python with nothing but its standard library, correct as it is shown. */

export type SnippetFacts = {
  /** Where the HTTP door is, without a slash at the end. */
  readonly url: string;
  readonly key: string;
};

/** Python that asks where it is and logs a folder as a new version; any operation can be called the same way. */
export function pythonSnippet({ url, key }: SnippetFacts): string {
  return `import json, urllib.request

URL = ${pythonString(url.replace(/\/+$/u, ''))}
KEY = ${pythonString(key)}

def vitrine(operation, **given):
    request = urllib.request.Request(
        f"{URL}/api/operations/{operation}",
        data=json.dumps(given).encode(),
        headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as reply:
        return json.load(reply)["output"]

print(vitrine("catalog.status"))

# Log a folder of this machine as a new version:
# vitrine("versions.log", paths=["/path/to/model"], project={"name": "my-project"},
#         artifact="my-model", type="model", aliases=["candidate"])
`;
}

/** A Python string literal: JSON's escapes are all Python's, too. */
export function pythonString(text: string): string {
  return JSON.stringify(text);
}
