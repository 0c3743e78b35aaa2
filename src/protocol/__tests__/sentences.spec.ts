import { inOwnLanguage, sentenceOf, speak, translated } from '../sentences';

const GERMAN: Record<string, string> = {
  'Cannot save %1: the disk is full.':
    '%1 kann nicht gespeichert werden: Der Datenträger ist voll.',
  'The session has ended.': 'Die Sitzung ist beendet.'
};

const fill = (text: string, values: readonly string[]) =>
  text.replace(/%(\d)/g, (_, digit) => values[Number(digit) - 1]);

describe('sentences of the server', () => {
  beforeAll(() =>
    speak((template, ...values) => fill(GERMAN[template] ?? template, values))
  );

  it('[UI-90] are in the language of the page, arguments in their place', () => {
    const body = {
      message: 'Cannot save a.py: the disk is full.',
      template: 'Cannot save %1: the disk is full.',
      arguments: ['a.py']
    };
    expect(sentenceOf(body)).toBe(
      'a.py kann nicht gespeichert werden: Der Datenträger ist voll.'
    );
    expect(translated('The session has ended.')).toBe(
      'Die Sitzung ist beendet.'
    );
  });

  it('[UI-90] stay English where there is no translation, and nothing where there is none', () => {
    expect(sentenceOf({ message: 'Something new.' })).toBe('Something new.');
    expect(sentenceOf({})).toBeUndefined();
    expect(sentenceOf(null)).toBeUndefined();
    expect(sentenceOf({ message: 7 })).toBeUndefined();
    expect(translated('')).toBe('');
  });

  it('[UI-90] leave every other part of a frame as it is', () => {
    const frame = { state: 'failed', reason: 'The session has ended.', at: 1 };
    expect(inOwnLanguage(frame, 'reason')).toEqual({
      ...frame,
      reason: 'Die Sitzung ist beendet.'
    });
    expect(inOwnLanguage(5)).toBe(5);
  });
});
