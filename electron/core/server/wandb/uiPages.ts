/** The addresses that W&B's client prints lead to a small page that opens the same place in the window. */
import { formatPlace, parsePlace, parseSelector, registryOfProject, type Place, type Selector } from '#shared/domain/index.ts';

export type UiPage = { readonly status: number; readonly html: string };

export const uiPagePolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The page for a path, or null where the client prints no such address. */
export function uiPageFor(path: string, query: URLSearchParams): UiPage | null {
  const steps = stepsOf(path);
  if (steps === null) return null;
  if (steps.length === 1 && steps[0] === 'authorize') return { status: 200, html: pageOf('A key for this Vitrine', 'vitrine://settings/keys', 'Make an API key in Vitrine’s settings, or with <code>vitrine key create NAME</code>, and paste it where you were asked for it.') };
  const place = placeOf(steps, query);
  if (place === null) return null;
  const link = formatPlace(place);
  // Only what the window would open is ever offered.
  if (!parsePlace(link).ok) return null;
  return { status: 200, html: pageOf(titleOf(place), link, 'This address is that of a place in Vitrine, the app.') };
}

function stepsOf(path: string): readonly string[] | null {
  if (path.length > 4000) return null;
  try {
    const steps = path.split('/').filter((step) => step !== '').map((step) => decodeURIComponent(step));
    return steps.length === 0 ? null : steps;
  } catch {
    return null;
  }
}

function placeOf(steps: readonly string[], query: URLSearchParams): Place | null {
  const [first = '', second = '', third = '', fourth = '', fifth = '', sixth = ''] = steps;
  if (first === 'orgs' && third === 'registry' && steps.length === 4) return registryPlace(fourth, query);
  if (steps.length === 3 && second === 'registry') return registryPlace(third, query);
  if (steps.length === 2) {
    const registry = registryOfProject(second);
    return registry === null ? { place: 'project', entity: first, project: second } : { place: 'registry', registry };
  }
  if (steps.length === 4 && third === 'runs') return { place: 'run', entity: first, project: second, run: fourth };
  if (third === 'artifacts' && (steps.length === 5 || steps.length === 6)) {
    const selector = steps.length === 6 ? selectorOf(sixth) : null;
    const registry = registryOfProject(second);
    if (registry !== null) return selector === null ? { place: 'collection', registry, collection: fifth } : { place: 'linked version', registry, collection: fifth, selector };
    return selector === null ? { place: 'artifact', entity: first, project: second, artifact: fifth } : { place: 'source version', entity: first, project: second, artifact: fifth, selector };
  }
  return null;
}

/** `selectionPath` is `entity/project/collection`, `version` is `vN`. */
function registryPlace(registry: string, query: URLSearchParams): Place {
  const selected = (query.get('selectionPath') ?? '').split('/');
  const named = selected.length === 3 ? (registryOfProject(selected[1] ?? '') ?? registry) : registry;
  const collection = selected.length === 3 ? (selected[2] ?? '') : '';
  if (collection === '') return { place: 'registry', registry: named };
  const selector = selectorOf(query.get('version') ?? '');
  return selector === null ? { place: 'collection', registry: named, collection } : { place: 'linked version', registry: named, collection, selector };
}

function selectorOf(text: string): Selector | null {
  const selector = parseSelector(text);
  return selector.ok ? selector.value : null;
}

function titleOf(place: Place): string {
  switch (place.place) {
    case 'run':
      return `Run ${place.run}`;
    case 'project':
      return place.project;
    case 'artifact':
    case 'source version':
      return place.artifact;
    case 'registry':
      return place.registry;
    case 'collection':
    case 'linked version':
      return `${place.registry}/${place.collection}`;
    default:
      return 'Vitrine';
  }
}

function pageOf(title: string, link: string, sentence: string): string {
  const address = escapeHtml(link);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="0; url=${address}">
<title>${escapeHtml(title)} – Vitrine</title>
<style>
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 16px/1.5 system-ui, sans-serif; color: #1c1e24; background: #f6f6f8 }
  main { max-width: 30rem; padding: 2rem }
  h1 { font-size: 1.25rem; margin: 0 0 .5rem; overflow-wrap: anywhere }
  p { margin: .5rem 0 1.25rem; color: #565a66 }
  a { display: inline-block; padding: .5rem 1rem; border-radius: .5rem; background: #2f5bd0; color: #fff; text-decoration: none }
  a:focus-visible { outline: 2px solid #2f5bd0; outline-offset: 2px }
  code { overflow-wrap: anywhere }
  @media (prefers-color-scheme: dark) { body { color: #e8e9ee; background: #16171b } p { color: #a5a9b5 } a { background: #4a73de } }
</style>
<main>
  <h1>${escapeHtml(title)}</h1>
  <p>${sentence}</p>
  <a href="${address}">Open in Vitrine</a>
</main>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
