import { IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import * as React from 'react';

interface IMarkdownProps {
  readonly text: string;
  readonly rendermime: IRenderMimeRegistry;
  /** A link to a file of the session: a path, and perhaps a place. */
  readonly onLink: (href: string) => void;
}

/** A text as Markdown, never trusted. */
export function Markdown({ text, rendermime, onLink }: IMarkdownProps) {
  const host = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    const type = 'text/markdown';
    const renderer = rendermime.createRenderer(type);
    const model = new MimeModel({ data: { [type]: text }, trusted: false });
    let isGone = false;
    void renderer
      .renderModel(model)
      .catch(() => {
        renderer.node.textContent = text;
      })
      .then(() => {
        if (!isGone) {
          nameTargets(renderer.node);
          host.current?.replaceChildren(renderer.node);
        }
      });
    return () => {
      isGone = true;
      renderer.dispose();
    };
  }, [text, rendermime]);
  const onClick = (event: React.MouseEvent) => {
    const link = (event.target as Element).closest('a[href]');
    const href = link?.getAttribute('href') ?? '';
    if (link && !/^[a-z][a-z0-9+.-]*:|^\/\//i.test(href)) {
      event.preventDefault();
      onLink(href);
    }
  };
  return (
    <div
      className="jp-cohost-chat-text"
      ref={host}
      onClick={onClick}
      dir="auto"
    >
      <pre>{text}</pre>
    </div>
  );
}

/** Pages elsewhere open beside this one and learn nothing of it. */
function nameTargets(node: HTMLElement): void {
  node.querySelectorAll('a[href]').forEach(link => {
    if (/^https?:/i.test(link.getAttribute('href') ?? '')) {
      link.setAttribute('target', '_blank');
      link.setAttribute('rel', 'noopener noreferrer nofollow');
    }
  });
}
