import { nullTranslator } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import { Legend } from '../legend';
import { markWords, stateMarks } from '../marks';
import { dotOf } from '../words';

const trans = nullTranslator.load('');
const kinds = [
  ...(['connecting', 'saved', 'saving', 'failing'] as const),
  ...(['lost', 'offline', 'closed'] as const)
];

describe('[UI-54] marks tell states apart without colour', () => {
  it('each state has a shape and a word of its own', () => {
    const states = Object.keys(stateMarks);
    const shapes = Object.values(stateMarks).map(
      ({ svgstr }) => /<path[^>]* d="([^"]+)"/.exec(svgstr)?.[1]
    );
    expect(new Set(shapes).size).toBe(states.length);
    const words = markWords(trans);
    expect(words.map(([state]) => state).sort()).toEqual(states.sort());
    expect(new Set(words.map(([, word]) => word)).size).toBe(states.length);
  });

  it.each(kinds)('what is %s has one of them', kind => {
    const standing = { kind } as Parameters<typeof dotOf>[0];
    expect(stateMarks[dotOf(standing)].svgstr).toContain('<svg');
  });

  it('the legend shows every mark beside its word', async () => {
    const widget = ReactWidget.create(<Legend trans={trans} />);
    Widget.attach(widget, document.body);
    await widget.renderPromise;
    const items = () => [...widget.node.querySelectorAll('li')];
    while (items().length === 0) {
      await new Promise(resolve => setTimeout(resolve, 1));
    }
    const shown = items().map(item => [
      item.querySelector<HTMLElement>('.jp-cohost-mark')!.dataset.cohostSync,
      item.textContent!.trim()
    ]);
    expect(shown).toEqual(markWords(trans));
    widget.dispose();
  });
});
