/** A model that is not there yet is made with the first thing that is sent of it. */
import type { Learned } from '../connector.ts';
import { errorCodeOf, timeOf, type MlflowApi, type RegisteredModel } from './api.ts';

export const longestDescription = 5000;

export function modelMaker(api: MlflowApi) {
  async function makeModel(item: { readonly collection: string; readonly collectionId: number }, description: string, tags: readonly string[], signal: AbortSignal): Promise<Learned> {
    let model: RegisteredModel;
    let made = true;
    try {
      model = api.part(await api.post('registered-models/create', { name: item.collection, description: clipped(description), tags: tags.map((key) => ({ key, value: '' })) }, signal), 'registered_model');
    } catch (thrown) {
      if (errorCodeOf(thrown) !== 'RESOURCE_ALREADY_EXISTS') throw thrown;
      // By us, before an answer was lost, or by somebody else: the next pull compares what it says.
      made = false;
      model = api.part(await api.get('registered-models/get', { name: item.collection }, signal), 'registered_model');
    }
    return { model: { name: model.name, collectionId: item.collectionId, createdAt: timeOf(model.creation_timestamp), updatedAt: timeOf(model.last_updated_timestamp), made } };
  }

  return { makeModel };
}

export const clipped = (description: string): string => Array.from(description).slice(0, longestDescription).join('');
