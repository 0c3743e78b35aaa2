/**
 * What the server says to a person, in the person's language. The server sends the English sentence and, where it has
 * arguments, the template that it was made from (`protocol/README.md`, "Sentences").
 */

/** As JupyterLab's `trans.__`: puts the arguments in place of `%1`, `%2` … in the translated template. */
export type Translate = (
  template: string,
  ...values: readonly string[]
) => string;

let translate: Translate = (template, ...values) =>
  template.replace(
    /%([1-9])/g,
    (place, digit) => values[Number(digit) - 1] ?? place
  );

/** From now on sentences of the server are in this language. Call it once, before anything is asked of the server. */
export function speak(language: Translate): void {
  translate = language;
}

/** Parts of an answer or a frame that say something; of any shape, for they come from the network. */
interface ISaid {
  readonly template?: unknown;
  readonly arguments?: unknown;
}

/**
 * The sentence of an answer or a frame.
 *
 * @param key - where the English sentence stands.
 * @returns undefined when there is none.
 */
export function sentenceOf(body: unknown, key = 'message'): string | undefined {
  const said = (body ?? {}) as ISaid & Record<string, unknown>;
  const message = said[key];
  if (typeof message !== 'string') {
    return undefined;
  }
  const { template, arguments: values } = said;
  return typeof template === 'string' && Array.isArray(values)
    ? translate(template, ...values.map(String))
    : message && translate(message);
}

/** A sentence without arguments, for example of a close code. */
export function translated(message: string): string {
  return message && translate(message);
}

/** The same frame, its sentence in the person's language. */
export function inOwnLanguage<Body>(body: Body, key = 'message'): Body {
  const sentence = sentenceOf(body, key);
  return sentence === undefined ? body : { ...body, [key]: sentence };
}
