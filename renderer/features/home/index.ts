/** The start page; loaded as a place. */
export { SnippetDialog } from './SnippetPanel.tsx';
export { pythonSnippet } from './snippet.ts';
