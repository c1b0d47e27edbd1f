/** An address tried step by step: whether anybody is there, whether it speaks W&B's language, lets us in, has the registry, and lets us read it. */
import { isVitrineError } from '#shared/contract/errors.ts';
import type { RemoteTestStep } from '#shared/contract/index.ts';
import { baseOf, sentenceOf } from '../../http.ts';
import type { TestReport } from '../connector.ts';
import { findRegistry, organizationEntity, registriesOf, teamsOf, wantedOf } from './place.ts';
import type { Edges, WandbApi } from './api.ts';

const order = ['address', 'server', 'sign_in', 'workspace', 'read'] as const;

type Viewer = { readonly viewer?: { readonly username?: string | null; readonly entity?: string | null; readonly teams?: Edges<{ readonly name: string }> | null } | null };

export async function probe(api: WandbApi, workspace: string, destination: string | null, signal: AbortSignal): Promise<TestReport> {
  const steps: RemoteTestStep[] = [];
  let workspaces: readonly string[] = [];
  let user: string | null = null;
  const report = (): TestReport => {
    for (const step of order) if (!steps.some((one) => one.step === step)) steps.push({ step, verdict: 'skipped', detail: 'Not tried, since a step before it failed.', advice: null });
    return { steps, version: null, user, workspaces: [...workspaces] };
  };
  const say = (step: RemoteTestStep['step'], verdict: RemoteTestStep['verdict'], detail: string, advice: string | null = null): void => void steps.push({ step, verdict, detail, advice });
  const well = (step: RemoteTestStep['step'], detail: string, advice: string | null = null): void => say(step, 'well', detail, advice);
  try {
    const { viewer } = await api.ask<Viewer>('Viewer', {}, signal);
    well('address', `${baseOf(api.http.base).host} answers.`);
    well('server', 'It speaks W&B’s language.', 'W&B names no version here; servers from 0.70 on are meant, as by the public client from 0.28.1 on.');
    if (viewer === null || viewer === undefined) {
      say('sign_in', 'failed', 'The server knows nobody by this key.', 'Enter an API key: W&B shows it under User settings, and under /authorize.');
      return report();
    }
    user = viewer.username ?? null;
    well('sign_in', user === null ? 'The key is accepted.' : `The key is accepted: it is ${user}’s.`);
    const wanted = wantedOf(workspace);
    if (wanted === null) {
      say('workspace', 'failed', 'No registry is named.', 'Write organization/registry, such as acme/model.');
      return report();
    }
    const entity = await organizationEntity(api, wanted.organization, signal);
    if (entity === null) {
      say('workspace', 'failed', `There is no organization “${wanted.organization}”, or this key is not of it.`, 'W&B shows its name above the list of registries.');
      return report();
    }
    workspaces = (await registriesOf(api, wanted.organization, signal)).map((registry) => `${wanted.organization}/${registry}`);
    const found = await findRegistry(api, entity, wanted.registry, signal);
    if (found === null) {
      say('workspace', 'failed', `“${wanted.organization}” has no registry “${wanted.registry}” that this key may see.`, workspaces.length === 0 ? 'It may see none at all.' : `It may see ${workspaces.slice(0, 10).join(', ')}.`);
      return report();
    }
    well('workspace', `The registry “${wanted.registry}” is there.`);
    const into = destination?.split('/')[0] ?? viewer.entity ?? null;
    const teams = teamsOf(viewer);
    const teamMissing = into === null || (teams.length > 0 && !teams.includes(into));
    well('read', found.readOnly === true ? 'It can be read, not changed: this key may only look.' : 'It can be read.', found.readOnly === true || !teamMissing ? 'Whether it can be written shows with the first push.' : 'Versions made here have to be logged into a team of the organization: say which, as team/project.');
    return report();
  } catch (thrown) {
    if (!isVitrineError(thrown) || thrown.code === 'cancelled') throw thrown;
    const next = order.find((step) => !steps.some((one) => one.step === step)) ?? 'read';
    if (next === 'address' && thrown.code !== 'remote_unreachable') {
      well('address', `${baseOf(api.http.base).host} answers.`);
      if (thrown.code === 'remote_sign_in') {
        well('server', 'It asks who we are.');
        say('sign_in', 'failed', sentenceOf(thrown), 'Enter an API key: W&B shows it under User settings, and under /authorize.');
      } else say('server', 'failed', sentenceOf(thrown), 'Give the address that WANDB_BASE_URL has: https://api.wandb.ai for W&B’s cloud.');
    } else say(next, 'failed', sentenceOf(thrown), next === 'address' ? 'Check the address, and that the server runs and can be reached from here.' : 'Look at what W&B says.');
    return report();
  }
}
