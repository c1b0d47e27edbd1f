import { memo } from 'react';
import ReactMarkdown from 'react-markdown';
import type { Components } from 'react-markdown';
import rehypeSanitize from 'rehype-sanitize';
import remarkGfm from 'remark-gfm';
import { CodeBlock } from './CodeBlock.tsx';
import { ArrowUpRight, Image } from './icons.ts';
import { isInlinePicture, markdownSchema, safeLink, transformAddress } from './markdown-policy.ts';
import styles from './Markdown.module.css';

interface MarkdownNode {
  readonly type: string;
  readonly value?: string;
  readonly children?: MarkdownNode[];
}

/** Raw HTML is never taken for HTML: comments go, a line break breaks the line, everything else stands as the text it is. */
function showHtmlAsText() {
  return (tree: MarkdownNode) => {
    const pending: MarkdownNode[] = [tree];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      const { children } = node;
      if (children === undefined) continue;
      const isFlow = FLOW_PARENTS.has(node.type);
      const shown = children.flatMap((child) => (child.type === 'html' ? htmlAsText(child.value ?? '', isFlow) : [child]));
      children.splice(0, children.length, ...shown);
      pending.push(...shown);
    }
  };
}

const FLOW_PARENTS: ReadonlySet<string> = new Set(['root', 'blockquote', 'listItem', 'footnoteDefinition']);

function htmlAsText(html: string, isFlow: boolean): MarkdownNode[] {
  if (/^<!--[\s\S]*-->$/u.test(html.trim())) return [];
  if (!isFlow) return [/^<br\s*\/?>$/iu.test(html) ? { type: 'break' } : { type: 'text', value: html }];
  return [{ type: 'paragraph', children: [{ type: 'text', value: html }] }];
}

/** Lets a fragment scroll within the text it stands in, and nowhere else. */
function followFragment(anchor: HTMLElement, fragment: string): void {
  const text = anchor.closest('[data-markdown]');
  const wanted = decodeURIComponent(fragment.slice(1));
  for (const element of text?.querySelectorAll<HTMLElement>('[id]') ?? []) {
    if (element.id === wanted || element.id === `user-content-${wanted}`) {
      element.scrollIntoView({ block: 'nearest' });
      return;
    }
  }
}

function hostOf(address: string): string {
  try {
    return new URL(address).host;
  } catch {
    return '';
  }
}

export interface MarkdownRenderedProps {
  readonly text: string;
  readonly onOpenLink: (href: string) => void;
}

/** The renderer behind `Markdown`, loaded when first needed. */
export const MarkdownRendered = memo(function MarkdownRendered({ text, onOpenLink }: MarkdownRenderedProps) {
  const components: Components = {
    a: ({ href, children, id }) => {
      const address = href === undefined ? undefined : safeLink(href);
      if (address === undefined) return <span id={id}>{children}</span>;
      return (
        <a
          id={id}
          href={address}
          title={address.startsWith('#') ? undefined : address}
          draggable={false}
          rel="noreferrer"
          onClick={(event) => {
            event.preventDefault();
            if (address.startsWith('#')) followFragment(event.currentTarget, address);
            else onOpenLink(address);
          }}
          onAuxClick={(event) => event.preventDefault()}
        >
          {children}
        </a>
      );
    },
    img: ({ src, alt, title }) => {
      const address = typeof src === 'string' ? src : '';
      if (isInlinePicture(address)) return <img src={address} alt={alt ?? ''} title={title} loading="lazy" decoding="async" />;
      const link = safeLink(address);
      const words = alt === undefined || alt === '' ? 'Picture' : alt;
      if (link === undefined) {
        return (
          <span className={styles.picture}>
            <Image aria-hidden />
            {words}
          </span>
        );
      }
      return (
        <button type="button" className={styles.picture} title={link} onClick={() => onOpenLink(link)}>
          <Image aria-hidden />
          {words} ({hostOf(link)})
          <ArrowUpRight aria-hidden />
        </button>
      );
    },
    pre: ({ node, children }) => {
      const code = node?.children[0];
      if (code?.type !== 'element') return <pre>{children}</pre>;
      const language = String(code.properties.className ?? '').replace(/^language-/u, '');
      const value = code.children.map((child) => (child.type === 'text' ? child.value : '')).join('');
      return <CodeBlock code={value.replace(/\n$/u, '')} {...(language === '' ? {} : { title: language })} />;
    },
    // The only inputs the sanitizer lets through: the boxes of a task list.
    input: ({ checked }) => <input type="checkbox" disabled checked={checked === true} readOnly aria-label={checked === true ? 'Done' : 'To do'} />,
    table: ({ children }) => (
      <div className={styles.tableBox}>
        <table>{children}</table>
      </div>
    ),
  };
  return (
    <div className={styles.markdown} data-markdown="">
      <ReactMarkdown
        remarkPlugins={[remarkGfm, showHtmlAsText]}
        rehypePlugins={[[rehypeSanitize, markdownSchema]]}
        urlTransform={transformAddress}
        components={components}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
});
