import { IRenderMime } from '@jupyterlab/rendermime-interfaces';

import { besideAddress } from './beside';

/** What of MathJax's objects is used here. */
interface INode {
  readonly kind: string;
  readonly attributes: { set(name: string, value: unknown): void };
  walkTree(visit: (node: INode) => void): void;
}

interface IInput {
  readonly postFilters: {
    add(filter: (parsed: { data: { root: INode } }) => void): unknown;
  };
}

/** JupyterLab's typesetter; those of other extensions have no document. */
interface IMathJax extends IRenderMime.ILatexTypesetter {
  mathDocument?(): Promise<{ readonly inputJax: readonly IInput[] }>;
}

/** A glyph is an image by its address: `\mmlToken{mglyph}[src=…]`. MathJax's own safe mode lets it pass. */
function dropGlyphs({ data }: { data: { root: INode } }): void {
  data.root.walkTree(node => {
    if (node.kind === 'mglyph') {
      node.attributes.set('src', besideAddress(''));
    }
  });
}

/** From now on formulas load nothing. */
export function calmFormulas(
  typesetter: IRenderMime.ILatexTypesetter | null
): void {
  const mathJax = typesetter as IMathJax | null;
  if (!mathJax?.mathDocument) {
    return;
  }
  const typeset = mathJax.typeset.bind(mathJax);
  let calmed: Promise<void> | undefined;
  const calm = async () => {
    const document = await mathJax.mathDocument!();
    document.inputJax.forEach(input => input.postFilters.add(dropGlyphs));
  };
  mathJax.typeset = async element => {
    await (calmed ??= calm());
    await typeset(element);
  };
}
