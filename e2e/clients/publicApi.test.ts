/** The public API of the real clients over artifacts and registries, scenario by scenario. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clients, type RunningClient } from '../drivers/pythonClient.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await openWorkbench();
}, 240_000);
afterAll(async () => bench.close());

type Failure = { readonly kind: string; readonly words: string };
const raised = (fact: unknown): string => (fact as Failure).words;

describe.each(clients)('the %s client', { timeout: 400_000 }, (client) => {
  const project = `api_${client}`;
  const registry = `Curated-${client}`;
  const member = `ada-${client}`;
  const otherTeam = `other-${client}`;
  let program: RunningClient;
  beforeAll(async () => {
    await bench.ask('users.create', { username: member, email: `${member}@example.org` });
    await bench.ask('teams.create', { name: otherTeam });
    const files = join(bench.folder, `old-${client}`);
    mkdirSync(files);
    writeFileSync(join(files, 'old.bin'), `old ${client}`);
    await bench.ask('versions.log', { paths: [files], project: { name: `old_${client}` }, artifact: 'old', type: 'model' });
    writeFileSync(join(bench.folder, `old-${client}.json`), JSON.stringify({ format: 'wandb-legacy-registry', version: 1, entity: bench.team, collections: [{ name: `Old-${client}`, versions: [{ index: 4, source: `${bench.team}/old_${client}/old:v0`, aliases: ['production', 'latest'] }] }] }));
    await bench.ask('imports.legacyRegistry', { source: { kind: 'file', path: join(bench.folder, `old-${client}.json`) }, registry: { name: `Brought-${client}` } });
    program = bench.program(client, 'publicApi.py', { parameters: { project, client, member, other_team: otherTeam }, timeout: 400_000 });
  });
  const told = (scenario: string) => program.told(scenario);

  test('artifacts, types and collections are looked up', async () => {
    const { run } = await told('prepared');
    const facts = await told('looked_up');
    expect(facts).toMatchObject({
      version: 'v2', type: 'model', description: 'number 2', metadata: { acc: 0.2, family: 'a', nested: { depth: 2 } }, tags: ['even'], aliases: ['n2'], qualified: expect.stringMatching(new RegExp(`^${bench.team}/${project}/model:(?:v2|n2)$`, 'u')) as unknown,
      exists: [true, true, false, false, false], collection_exists: [true, false], type_name: 'model', collections: ['model'], logged_by: run, used_by: [],
    });
    expect(facts['types']).toEqual(expect.arrayContaining(['dataset', 'model']));
    expect(raised(facts['missing'])).toMatch(/not found|n9/u);
    expect(raised(facts['wrong_type'])).toMatch(/type/u);
  });

  test('versions in order, by pages, by tag', async () => {
    const facts = await told('versions_listed');
    expect(facts).toMatchObject({ all: ['v4', 'v3', 'v2', 'v1', 'v0'], paged: ['v4', 'v3', 'v2', 'v1', 'v0'], length: 5, tagged: ['v1', 'v3'] });
    // Numbers are aliases, too, on this wire.
    expect((facts['of_collection'] as readonly string[]).filter((alias) => !/^v\d+$/u.test(alias))).toEqual(['latest', 'n0', 'n1', 'n2', 'n3', 'n4']);
    expect(facts['aliases']).toEqual(['latest', 'n0', 'n1', 'n2', 'n3', 'n4']);
  });

  test('a registry is made, described and widened', async () => {
    const facts = await told('registry_made');
    expect(facts).toMatchObject({ name: registry, full: `wandb-registry-${registry}`, visibility: 'organization', types: ['model'], all_types: false, description: 'Made by a script.', later: ['Described later.', ['dataset', 'model']] });
    expect(raised(facts['twice'])).toMatch(/exist/iu);
    expect(raised(facts['bad_name'])).toMatch(/name|character|\//iu);
    expect(raised(facts['bad_visibility'])).toMatch(/visibility/iu);
    expect(await bench.ask('registries.get', { name: registry })).toMatchObject({ description: 'Described later.', visibility: 'organization', acceptedTypes: expect.arrayContaining(['dataset', 'model']) as unknown });
  });

  test('collections are filled, described and tagged', async () => {
    const facts = await told('registry_filled');
    expect(facts).toMatchObject({ description: 'The first letter.', tags: ['greek'], registry: false });
    expect(facts['aliases']).toEqual(expect.arrayContaining(['production', 'was0', 'was1']));
    const held = await bench.ask('collections.list', { registryId: (await bench.ask('registries.get', { name: registry })).id });
    expect(held.items.map((item) => item.name)).toEqual(expect.arrayContaining(['alpha', 'beta', 'rows']));
  });

  test('a registry tells the types that stand in it, and is held to them once it takes no others', async () => {
    const facts = await told('types_in_use');
    expect(facts).toMatchObject({ empty: [], none_left: 'ValueError', all: true, types: ['model'], listed: ['model'], closed: [false, ['model']] });
    expect(raised(facts['refused'])).toMatch(/dataset/u);
    expect(await bench.ask('registries.get', { name: `Open-${client}` })).toMatchObject({ acceptedTypes: ['model'], collectionCount: 1 });
  });

  test('registries by every field and operator', async () => {
    const facts = await told('registries_filtered');
    expect(facts['all']).toEqual(expect.arrayContaining([registry]));
    expect(facts).toMatchObject({ equal: [registry], regex: [registry], described: expect.arrayContaining([registry]) as unknown, not: false, since: true, before: [], none: [] });
    expect((facts['core'] as readonly string[]).length).toBe(2);
    expect((facts['or'] as readonly string[]).length).toBe(2);
  });

  test('collections by every field and operator', async () => {
    expect(await told('collections_filtered')).toEqual({
      all: ['alpha', 'beta', 'gamma', 'rows'], equal: ['beta'], in: ['beta', 'gamma'], not_in: ['alpha', 'rows'], regex: ['alpha', 'gamma'], tag: ['alpha'], tag_or: ['alpha', 'rows'], description: ['alpha'],
      since: ['alpha', 'beta', 'gamma', 'rows'], updated: [], ne: ['beta', 'gamma', 'rows'], nor: ['gamma', 'rows'], contains: ['gamma'], of_registry: ['alpha', 'beta', 'gamma', 'rows'],
    });
  });

  test('versions by every field and operator', async () => {
    const all = ['alpha:v0', 'alpha:v1', 'alpha:v2', 'beta:v0', 'gamma:v0', 'rows:v0'];
    const facts = await told('versions_filtered');
    expect(facts).toMatchObject({
      all, tag: ['alpha:v1', 'beta:v0'], alias: ['alpha:v2', 'gamma:v0'], aliases: ['alpha:v0', 'alpha:v2', 'gamma:v0'], metadata: ['beta:v0', 'gamma:v0'], numbers: ['alpha:v1', 'alpha:v2', 'beta:v0'], nested: ['gamma:v0'],
      exists: ['alpha:v0', 'alpha:v1', 'alpha:v2', 'beta:v0', 'gamma:v0'], lacks: ['rows:v0'], both: ['alpha:v2', 'gamma:v0'], either: ['alpha:v1', 'beta:v0', 'gamma:v0'], not: ['alpha:v1', 'beta:v0', 'rows:v0'],
      since: all, until: [], version: ['alpha:v0', 'beta:v0', 'gamma:v0', 'rows:v0'], none: [], chained: ['alpha:v2'], paged: all, regex: ['alpha:v0', 'alpha:v2', 'gamma:v0'],
    });
    expect(raised(facts['unknown_field'])).toMatch(/nonsense/u);
    expect(raised(facts['unknown_operator'])).toMatch(/near/u);
  });

  test('a link is edited, moved, unlinked and linked again under a new number', async () => {
    const facts = await told('links_edited');
    expect(facts).toMatchObject({
      version: 'v2', source: 'v2', is_link: true, same_version: 'v2', source_description: 'Seen from the registry.', source_metadata: true, source_tags: ['even', 'reviewed'], source_aliases: ['n2'],
      moved_to: 'v0', unlinked: [false, true], again: 'v3',
    });
    expect(facts['aliases']).toEqual(expect.arrayContaining(['checked', 'production']));
    expect(facts['left']).not.toContain('checked');
    const source = await bench.version(`${bench.team}/${project}/model:v2`);
    expect(source).toMatchObject({ description: 'Seen from the registry.', metadata: { reviewed: true } });
    expect((await bench.version(`wandb-registry-${registry}/alpha:checked`)).index).toBe(0);
  });

  test('lineage from both sides', async () => {
    const facts = await told('lineage_walked');
    expect(facts).toMatchObject({ used: ['data:v1', 'model:v2'], logged: ['report:v0'], used_by: [facts['run']], logged_by: facts['run'], link_used_by: [facts['run']] });
    const report = await bench.version(`${bench.team}/${project}/report:v0`);
    const { nodes } = await bench.ask('lineage.neighbourhood', { root: { kind: 'version', id: report.id } });
    expect(nodes.flatMap((node) => (node.kind === 'version' ? [`${node.artifact}:v${node.index}`] : []))).toEqual(expect.arrayContaining(['report:v0', 'model:v2', 'data:v1']));
  });

  test('members and teams of a registry, with their roles', async () => {
    const facts = await told('members');
    expect(facts['added']).toMatchObject({ [member]: 'member' });
    expect(facts['changed']).toMatchObject({ [member]: 'viewer' });
    expect(facts['removed']).not.toContain(member);
    expect(facts['removed']).toContain(bench.username);
    expect(facts).toMatchObject({ teams: { [otherTeam]: 'member' }, teams_changed: { [otherTeam]: 'admin' } });
    expect(facts['teams_left']).not.toContain(otherTeam);
    const held = await bench.ask('registries.members', { registryId: (await bench.ask('registries.get', { name: `Members-${client}` })).id });
    expect(JSON.stringify(held.items)).not.toMatch(new RegExp(`"(?:${member}|${otherTeam})"`, 'u'));
  });

  test('registries and collections are renamed and deleted; sources stay, core registries refuse', async () => {
    const facts = await told('renamed_and_deleted');
    expect(facts).toMatchObject({ visibility: 'restricted', renamed: `Passed-${client}`, gone: [], collections: ['alpha', 'beta', 'rows'], source_stays: true });
    expect(raised(facts['core'])).not.toBe('nothing was raised');
    await expect(bench.ask('registries.get', { name: `Passed-${client}` })).rejects.toMatchObject({ code: 'not_found' });
    expect(await bench.version(`${bench.team}/${project}/model:v4`)).toMatchObject({ links: [] });
  });

  test('an artifact is renamed, gets another type and is deleted; what the registry of old called it is used and linked into', async () => {
    // A name that was, leads to the one that is.
    expect(await told('sequences')).toMatchObject({ renamed: true, old: true, type: 'table', gone: false });
    await expect(bench.version(`${bench.team}/${project}/renamed-report:latest`)).rejects.toMatchObject({ code: 'not_found' });
    const facts = await told('old_addresses');
    const { wandbDigest } = await bench.version(`${bench.team}/old_${client}/old:v0`);
    expect(facts).toEqual({ used: wandbDigest, linked: 'v5' });
    expect(await bench.ask('addresses.resolve', { address: `wandb-registry-Brought-${client}/Old-${client}:fresh` })).toMatchObject({ object: { kind: 'link', label: `Brought-${client}/Old-${client}:v5` } });
    expect((await program.ended).code).toBe(0);
  });
});
