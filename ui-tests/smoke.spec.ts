import { expect, test } from './support/fixtures';

test('JupyterLab starts with the extension and without an error in the console', async ({
  lab
}) => {
  const page = await lab.hostPage('analysis.ipynb');
  await expect(
    page.getByRole('heading', { name: 'Bicycles on the bridge' })
  ).toBeVisible();
  const loaded = await page.evaluate(
    () =>
      JSON.parse(
        document.getElementById('jupyter-config-data')?.textContent ?? '{}'
      ).federated_extensions
  );
  expect(loaded.map((extension: { name: string }) => extension.name)).toContain(
    'jupyterlab-cohost'
  );
  expect(lab.errors).toEqual([]);
});
