import { codeBlock, codeOf, ILinkedPlace, linkTo, parsePlace } from '../places';

const hrefOf = (markdown: string) => /\]\(([^)]*)\)$/.exec(markdown)?.[1] ?? '';

describe('[CHAT-33] links to places', () => {
  const places: ILinkedPlace[] = [
    { path: 'a.py' },
    { path: 'data/week 1 (final)#2.csv', line: 12 },
    { path: 'a.py', line: 3, end: 9 },
    { path: 'n.ipynb', cell: 'cell-&-id' },
    { path: 'n.ipynb', cell: 'c1', line: 2, end: 4 }
  ];
  it.each(places)('%j comes back as it was', place => {
    const markdown = linkTo(place, 'a [label](javascript:x)');
    expect(parsePlace(hrefOf(markdown))).toEqual(place);
    expect(markdown).toMatch(/^\[a \\\[label\\\]/);
  });

  it.each(['', '#cell=a', '%E0%A4%A'])('%j is no place', href => {
    expect(parsePlace(href)).toBeNull();
  });
});

describe('[CHAT-33] code', () => {
  it('survives fences of its own', () => {
    const code = 'x = """\n````\n"""';
    expect(codeOf(`see\n${codeBlock(code, 'python')}`)).toBe(code);
  });

  it('is the whole text when there is no block', () => {
    expect(codeOf('1 + 1')).toBe('1 + 1');
  });
});
