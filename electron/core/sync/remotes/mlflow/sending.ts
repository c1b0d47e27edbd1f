/** Single changes on their way there: each reads, compares and writes. */
import { isVitrineError } from '#shared/contract/errors.ts';
import { countCodePoints, pushVerdict } from '#shared/domain/index.ts';
import { sentenceOf, shown } from '../../http.ts';
import { isOfModel, type Learned, type Outgoing, type PushItem, type PushOutcome } from '../connector.ts';
import { aliasesOf, errorCodeOf, isMissing, tagsOf, timeOf, type ModelVersion, type RegisteredModel } from './api.ts';
import { longestDescription, modelMaker } from './makingModels.ts';
import type { Place } from './place.ts';
import { versionsTo } from './sendingVersions.ts';
import { standingOf } from './standing.ts';

/** How often a change waits for the next reading because what it is about is not where it was; then it is refused. */
const mostMisses = 20;
const unlinkedHereAlone = 'Unlinking here deletes nothing on an MLflow server.';

/** What an MLflow server can't hold, with what is said of it. */
const noPlaceFor = {
  ttl: 'MLflow has no place for a time to live.',
  metadata: 'MLflow has no place for metadata.',
  erase: 'MLflow has no artifacts by themselves.',
  run: 'What a run logs after its first version stays here.',
  registry: 'An MLflow server has no registries of its own.',
} as const;
type Placeless = Extract<PushItem, { readonly kind: keyof typeof noPlaceFor }>;

function hasNoPlace(item: PushItem): item is Placeless {
  return Object.hasOwn(noPlaceFor, item.kind);
}

export function sendingTo(there: Place) {
  const { api } = there;
  const { absentIsWell, modelNow, describedNow, aliasNow, aliasesNow } = standingOf(api);
  const { makeModel } = modelMaker(api);
  const { sendVersion } = versionsTo(there);

  function judge(item: PushItem): string | null {
    if (isOfModel(item) && item.taken !== null) return `The model “${item.target}” there is the collection “${item.taken}”: rename one of the two.`;
    switch (item.kind) {
      case 'moot':
        return item.why;
      case 'unlink':
        return item.withdrawn || item.deletes ? null : unlinkedHereAlone;
      case 'ttl':
      case 'metadata':
      case 'erase':
      case 'run':
      case 'registry':
        return noPlaceFor[item.kind];
      case 'drop':
        return null;
      case 'collection':
      case 'version':
        if (item.model === null && /[/:]/u.test(item.collection)) return `MLflow takes no “/” or “:” in a model’s name, as in “${item.collection}”.`;
        return null;
      case 'state':
        return null;
      case 'name':
        return /[/:]/u.test(item.collection) ? `MLflow takes no “/” or “:” in a model’s name, as in “${item.collection}”.` : null;
      case 'alias':
        // What could never be there needs not be taken away.
        if (item.mine === null) return null;
        if (!/^[\p{L}\p{M}\p{N}_-]+$/u.test(item.alias)) return `MLflow’s aliases have letters, digits, “_” and “-” only, unlike “${item.alias}”.`;
        if (/^(?:latest|v\d+)$/iu.test(item.alias)) return `MLflow keeps “${item.alias}” for itself.`;
        return null;
      case 'description':
      case 'text':
        return countCodePoints(item.mine) > longestDescription ? `MLflow takes descriptions of at most ${longestDescription} characters; this one has ${countCodePoints(item.mine)}.` : null;
      case 'tag':
      case 'mark':
        return item.tag.length > 250 ? 'MLflow takes tags of at most 250 characters.' : null;
    }
  }

  async function push(item: PushItem, outgoing: Outgoing, signal: AbortSignal): Promise<PushOutcome> {
    if (item.kind === 'moot') return { kind: 'moot', why: item.why };
    // A version of a model is the thing itself there, not a link to it.
    if (item.kind === 'unlink' && !item.withdrawn && !item.deletes) return { kind: 'moot', why: unlinkedHereAlone };
    if (hasNoPlace(item)) return { kind: 'moot', why: judge(item) ?? noPlaceFor[item.kind] };
    const objection = judge(item);
    if (objection !== null) return { kind: 'dead', error: objection };
    try {
      return await send(item, outgoing, signal);
    } catch (thrown) {
      // Renamed or deleted there since it was read: the next reading says which.
      if (isMissing(thrown) && item.model !== null && item.attempts < mostMisses) return { kind: 'later', error: 'It is not there any more as it was read: read again first.' };
      if (isVitrineError(thrown) && thrown.code === 'remote_refused') return { kind: 'dead', error: sentenceOf(thrown) };
      throw thrown;
    }
  }

  async function send(item: Exclude<PushItem, Placeless | { readonly kind: 'moot' }>, outgoing: Outgoing, signal: AbortSignal): Promise<PushOutcome> {
    const sent = (learned: Learned): PushOutcome => ({ kind: 'sent', learned });
    switch (item.kind) {
      case 'collection':
        return sent(item.model === null ? await makeModel(item, item.description, item.tags, signal) : {});
      case 'version':
        return sendVersion(item, outgoing, signal);
      case 'alias':
        return sendAlias(item, signal);
      case 'unlink':
        return withdrawVersion(item, signal);
      case 'drop':
        return withdrawModel(item, signal);
      case 'name':
        return sendName(item, signal);
      case 'description': {
        const learned = item.model === null ? await makeModel(item, item.mine, [], signal) : {};
        const model = item.model ?? item.collection;
        // Whoever wrote there after it was last read is heard first: the next reading decides who was later.
        if (item.model !== null && (await describedNow(model, signal)) !== item.seen) return { kind: 'later', error: 'It was written there meanwhile: read again first.' };
        await api.patch('registered-models/update', { name: model, description: item.mine }, signal);
        return sent({ ...learned, description: { model, value: item.mine } });
      }
      case 'tag': {
        const learned = item.model === null ? await makeModel(item, '', [], signal) : {};
        const model = item.model ?? item.collection;
        await (item.mine ? api.post('registered-models/set-tag', { name: model, key: item.tag, value: '' }, signal) : absentIsWell(api.delete('registered-models/delete-tag', { name: model, key: item.tag }, signal), () => modelNow(model, signal)));
        return sent({ ...learned, tag: { model, tag: item.tag, stands: item.mine } });
      }
      case 'text':
        if ((await describedNow(item.model ?? '', signal, item.version)) !== item.seen) return { kind: 'later', error: 'It was written there meanwhile: read again first.' };
        await api.patch('model-versions/update', { name: item.model, version: item.version, description: item.mine }, signal);
        return sent({ text: { model: item.model ?? '', version: item.version, value: item.mine } });
      case 'state': {
        if (item.version === null) return { kind: 'later', error: 'The version that it is about goes first.' };
        const version = { name: item.model, version: item.version };
        const { current_stage: stage = 'None' } = api.part<ModelVersion>(await api.get('model-versions/get', { name: item.model ?? '', version: item.version }, signal), 'model_version');
        if (stage !== item.mine && stage !== item.seen) return { kind: 'later', error: 'Its stage was changed there meanwhile: read again first.' };
        if (stage !== item.mine) await api.post('model-versions/transition-stage', { ...version, stage: item.mine, archive_existing_versions: false }, signal);
        return sent({ stage: { model: item.model ?? '', version: item.version, value: item.mine } });
      }
      case 'mark':
        await (item.mine ? api.post('model-versions/set-tag', { name: item.model, version: item.version, key: item.tag, value: '' }, signal) : absentIsWell(api.delete('model-versions/delete-tag', { name: item.model, version: item.version, key: item.tag }, signal), () => describedNow(item.model ?? '', signal, item.version)));
        return sent({ mark: { model: item.model ?? '', version: item.version, tag: item.tag, stands: item.mine } });
    }
  }

  /** What a push from here made, or, where deletions go over, whatever of it is known here; only while nobody has built on it there. */
  async function withdrawVersion(item: Extract<PushItem, { readonly kind: 'unlink' }>, signal: AbortSignal): Promise<PushOutcome> {
    const model = item.model ?? '';
    const gone: PushOutcome = { kind: 'sent', learned: { gone: { model, version: item.version } } };
    const found = await api.find<{ readonly model_version?: ModelVersion }>('model-versions/get', { name: model, version: item.version }, signal);
    if (found?.model_version === undefined) {
      await modelNow(model, signal);
      return gone;
    }
    // A number comes again where the model was deleted and made anew: that is another version.
    if (!item.withdrawn && item.createdAt > 0 && timeOf(found.model_version.creation_timestamp) !== item.createdAt) return gone;
    if (item.withdrawn && tagsOf(found.model_version.tags)['vitrine.mutation'] === undefined) return { kind: 'dead', error: `Version ${item.version} there was not made from here.` };
    const aliases = found.model_version.aliases ?? [];
    if (aliases.length > 0) return { kind: 'dead', error: `“${aliases.map(String).map(shown).join('”, “')}” stands on version ${item.version} there: it has to go first.` };
    await absentIsWell(api.delete('model-versions/delete', { name: model, version: item.version }, signal), () => modelNow(model, signal));
    return gone;
  }

  async function withdrawModel(item: Extract<PushItem, { readonly kind: 'drop' }>, signal: AbortSignal): Promise<PushOutcome> {
    const model = item.model ?? '';
    const gone: PushOutcome = { kind: 'sent', learned: { dropped: { model } } };
    const found = await api.find<{ readonly registered_model?: RegisteredModel }>('registered-models/get', { name: model }, signal);
    if (found?.registered_model === undefined || timeOf(found.registered_model.creation_timestamp) !== item.createdAt) return gone;
    const strange = (await api.versions(model, signal)).map((version) => String(version.version)).filter((version) => !item.versions.includes(version));
    if (strange.length > 0) return { kind: 'dead', error: `“${model}” stays there, since version ${strange.slice(0, 5).join(', ')} in it was not known here when it was deleted.` };
    await absentIsWell(api.delete('registered-models/delete', { name: model }, signal));
    return gone;
  }

  async function sendName(item: Extract<PushItem, { readonly kind: 'name' }>, signal: AbortSignal): Promise<PushOutcome> {
    const from = item.model ?? '';
    const learned: Learned = { renamed: { from, to: item.collection } };
    try {
      await api.post('registered-models/rename', { name: from, new_name: item.collection }, signal);
    } catch (thrown) {
      // It may have arrived before, and only its answer not: then the model of that very moment has the new name.
      const standing = isMissing(thrown) || errorCodeOf(thrown) === 'RESOURCE_ALREADY_EXISTS' ? await api.find<{ readonly registered_model: RegisteredModel }>('registered-models/get', { name: item.collection }, signal) : null;
      if (standing === null || timeOf(standing.registered_model.creation_timestamp) !== item.createdAt) throw thrown;
    }
    return { kind: 'sent', learned };
  }

  async function sendAlias(item: Extract<PushItem, { readonly kind: 'alias' }>, signal: AbortSignal): Promise<PushOutcome> {
    const { model, alias, mine } = item;
    if (model === null) return mine === null ? { kind: 'moot', why: 'The model is not there.' } : { kind: 'dead', error: 'Its model is not at the remote: see what was refused before it.' };
    if (item.behind) return { kind: 'later', error: 'The version that it stands on goes first.' };
    if (mine?.startsWith('here ') === true) return { kind: 'dead', error: 'The version that it stands on is not at the remote: see what was refused before it.' };
    const learned: Learned = { alias: { model, alias, value: mine } };
    const listed = await aliasesNow(model, signal);
    let theirs = listed === null ? null : (aliasesOf(listed)[alias] ?? null);
    let verdict = pushVerdict<string | null>(item.seen, mine, theirs, 'compare and set');
    // What a list shows suffices to write. Before anything else is said, and where it may be an alias that a version left behind that is gone since,
    // the alias itself is asked about.
    if (listed === null || verdict !== 'send' || (theirs !== null && timeOf(listed.last_updated_timestamp) !== item.modelUpdatedAt)) {
      theirs = await aliasNow(model, alias, signal);
      verdict = pushVerdict<string | null>(item.seen, mine, theirs, 'compare and set');
    }
    // An alias that stands nowhere, or a model that is not there any more under that name: only the former decides anything.
    if (theirs === null && verdict !== 'send') await modelNow(model, signal);
    switch (verdict) {
      case 'done':
        return { kind: 'sent', learned };
      case 'conflict':
        return { kind: 'conflict', model, collectionId: item.collectionId, alias, base: item.sides.base, mine: item.sides.mine, theirs: { value: theirs, shown: theirs === null ? 'on no version' : `on version ${theirs} there`, linkId: null } };
      case 'send':
        await (mine === null ? absentIsWell(api.delete('registered-models/alias', { name: model, alias }, signal), () => modelNow(model, signal)) : api.post('registered-models/alias', { name: model, alias, version: mine }, signal));
        return { kind: 'sent', learned };
    }
  }

  return { judge, push };
}
