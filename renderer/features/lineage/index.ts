/** Lineage: the place, and a panel other pages can hold. React Flow comes with it, so load it when it is needed. */
export { LineagePanel, type LineagePanelProps, type LineageRoot } from './LineagePanel.tsx';
