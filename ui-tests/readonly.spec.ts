/** A viewer's page: looks and is read-only, follows live, and becomes editable when the host says so. */
import { expect, test, untilLoaded } from './support/fixtures';
import { typeInto, visibleEditors } from './support/editors';

interface INotebookPage {
  readonly jupyterapp: {
    readonly shell: {
      readonly currentWidget: {
        readonly content: {
          readonly model: {
            readonly sharedModel: { readonly cells: { readonly id: string }[] };
          };
        };
      };
    };
  };
}

test('[ROOM-55] a viewer cannot change a notebook, and sees what others do', async ({
  lab
}) => {
  const { link } = await lab.share({
    paths: ['analysis.ipynb'],
    role: 'viewer'
  });
  const host = await lab.hostPage('analysis.ipynb');
  const viewer = await lab.guestPage(link, 'Vera');
  await untilLoaded(viewer);
  // Of the model: JupyterLab 4.4 draws only the cells that are in sight.
  const cells = () =>
    viewer.evaluate(() => {
      const { jupyterapp } = window as unknown as INotebookPage;
      const { model } = jupyterapp.shell.currentWidget.content;
      return model.sharedModel.cells.map(cell => cell.id);
    });
  const editor = visibleEditors(viewer, '.jp-CodeCell');
  await expect(editor).toBeVisible();
  const before = await editor.textContent();
  const count = () =>
    JSON.parse(lab.server.read('analysis.ipynb')).cells.length;
  const [shown, written] = [await cells(), count()];
  expect(shown).toHaveLength(written);

  await typeInto(viewer, '.jp-CodeCell', 'mine');
  await viewer.keyboard.press('Escape');
  await viewer.keyboard.press('b');
  await expect.poll(cells).toEqual(shown);
  await viewer.keyboard.press('d');
  await viewer.keyboard.press('d');
  await expect.poll(cells).toEqual(shown);
  expect(await editor.textContent()).toBe(before);
  await lab.picture(viewer, 'viewer');

  await typeInto(host, '.jp-CodeCell', '# by the host\n');
  await expect(editor).toContainText('# by the host');
  expect(lab.server.read('analysis.ipynb')).not.toContain('mine');
  expect(count()).toBe(written);
});
