import { command, expect, open, test, untilLoaded } from './support/fixtures';
import {
  act,
  composer,
  filesWith,
  fromMenu,
  message,
  openChat,
  panel,
  say,
  storage,
  tab,
  talker,
  thread
} from './support/chat';
import { visibleEditors } from './support/editors';
import { invited } from './support/sessions';
import { picture } from './support/pictures';
import { causes, hold, toast } from './support/toasts';

const CANARY = 'a-canary-that-was-said-9fQ2';

test('[CHAT-30] host, editor and viewer talk: markdown, reply, edit, delete, reaction, mention, 1-to-1; nothing is left', async ({
  lab
}) => {
  const shared = { paths: ['analysis.ipynb', 'rides.py'] };
  const { link, session } = await lab.share({ ...shared, role: 'editor' });
  const viewers = await invited(lab.server, session, { role: 'viewer' });
  const host = await lab.hostPage('analysis.ipynb');
  await openChat(host);
  await expect(panel(host)).toContainText('when the last person leaves');
  const ada = await talker(lab, link, 'Ada');
  const ben = await talker(lab, viewers.link, 'Ben');

  await say(ada, `Hello **all**, see \`rides.py\` ${CANARY}`);
  await expect(message(host, CANARY).locator('strong')).toHaveText('all');
  await expect(message(ben, CANARY)).toBeVisible();

  await message(ben, CANARY).hover();
  await message(ben, CANARY)
    .getByRole('button', { name: /^Reply/ })
    .click();
  await say(ben, 'I can only read');
  await expect(message(ada, 'I can only read')).toContainText('Answer to Ada');
  await message(host, 'I can only read').hover();
  await message(host, 'I can only read')
    .getByRole('button', { name: /^React/ })
    .click();
  await host.getByRole('button', { name: 'React with 🎉' }).click();
  await expect(
    message(ben, 'I can only read').getByRole('button', { name: /🎉/ })
  ).toBeVisible();

  await say(ada, 'a tpyo');
  await message(ada, 'a tpyo').hover();
  await message(ada, 'a tpyo').getByRole('button', { name: /^Edit/ }).click();
  await composer(ada).fill('no typo');
  await ada.keyboard.press('Enter');
  await expect(message(ben, 'no typo')).toContainText('edited');
  await message(host, 'no typo').hover();
  await message(host, 'no typo')
    .getByRole('button', { name: /^Delete/ })
    .click();
  await expect(panel(ada)).toContainText('Deleted by the host');
  await expect(message(ben, 'no typo')).toHaveCount(0);
  await expect(
    message(ben, CANARY)
      .first()
      .getByRole('button', { name: /^Delete/ })
  ).toHaveCount(0);

  await composer(host).focus();
  await host.keyboard.type('@Ad');
  await expect(
    host.getByRole('option', { name: 'Ada', exact: true })
  ).toBeVisible();
  await host.keyboard.press('Enter');
  await host.keyboard.type('look here');
  await host.keyboard.press('Enter');
  await expect(message(ada, '@Ada look here')).toBeVisible();

  const everybody = panel(ada).getByRole('combobox', { name: 'Chat with' });
  await everybody.selectOption({ label: 'Only Ben' });
  await expect(composer(ada)).toHaveAttribute(
    'placeholder',
    'Message Ben, only you two'
  );
  await picture(ada, 'chat-private');
  await say(ada, 'for your eyes only');
  await expect(
    panel(ben).getByRole('combobox', { name: 'Chat with' })
  ).toContainText('Only Ada (1)');
  await panel(ben)
    .getByRole('combobox', { name: 'Chat with' })
    .selectOption({ label: 'Only Ada (1)' });
  await expect(message(ben, 'for your eyes only')).toBeVisible();
  await expect(panel(host)).not.toContainText('eyes only');
  await everybody.selectOption({ index: 0 });
  await picture(ada, 'chat-light');
  await command(host, 'apputils:change-theme', { theme: 'JupyterLab Dark' });
  await expect(host.locator('body')).toHaveAttribute(
    'data-jp-theme-light',
    'false'
  );
  await host.locator('#jupyterlab-splash').waitFor({ state: 'detached' });
  await picture(host, 'chat-dark');

  const late = await talker(lab, link, 'Late');
  await expect(message(late, CANARY).first()).toBeVisible();
  await expect(late.locator('#cohost-chat-panel')).not.toContainText('eyes');
  await ben.reload();
  await untilLoaded(ben);
  await openChat(ben);
  await expect(message(ben, CANARY).first()).toBeVisible();

  for (const page of [host, ada, ben, late]) {
    expect(await storage(page)).not.toContain(CANARY);
  }
  expect(filesWith(lab.server.work, [CANARY])).toEqual([]);
  expect(lab.errors).toEqual([]);
  for (const page of [host, ada, ben, late]) {
    await page.close();
  }
  const after = await talker(lab, link, 'After');
  await expect(panel(after)).toContainText('No messages yet');
  expect(filesWith(lab.server.work, [CANARY])).toEqual([]);
});

test('[CHAT-31] what somebody writes runs nothing and loads nothing', async ({
  lab
}) => {
  const { link } = await lab.share({ paths: ['rides.py'], role: 'viewer' });
  const host = await lab.hostPage('rides.py');
  await openChat(host);
  const asked: string[] = [];
  host.on('request', request => asked.push(request.url()));
  const eve = await talker(lab, link, 'Eve');
  const attempts = [
    '<script>window.hacked = 1</script>',
    '<img src="x" onerror="window.hacked = 2">',
    '[one](javascript:window.hacked=3) <a href="javascript:window.hacked=4">two</a>',
    '<a href="data:text/html,<script>opener.hacked=5</script>">three</a>',
    '<svg onload="window.hacked=6"></svg><iframe srcdoc="<script>parent.hacked=7</script>"></iframe>',
    '![pixel](https://elsewhere.example/pixel.png)',
    '<div style="position:fixed;inset:0;background:url(https://elsewhere.example/b.png)">cover</div>',
    '<form action="https://elsewhere.example/"><input name="password"><button>four</button></form>',
    '<b onclick="window.hacked=8">five</b>'
  ];
  await say(eve, `${attempts.join('\n\n')}\n\nthe end`);
  const text = message(host, 'the end').locator('.jp-RenderedMarkdown');
  await expect(text).toContainText('the end');
  for (const word of ['one', 'two', 'three', 'five']) {
    await text.getByText(word, { exact: true }).first().click();
  }
  await expect(
    text.locator(
      'script, iframe, svg, img, form, input, button, [style], [onclick]'
    )
  ).toHaveCount(0);
  await expect(
    text.locator('a[href^="javascript:" i], a[href^="data:" i]')
  ).toHaveCount(0);
  expect(
    await host.evaluate(() => (window as { hacked?: number }).hacked)
  ).toBeUndefined();
  expect(asked.filter(url => url.includes('elsewhere'))).toEqual([]);
  expect(host.url()).toContain('/lab');
  expect(lab.errors).toEqual([]);
});

test('[CHAT-33] links jump to a file, lines and a cell; code goes into a cell; a transcript is told', async ({
  lab
}) => {
  const shared = { paths: ['analysis.ipynb', 'rides.py'] };
  const { link } = await lab.share({ ...shared, role: 'editor' });
  const host = await lab.hostPage('analysis.ipynb');
  await openChat(host);
  const ada = await talker(lab, link, 'Ada');

  await open(host, 'rides.py');
  await visibleEditors(host, '.jp-FileEditor').click();
  await host.keyboard.press('Control+Home');
  for (const key of [
    'ArrowDown',
    'ArrowDown',
    'Shift+ArrowDown',
    'Shift+End'
  ]) {
    await host.keyboard.press(key);
  }
  await command(host, 'cohost:chat-selection');
  await expect(composer(host)).toHaveValue(/#L3-L4\)[^]*from __future__/);
  await composer(host).press('Enter');
  await message(ada, 'lines 3 to 4').getByRole('link').click();
  await expect(ada.locator('.jp-FileEditor:visible')).toBeVisible();
  await expect
    .poll(() => ada.evaluate(() => getSelection()?.toString()))
    .toContain('from __future__');

  await host.locator('.lm-TabBar-tab', { hasText: 'analysis.ipynb' }).click();
  const third = host.locator('.jp-Notebook .jp-Cell').nth(2);
  await third.scrollIntoViewIfNeeded();
  await third.click();
  await command(host, 'cohost:chat-link');
  await composer(host).press('Enter');
  await message(ada, 'analysis.ipynb, cell 3').getByRole('link').click();
  await expect(ada.locator('.jp-Notebook:visible .jp-Cell').nth(2)).toHaveClass(
    /jp-mod-active/
  );

  await visibleEditors(ada, '.jp-Notebook .jp-CodeCell').click();
  await ada.keyboard.press('Control+Home');
  await say(host, 'try this\n\n```python\ntotal = 41 + 1\n```');
  await act(ada, 'try this', 'Insert into cell');
  await expect(visibleEditors(host, '.jp-Notebook .jp-CodeCell')).toContainText(
    'total = 41 + 1'
  );

  const save = panel(host).getByRole('button', { name: /^Save transcript/ });
  await fromMenu(host, save);
  await host.getByRole('button', { name: 'Cancel' }).click();
  await fromMenu(host, save);
  await host.locator('.jp-Dialog input').fill('what-was-said.md');
  await host.getByRole('button', { name: 'Save and tell' }).click();
  await expect(panel(ada)).toContainText('saved a transcript of the chat');
  await expect
    .poll(() => filesWith(lab.server.root, ['total = 41']))
    .toContain('what-was-said.md');
  expect(lab.server.read('what-was-said.md')).toContain('try this');
  await fromMenu(
    ada,
    panel(ada).getByRole('button', { name: /^Save transcript/ })
  );
  const download = ada.waitForEvent('download');
  await ada.getByRole('button', { name: 'Save and tell' }).click();
  expect((await download).suggestedFilename()).toMatch(/^chat-.*\.md$/);
  await expect(panel(host)).toContainText('Ada saved a transcript');
  expect(lab.errors).toEqual([]);
});

test('[CHAT-34] long texts are fetched when read; who types, what is unread and who is called is shown; two sessions', async ({
  lab
}) => {
  const { link } = await lab.share({ paths: ['rides.py'], role: 'viewer' });
  const host = await lab.hostPage('rides.py');
  await openChat(host);
  const ada = await talker(lab, link, 'Ada');

  await composer(ada).fill('y'.repeat(100_003));
  await expect(panel(ada)).toContainText('3 characters too long');
  await expect(panel(ada).getByRole('button', { name: 'Send' })).toBeDisabled();
  await say(ada, `long one ${'y '.repeat(49_995)}z`);
  const long = message(host, 'long one');
  await expect(long).toContainText('Show all (100,000 characters)');
  const length = () =>
    long
      .locator('.jp-cohost-chat-text')
      .evaluate(node => node.textContent?.length ?? 0);
  expect(await length()).toBeLessThan(400);
  await long.getByRole('button', { name: /^Show all/ }).click();
  await expect.poll(length).toBeGreaterThan(99_000);
  await long.getByRole('button', { name: 'Show less' }).click();
  await expect.poll(length).toBeLessThan(2000);

  await causes(panel(host).getByText('Ada is typing'), () =>
    composer(ada).pressSequentially('hm')
  );
  await tab(host).click();
  await expect(panel(host)).toBeHidden();
  await say(ada, 'one');
  await expect(tab(host)).toHaveAttribute('data-cohost-unread', '1');
  await picture(host, 'chat-unread');
  await expect(host).toHaveTitle(/^\(1\) /);
  const [, only] = await thread(ada).locator('option').allTextContents();
  const called = toast(host, 'Ada wrote to you in the chat');
  await Promise.all([
    hold(called),
    say(ada, `@${only.replace(/^Only /, '')} please look`)
  ]);
  await expect(host).toHaveTitle(/^\(2\) /);
  await called.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(message(host, 'please look')).toBeVisible();
  await expect(host).not.toHaveTitle(/^\(/);

  const other = await lab.share({ paths: ['data'], role: 'viewer' });
  const chosen = panel(host).getByRole('combobox', { name: 'Session' });
  await expect(chosen.locator('option')).toHaveCount(2);
  await expect(message(host, 'please look')).toBeVisible();
  const cyd = await lab.guestPage(other.link, 'Cyd');
  await openChat(cyd);
  await tab(host).click();
  await expect(panel(host)).toBeHidden();
  await causes(toast(host, 'Cyd wrote in the chat'), () =>
    say(cyd, 'in the other session')
  );
  await expect(tab(host)).toHaveAttribute('data-cohost-unread', '1');
  await tab(host).click();
  await expect(message(host, 'in the other session')).toBeVisible();
  await expect(tab(host)).not.toHaveAttribute('data-cohost-unread');
  await expect(panel(host)).not.toContainText('please look');
  await expect(panel(ada)).not.toContainText('in the other');
  await picture(host, 'chat-sessions');
  expect(lab.errors).toEqual([]);
});
