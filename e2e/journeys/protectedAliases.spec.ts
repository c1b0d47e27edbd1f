/** What is protected looks so wherever it is shown: by its own name, and by a pattern of the registry. */
import { startCore } from '../drivers/core.ts';
import { vitrineJson } from '../cli/commandLine.ts';
import { goToAddress } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { applicationRoot, workshop } from './workshop.ts';

test('an alias that a pattern protects carries its lock in both timelines', async ({ launch }) => {
  const { data } = await workshop();
  const core = await startCore({ nodePath: process.execPath, root: applicationRoot, directory: data, checkOutput: true });
  try {
    const models = (await core.client.query('registries.list', {})).items.find(({ name }) => name === 'Models');
    if (models === undefined) throw new Error('A new catalog has no core registries.');
    await core.client.execute('registries.update', { id: models.id, protectedAliases: ['prod-*'] });
  } finally {
    await core.stop();
  }
  await vitrineJson(['alias', 'set', 'wandb-registry-Models/Encoder:v0', 'prod-eu', 'candidate'], { data });
  const { window } = await launch(data);
  const move = (alias: string) => window.getByRole('tabpanel').getByRole('listitem').filter({ hasText: `${alias}put on` });

  for (const [address, tab] of [['vitrine://registry/Models/Encoder/v0', 'Aliases'], ['vitrine://registry/Models/Encoder', 'Aliases over time']] as const) {
    await test.step(address, async () => {
      await goToAddress(window, address);
      await window.getByRole('tab', { name: tab }).click();
      await expect(move('prod-eu').getByRole('img', { name: 'Protected' })).toHaveCount(1);
      await expect(move('candidate')).toHaveCount(1);
      await expect(move('candidate').getByRole('img', { name: 'Protected' })).toHaveCount(0);
    });
  }
});
