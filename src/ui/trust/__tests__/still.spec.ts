import { Sanitizer } from '@jupyterlab/apputils';
import { RenderMimeRegistry } from '@jupyterlab/rendermime';
import { Contents } from '@jupyterlab/services';

import { besideAddress, fileResolver } from '../beside';
import { still, stillSanitizer } from '../still';

const base = new Sanitizer();
const show = (html: string, loads = false) =>
  still(base.sanitize(html), { loads, resolves: true });

describe('content of others', () => {
  it('[TRUST-45] tags that are nested without end are flat, and their text stays', () => {
    const shown = show(`${'<div title="a<b>">'.repeat(5000)}inside<br>more`);
    expect(shown.match(/<div/g)).toHaveLength(256);
    expect(shown.match(/<\/div/g)).toHaveLength(256);
    expect(shown).toContain('inside<br>more');
    const beside = '<div><b>one</b></div>'.repeat(500);
    expect(show(beside)).toBe(beside);
  });

  it.each([
    '<img src="https://x.example/a.png">',
    '<img src="//x.example/a.png">',
    '<img src="/logout">',
    '<img src="\\\\x.example/a.png">',
    '<img src="  https://x.example/a.png">',
    '<img src="ht\ntps://x.example/a.png">',
    '<img src="data:text/html,1">',
    '<img srcset="https://x.example/a.png 1x">',
    '<video poster="https://x.example/a.png" src="https://x.example/v"></video>',
    '<audio src="https://x.example/a" autoplay></audio>',
    '<video><source src="https://x.example/v"></video>',
    '<input type="image" src="https://x.example/a.png">',
    '<table background="https://x.example/a.png"><tr><td>1</td></tr></table>',
    '<div style="background: url(https://x.example/a.png)">1</div>',
    '<div style="background-image: url(\'/logout\')">1</div>',
    '<ul style="list-style-image: url(https://x.example/a.png)"><li>1</li></ul>',
    '<div style="background:u\\72l(https://x.example/a)">1</div>',
    '<link rel="stylesheet" href="https://x.example/a.css">',
    '<style>@import "https://x.example/a.css"</style>',
    '<svg><image href="https://x.example/a.png"/></svg>'
  ])('[TRUST-41] loads nothing: %s', html => {
    expect(show(html)).not.toMatch(/x\.example|logout|text\/html/);
  });

  it.each([
    '<img src="data:image/png;base64,aaaa">',
    '<img src="attachment:a.png">',
    '<b style="color:red">1</b>',
    '<a href="https://x.example/" rel="nofollow">1</a>'
  ])('[TRUST-41] keeps what stands in it or beside it: %s', html => {
    expect(show(html)).toContain(html.replace(/>.*/, '').slice(0, 20));
    expect(show(html)).not.toContain('jp-cohost-not-loaded');
  });

  it.each(['plots/a.png', 'a b.png', '../../../logout', 'logout', '\u0001/x'])(
    '[TRUST-46] what is a path is asked for by the resolver only: %s',
    path => {
      const html = `<img src="${path}" alt="a">`;
      const { src } = new DOMParser().parseFromString(show(html), 'text/html')
        .images[0];
      expect(src).toMatch(/^data:image\/gif;base64,[^#]+#/);
      expect(src).toBe(besideAddress(path));
      const unresolved = still(html, { loads: false, resolves: false });
      expect(unresolved).not.toContain('src=');
    }
  );

  it.each([
    '<video poster="logout"></video>',
    '<table background="logout"><tr><td>1</td></tr></table>'
  ])('[TRUST-46] what no resolver looks at loads no path: %s', html => {
    expect(still(html, { loads: true, resolves: true })).not.toContain(
      'logout'
    );
  });

  it('[TRUST-41] names an image that was not loaded, and loads it when asked', () => {
    const html = '<img src="https://x.example/a.png" alt="A plot">';
    expect(show(html)).toContain('>A plot</span>');
    expect(show(html, true)).toContain('src="https://x.example/a.png"');
    const own = `<img src="/logout"><img src="${window.location.origin}/logout">`;
    expect(show(own, true)).not.toContain('logout');
  });

  it('[TRUST-34] runs no command, sends no form, and does not cover the page', () => {
    const html = show(
      '<button data-commandlinker-command="x" data-commandlinker-args="{}">1</button>' +
        '<form method="post"><textarea>1</textarea></form>' +
        '<div class="jp-Dialog alert" style="position: fixed; z-index: 9; color: red">2</div>'
    );
    expect(html).toContain('<button>1</button>');
    expect(html).not.toMatch(/commandlinker|form|textarea|jp-Dialog|position/);
    expect(html).toMatch(/class="alert".*color: ?red/);
    const past = '<b style="position: fixed; z-index: 9; color: red">1</b>';
    expect(still(past, { loads: false, resolves: true })).toMatch(
      /style="color: ?red;?"/
    );
  });

  it('[TRUST-41] is as JupyterLab shows it where nobody else may write', () => {
    let isOthers = false;
    const html = '<img src="https://x.example/a.png" />';
    const sanitizer = stillSanitizer(
      base,
      () => isOthers,
      () => false,
      true
    );
    expect(sanitizer.sanitize(html)).toBe(html);
    isOthers = true;
    expect(sanitizer.sanitize(html)).not.toContain('x.example');
  });
});

describe('the resolver of a document', () => {
  const contents = {
    driveName: () => '',
    getDownloadUrl: (path: string) =>
      Promise.resolve(`http://x.example/files/${encodeURIComponent(path)}`)
  } as unknown as Contents.IManager;
  const resolver = fileResolver(
    new RenderMimeRegistry.UrlResolver({ path: 'd/n.ipynb', contents })
  );

  it('[TRUST-46] finds the file beside the document', async () => {
    const address = besideAddress('plots/a.png');
    expect(resolver.isLocal(address)).toBe(true);
    expect(await resolver.resolveUrl(address)).toMatch(/\bd\/plots\/a\.png$/);
    expect(resolver.path).toBe('d/n.ipynb');
  });

  it.each(['https:x.example/a', 'javascript:1', 'data:text/html,1'])(
    '[TRUST-46] makes no address of a path: %s',
    async to => {
      const path = `x/${'../'.repeat(20)}${to}`;
      for (const address of [path, besideAddress(path)]) {
        const url = await resolver.resolveUrl(address);
        expect(await resolver.getDownloadUrl(url)).toContain('/files/');
      }
      expect(await resolver.resolveUrl(to)).toBe(to);
    }
  );

  it('[TRUST-46] leaves what is no address as it is', () => {
    const broken = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP#%zz';
    expect(resolver.isLocal(broken)).toBe(false);
    expect(resolver.isLocal(besideAddress('%zz'))).toBe(false);
  });
});
