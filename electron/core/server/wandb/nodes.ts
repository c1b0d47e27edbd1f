/**
 * What every resolver can make: the nodes of the graph from the facts at hand. A node's fields are values, or functions that ask when they
 * are selected. They lead to one another in circles, so a resolver takes them from here instead of from the other's file.
 */
import type {
  AliasChip, ArtifactId, ArtifactSummary, CollectionDetail, CollectionId, CollectionSummary, LinkId, OutputOf, ProjectId, ProjectSummary, RegistryId, RegistrySummary, RunDetail, RunSummary, UserSummary, VersionDetail, VersionId,
} from '#shared/contract/index.ts';

export type Node = object;

export type ProjectFacts = { readonly id: ProjectId; readonly entity: string; readonly name: string };

export type RegistryFacts = { readonly id: RegistryId; readonly name: string };

export type SequenceFacts = { readonly id: ArtifactId; readonly name: string; readonly type: string; readonly projectId: ProjectId; readonly entity: string; readonly project: string };
export type PortfolioFacts = { readonly id: CollectionId; readonly name: string; readonly registryId: RegistryId; readonly registry: string };

export type LinkFacts = {
  readonly linkId: LinkId;
  readonly versionId: VersionId;
  readonly registryId: RegistryId;
  readonly registry: string;
  readonly collectionId: CollectionId;
  readonly collection: string;
  readonly index: number;
  readonly aliases: readonly AliasChip[];
  readonly linkedAt?: string;
};

export type Membership = { readonly versionId: VersionId; readonly node: () => object | Promise<object> };

/** `collection:alias` as clients write it, in a project or a registry. */
export type MembershipName = { readonly entity: string | null; readonly project: string; readonly text: string };

export type Nodes = {
  user(user: UserSummary): Node;
  team(team: { readonly id: number; readonly name: string }): Node;
  organizationEntity(status: OutputOf<'catalog.status'>): Node;
  project(facts: ProjectFacts & Partial<ProjectSummary>): Node;
  registry(facts: RegistryFacts & Partial<RegistrySummary>): Node;
  /** A project or a registry by the name of its team or organization; null where there is none for the caller. */
  projectNamed(entity: string | null, name: string): Promise<Node | null>;
  /** An artifact. `known` saves the question where its details are at hand. */
  sequence(facts: SequenceFacts, known?: ArtifactSummary): Node;
  portfolio(facts: PortfolioFacts, known?: CollectionSummary & Partial<CollectionDetail>): Node;
  /** A committed version by id; null where it isn't there, isn't committed, or isn't for the caller. */
  version(id: VersionId): Promise<Node | null>;
  versionOf(version: VersionDetail): Node;
  link(link: LinkFacts): Node;
  membershipsOf(version: VersionDetail): Node;
  /** Null for a name that means nothing. */
  membershipNamed(name: MembershipName): Promise<Membership | null>;
  run(run: RunSummary & Partial<RunDetail>): Node;
};
