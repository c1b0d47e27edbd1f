/** The test of a remote before it is added, step by step. */
import { isVitrineError } from '#shared/contract/errors.ts';
import type { RemoteTestStep } from '#shared/contract/index.ts';
import { baseOf, sentenceOf, shown } from '../../http.ts';
import type { TestReport } from '../connector.ts';
import type { Place } from './place.ts';

export function probeOf({ api, http, workspace }: Place) {
  /** Older servers know nothing of workspaces, not even that they have none. */
  async function offersWorkspaces(signal: AbortSignal): Promise<boolean> {
    const answer = await http.ask('/api/3.0/mlflow/server-info', { signal, bare: true });
    if (answer.status !== 200) return false;
    try {
      return (JSON.parse(answer.text) as { readonly workspaces_enabled?: unknown }).workspaces_enabled === true;
    } catch {
      return false;
    }
  }

  async function namesOfWorkspaces(signal: AbortSignal): Promise<readonly string[]> {
    const { workspaces = [] } = await http.json<{ readonly workspaces?: readonly { readonly name?: string }[] }>('/api/3.0/mlflow/workspaces', { signal, bare: true });
    return workspaces.flatMap(({ name: one }) => one ?? []).toSorted();
  }

  async function test(signal: AbortSignal): Promise<TestReport> {
    const steps: RemoteTestStep[] = [];
    const report = (more: Partial<TestReport> = {}): TestReport => {
      for (const step of ['address', 'server', 'sign_in', 'workspace', 'read'] as const) if (!steps.some((one) => one.step === step)) steps.push({ step, verdict: 'skipped', detail: 'Not tried, since a step before it failed.', advice: null });
      return { steps, version: null, user: null, workspaces: [], ...more };
    };
    const failed = (step: RemoteTestStep['step'], thrown: unknown, advice: string): void => {
      if (!isVitrineError(thrown)) throw thrown;
      steps.push({ step, verdict: 'failed', detail: sentenceOf(thrown), advice });
    };
    let version: string | null = null;
    try {
      const answer = await http.ask('/version', { signal, bare: true });
      steps.push({ step: 'address', verdict: 'well', detail: `${baseOf(http.base).host} answers.`, advice: null });
      version = /^\d+\.\d+[\w.]*$/u.test(answer.text.trim()) ? answer.text.trim() : null;
      if (version === null) {
        steps.push({ step: 'server', verdict: 'failed', detail: `What answers there is no MLflow server: ${shown(answer.text)}`, advice: 'Give the address that MLFLOW_TRACKING_URI has, with its path if it has one.' });
        return report();
      }
      const major = Number(version.split('.')[0]);
      steps.push(major < 2 ? { step: 'server', verdict: 'failed', detail: `MLflow ${version} is too old: it has no aliases.`, advice: 'MLflow 2.3 or newer is needed; 3 is what this was tried with.' } : { step: 'server', verdict: 'well', detail: `MLflow ${version}.`, advice: major < 3 ? 'Tried with MLflow 3; 2.x may differ in places.' : null });
      if (major < 2) return report({ version });
    } catch (thrown) {
      if (isVitrineError(thrown) && thrown.code === 'remote_sign_in') {
        steps.push({ step: 'address', verdict: 'well', detail: `${baseOf(http.base).host} answers.`, advice: null }, { step: 'server', verdict: 'skipped', detail: 'It says what it is only to whom it knows.', advice: null });
        failed('sign_in', thrown, 'Check user name and password, or the token.');
        return report();
      }
      failed('address', thrown, 'Check the address, and that the server runs and can be reached from here.');
      return report();
    }
    let workspaces: readonly string[] = [];
    try {
      const offers = await offersWorkspaces(signal);
      if (workspace !== null && !offers) {
        steps.push({ step: 'workspace', verdict: 'failed', detail: `This server has no workspaces, so there is no “${workspace}”.`, advice: 'Leave the workspace empty, or start the server with --enable-workspaces.' });
        return report({ version });
      }
      // Asked without the header, which the server would refuse for a workspace that isn’t there before it answers anything.
      if (offers) workspaces = await namesOfWorkspaces(signal);
      if (workspace !== null && workspaces.length > 0 && !workspaces.includes(workspace)) {
        steps.push({ step: 'sign_in', verdict: 'well', detail: 'The credential is accepted.', advice: null }, { step: 'workspace', verdict: 'failed', detail: `There is no workspace “${workspace}”, or none that you may see.`, advice: `There are: ${workspaces.slice(0, 20).join(', ')}.` });
        return report({ version, workspaces: [...workspaces] });
      }
      const { models } = await api.models(1, 'name ASC', undefined, signal);
      steps.push({ step: 'sign_in', verdict: 'well', detail: 'The credential is accepted.', advice: null });
      steps.push(workspace !== null ? { step: 'workspace', verdict: 'well', detail: `The workspace “${workspace}”.`, advice: null } : { step: 'workspace', verdict: 'skipped', detail: offers ? 'The server’s default one.' : 'The server’s own.', advice: null });
      steps.push({ step: 'read', verdict: 'well', detail: models.length === 0 ? 'The registry can be read; there is no model yet, or none that you may see.' : 'The registry can be read.', advice: 'Whether it can be written shows with the first push.' });
    } catch (thrown) {
      if (isForeignName(thrown)) failed('read', thrown, `The server answers only to the names that it was started for: have “${baseOf(http.base).host}” put among them (--allowed-hosts).`);
      else failed(isVitrineError(thrown) && thrown.code === 'remote_sign_in' ? 'sign_in' : 'read', thrown, isVitrineError(thrown) && thrown.code === 'remote_sign_in' ? 'Check user name and password, or the token.' : 'Look at the server’s log.');
      return report({ version });
    }
    const user = await http.json<{ readonly user?: { readonly username?: string } }>('/api/2.0/mlflow/users/current', { signal }).then(({ user: who }) => who?.username ?? null, () => null);
    return report({ version, user, workspaces: [...workspaces] });
  }

  return { test };
}

/** It refuses whoever asks for it by a name that is none of its own, in the same way as somebody who may not. */
const isForeignName = (thrown: unknown): boolean => isVitrineError(thrown) && thrown.code === 'remote_sign_in' && /Invalid Host header/iu.test(sentenceOf(thrown));
