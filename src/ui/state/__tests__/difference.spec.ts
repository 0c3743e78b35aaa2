import { nullTranslator } from '@jupyterlab/translation';

import { showDifference } from '../difference';

const trans = nullTranslator.load('jupyterlab');

function clickBeside(detail: number): void {
  document
    .querySelector('.jp-Dialog')!
    .dispatchEvent(new MouseEvent('click', { bubbles: true, detail }));
}

describe('The difference of an outside change', () => {
  it('[ROOM-65] stays open when it was asked for by a double click', async () => {
    const shown = showDifference('a.txt', '+new', true, trans);
    await new Promise(resolve => setTimeout(resolve));
    clickBeside(2);
    expect(document.querySelector('.jp-Dialog')).not.toBeNull();
    clickBeside(1);
    expect(await shown).toBe(false);
    expect(document.querySelector('.jp-Dialog')).toBeNull();
  });
});
