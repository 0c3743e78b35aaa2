import { SealedLinks } from '../sealedLinks';

describe('SealedLinks', () => {
  const kept = new Map<string, string>();
  const localStorage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value)
  };
  beforeEach(() => kept.clear());

  it('[SESS-35] keeps by server and invite, and forgets what is over', () => {
    const links = new SealedLinks(localStorage, '/user/ada/');
    links.keep('i', 'sealed');
    links.keep('j', 'other');
    expect(new SealedLinks(localStorage, '/user/ada/').get('i')).toBe('sealed');
    expect(new SealedLinks(localStorage, '/user/bo/').get('i')).toBeUndefined();
    links.only(new Set(['j']));
    expect([links.get('i'), links.get('j')]).toEqual([undefined, 'other']);
  });

  it('nonsense in the storage is nothing kept', () => {
    localStorage.setItem('jupyterlab-cohost:sealed-links:/', '[');
    expect(new SealedLinks(localStorage, '/').get('i')).toBeUndefined();
    localStorage.setItem('jupyterlab-cohost:sealed-links:/', '{"i": 3}');
    expect(new SealedLinks(localStorage, '/').get('i')).toBeUndefined();
  });
});
