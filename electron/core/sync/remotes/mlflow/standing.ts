/** What stands there at the moment: asked right before something is written. */
import type { Standing, Thing } from '../connector.ts';
import { errorCodeOf, isMissing, tagsOf, type MlflowApi, type ModelVersion, type RegisteredModel } from './api.ts';

/** A look at all aliases of a model counts for as long as it took, and for this many milliseconds at most. */
const lookCounts = 100;

type Look = { readonly model: Promise<RegisteredModel | null>; /** Until when it counts, as `performance.now()`; as long as the answer is under way without an end. */ until: number };

export function standingOf(api: MlflowApi) {
  const looks = new Map<string, Look>();

  /**
   * All aliases of a model with one question, for those that are written together. MLflow has no compare-and-set and no answer of its says what a
   * write replaced, so a move between look and write can be seen by nobody afterwards: all that helps is that this stays as short as one
   * question and one write are. Null: not listed.
   */
  async function aliasesNow(model: string, signal: AbortSignal): Promise<RegisteredModel | null> {
    const known = looks.get(model);
    if (known !== undefined && performance.now() < known.until) return known.model;
    for (const [name, look] of looks) if (performance.now() >= look.until) looks.delete(name);
    const look: Look = { model: api.listed(model, signal), until: Infinity };
    looks.set(model, look);
    const asked = performance.now();
    try {
      const found = await look.model;
      const answered = performance.now();
      look.until = answered + Math.min(lookCounts, answered - asked);
      return found;
    } catch (thrown) {
      looks.delete(model);
      throw thrown;
    }
  }

  async function now(thing: Thing, signal: AbortSignal): Promise<Standing> {
    const nothing: Standing = { value: null, holds: [] };
    switch (thing.kind) {
      case 'alias':
        return { value: await aliasNow(thing.model, thing.alias, signal), holds: [] };
      case 'model':
      case 'description':
      case 'tag': {
        const found = (await api.find<{ readonly registered_model?: RegisteredModel }>('registered-models/get', { name: thing.model }, signal))?.registered_model;
        if (found === undefined) return nothing;
        if (thing.kind === 'description') return { value: found.description ?? '', holds: [] };
        if (thing.kind === 'tag') return { value: tagsOf(found.tags)[thing.tag] ?? null, holds: [] };
        return { value: found.name, holds: (await api.versions(thing.model, signal)).map((version) => String(version.version)) };
      }
      case 'version':
      case 'text':
      case 'stage':
      case 'mark': {
        const found = (await api.find<{ readonly model_version?: ModelVersion }>('model-versions/get', { name: thing.model, version: thing.version }, signal))?.model_version;
        if (found === undefined) return nothing;
        if (thing.kind === 'text') return { value: found.description ?? '', holds: [] };
        if (thing.kind === 'stage') return { value: found.current_stage ?? 'None', holds: [] };
        if (thing.kind === 'mark') return { value: tagsOf(found.tags)[thing.tag] ?? null, holds: [] };
        return { value: String(found.version), holds: (found.aliases ?? []).map(String) };
      }
    }
  }

  /** What was to go and is gone is done, as long as what it was to go from is there: else that was renamed or deleted, and the next reading says which. */
  async function absentIsWell(work: Promise<unknown>, standing?: () => Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (thrown) {
      if (!isMissing(thrown)) throw thrown;
      await standing?.();
    }
  }

  const modelNow = async (model: string, signal: AbortSignal): Promise<RegisteredModel> => api.part<RegisteredModel>(await api.get('registered-models/get', { name: model }, signal), 'registered_model');

  async function describedNow(model: string, signal: AbortSignal, version?: string): Promise<string> {
    if (version === undefined) return (await modelNow(model, signal)).description ?? '';
    return api.part<ModelVersion>(await api.get('model-versions/get', { name: model, version }, signal), 'model_version').description ?? '';
  }

  async function aliasNow(model: string, alias: string, signal: AbortSignal): Promise<string | null> {
    // Asked by the alias, so that one that was left behind on a version that is gone stands nowhere.
    const found = await api.find<{ readonly model_version?: ModelVersion }>('registered-models/alias', { name: model, alias }, signal).catch((thrown: unknown) => {
      if (errorCodeOf(thrown) === 'INVALID_PARAMETER_VALUE') return null;
      throw thrown;
    });
    return found?.model_version === undefined ? null : String(found.model_version.version);
  }

  return { now, absentIsWell, modelNow, describedNow, aliasNow, aliasesNow };
}
