/** Lets Node.js load what tsc wrote to lib/: ES modules whose imports have no file extension. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const isOurs = url =>
  /\/lib\/[^?]*$/.test(url) && !url.includes('node_modules');

export async function resolve(specifier, context, next) {
  if (specifier.startsWith('.') && isOurs(context.parentURL ?? '')) {
    const base = new URL(specifier, context.parentURL).href;
    for (const url of [`${base}.js`, `${base}/index.js`, base]) {
      if (url.endsWith('.js') && existsSync(fileURLToPath(url))) {
        return { url, format: 'module', shortCircuit: true };
      }
    }
  }
  const found = await next(specifier, context);
  return isOurs(found.url) ? { ...found, format: 'module' } : found;
}
