/** Joins the class names that are present; `false`, `null`, `undefined` and empty strings are left out. */
export function classNames(...names: ReadonlyArray<string | false | null | undefined>): string {
  let joined = '';
  for (const name of names) {
    if (name) joined = joined === '' ? name : `${joined} ${name}`;
  }
  return joined;
}
