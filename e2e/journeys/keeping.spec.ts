/** How long a version is kept: its time to live, and holds that stand against its deletion until they are released with a reason. */
import { vitrineJson } from '../cli/commandLine.ts';
import { goToAddress, rowOf, table, toast } from '../pages/catalogWindow.ts';
import { expect, test } from './journey.ts';
import { folder } from './workshop.ts';

test('a version is held, so that it can’t be deleted, and gets days to live', async ({ launch }) => {
  test.slow();
  const data = folder();
  await vitrineJson(['sample'], { data });
  const [project] = await vitrineJson<readonly { readonly entity: string }[]>(['ls', 'projects', '--limit', '1'], { data });
  const artifact = `vitrine://project/${encodeURIComponent(project?.entity ?? '')}/review-sentiment/artifact/sentiment-finetuned`;
  const { window, pageErrors } = await launch(data);
  const keeping = window.getByRole('tabpanel');

  await test.step('a reason is asked for the hold, and stands there', async () => {
    await goToAddress(window, `${artifact}/v0`);
    await expect(keeping).toContainText('Kept until somebody deletes it.');
    await keeping.getByRole('button', { name: 'Hold…' }).click();
    const asked = window.getByRole('dialog', { name: 'Hold sentiment-finetuned v0?' });
    await asked.getByRole('textbox', { name: 'Reason' }).fill('Audit of October');
    await asked.getByRole('button', { name: 'Hold', exact: true }).click();
    await expect(keeping.getByRole('list', { name: 'Holds' })).toContainText('Audit of October');
  });

  await test.step('what is held is not deleted', async () => {
    await goToAddress(window, artifact);
    const versions = table(window, 'Versions of sentiment-finetuned');
    await rowOf(versions, /^v0/u).click();
    await window.keyboard.press('Delete');
    await expect(window.getByRole('dialog', { name: /can’t be deleted/u })).toContainText('Audit of October');
    await window.keyboard.press('Escape');
  });

  await test.step('released with a reason; then it gets days to live', async () => {
    await goToAddress(window, `${artifact}/v0`);
    await keeping.getByRole('button', { name: 'Release the hold: Audit of October' }).click();
    await window.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).fill('The audit is over');
    await window.getByRole('dialog').getByRole('button', { name: 'Release' }).click();
    await expect(keeping.getByRole('list', { name: 'Holds' })).toHaveCount(0);
    await keeping.getByRole('button', { name: 'Time to live…' }).click();
    const days = window.getByRole('dialog', { name: 'How long sentiment-finetuned v0 is kept' });
    await days.getByRole('radio', { name: 'For some days' }).click();
    await days.getByRole('textbox', { name: 'Days' }).fill('400');
    await days.getByRole('button', { name: 'Set' }).click();
    await expect(toast(window, 'is kept for 400 days')).toBeVisible();
    await expect(keeping).toContainText('400 days');
  });
  expect(pageErrors).toEqual([]);
});
