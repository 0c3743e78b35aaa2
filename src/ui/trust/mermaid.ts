import { IMermaidManager } from '@jupyterlab/mermaid';

import { ICaution } from './registries';

/**
 * What a diagram may hold that loads or runs something: it is laid out in the page itself, before anything sanitizes it.
 * Tags but for a line break, entities, escapes, addresses, settings (themes bring styles), links and images.
 */
const RISKY =
  /<(?!br\s*\/?>)[a-z!?/]|&[#a-z0-9]+;|#[a-z0-9]+;|\\|\/\/|%%\{|@\{|^---|\b(?:url|image|img|icon|src|href|click|links?|javascript|data|config|themeCSS|sprite|expression)\b|::icon/im;

/** Whether a diagram of unknown people is better shown as the text that it is. */
export function isRiskyDiagram(text: string): boolean {
  return RISKY.test(text);
}

/** From now on diagrams that others may have written are drawn only when they hold nothing but shapes and words. */
export function calmDiagrams(
  manager: IMermaidManager,
  caution: ICaution
): void {
  const render = manager.renderSvg.bind(manager);
  manager.renderSvg = async text => {
    if (caution.isOthers() && isRiskyDiagram(text)) {
      throw new Error('This diagram loads or runs something.');
    }
    return render(text);
  };
}
