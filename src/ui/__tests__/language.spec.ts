import { TranslationManager } from '@jupyterlab/translation';
import * as fs from 'fs';
import * as path from 'path';

const LOCALES = path.join(__dirname, '../../../jupyterlab_cohost/locale');
const languages = fs
  .readdirSync(LOCALES)
  .filter(name => fs.existsSync(path.join(LOCALES, name, 'LC_MESSAGES')));

describe('our translations', () => {
  it.each(languages)(
    '[UI-91] %s is read by JupyterLab, with plurals and arguments',
    async language => {
      const file = path.join(LOCALES, language, 'LC_MESSAGES');
      const json = path.join(file, 'jupyterlab_cohost.json');
      const data = JSON.parse(fs.readFileSync(json, 'utf8'));
      const fetch = async () => ({
        data: { jupyterlab_cohost: data },
        message: ''
      });
      for (const asked of ['default', language]) {
        const manager = new TranslationManager('', '', undefined, {
          fetch
        } as never);
        await manager.fetch(asked);
        const trans = manager.load('jupyterlab_cohost');
        expect(trans.__('Leave')).not.toBe('Leave');
        expect(trans.__('%1 ms', 7)).toContain('7');
        const people = (count: number) =>
          trans._n('%1 person here', '%1 people here', count);
        expect(people(1)).not.toBe('1 person here');
        expect(people(5)).not.toBe('5 people here');
        expect(people(5)).toContain('5');
      }
    }
  );
});
