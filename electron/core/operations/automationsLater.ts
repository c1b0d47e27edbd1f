/** The operations of automations, whose libraries (YAML, regular expressions, HTTP) are loaded when the first of them is asked for. */
import type { Handler, Handlers } from './index.ts';

export const laterNames = ['automations.create', 'automations.export', 'automations.import', 'automations.preview', 'automations.update', 'jobs.approve', 'jobs.list', 'secrets.list', 'secrets.remove', 'secrets.set'] as const;

export const automationHandlersLater: Handlers = Object.fromEntries(
  laterNames.map((name): [string, Handler] => [name, async (rooms, input, context) => {
    const { automationHandlers } = await import('./automations.ts');
    return automationHandlers[name](rooms, input, context);
  }]),
);
