/** People, service accounts, teams and keys. The sections stand in Settings, the members of a registry have a place of their own. */
export { AccessSection } from './AccessSection.tsx';
export { KeysSection } from './KeysSection.tsx';
