import { nullTranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import vectors from '../../../../protocol/vectors/colors.json';
import { colorOf } from '../colors';
import { MyName } from '../myName';

const trans = nullTranslator.load('');

/** React draws when it comes to it. */
async function until<T>(look: () => T | null | undefined | false): Promise<T> {
  for (;;) {
    const found = look();
    if (found) {
      return found;
    }
    await new Promise(resolve => setTimeout(resolve, 1));
  }
}

async function shown(rename: (name: string) => Promise<void>) {
  const widget = ReactWidget.create(
    <MyName name="Bo" {...{ rename, trans }} />
  );
  Widget.attach(widget, document.body);
  const place = widget.node;
  (await until(() => place.querySelector('button'))).click();
  const input = await until(() => place.querySelector('input'));
  const type = (text: string) => {
    const { set } = Object.getOwnPropertyDescriptor(
      HTMLInputElement.prototype,
      'value'
    )!;
    set!.call(input, text);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  };
  return { place, input, type };
}

afterEach(() => document.body.replaceChildren());

describe('MyName', () => {
  it('[WHO-2] Enter gives the name, and the form closes', async () => {
    const given: string[] = [];
    const { place, input, type } = await shown(async name => {
      given.push(name);
    });
    expect(document.activeElement).toBe(input);
    type(' Bo Berg ');
    place.querySelector('form')!.requestSubmit();
    await until(() => !place.querySelector('form'));
    expect(given).toEqual(['Bo Berg']);
  });

  it('[WHO-2] Escape leaves the old name, and nothing else hears of the key', async () => {
    const { place, input, type } = await shown(() => Promise.reject());
    type('Bo Berg');
    const key = { key: 'Escape', bubbles: true, cancelable: true };
    const event = new KeyboardEvent('keydown', key);
    input.dispatchEvent(event);
    expect(event.defaultPrevented).toBe(true);
    await until(() => !place.querySelector('form'));
  });

  it('[WHO-2] a refusal is said in place', async () => {
    const { place, type } = await shown(async () => {
      throw new Error('Too fast.');
    });
    type('Eve');
    place.querySelector('form')!.requestSubmit();
    const alert = await until(() => place.querySelector('[role=alert]'));
    expect(alert.textContent).toBe('Too fast.');
  });
});

it.each(vectors.cases)('[WHO-1] the colour of “$username”', one => {
  expect(colorOf({ username: one.username })).toBe(one.color);
});
