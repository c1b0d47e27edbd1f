/** The parent's side and core's side of the host protocol, kept where both may import it. */
export * from '#shared/contract/hostProtocol.ts';
