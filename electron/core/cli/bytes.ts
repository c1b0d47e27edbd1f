/** Where bytes lie, and buckets, on the command line. */
import type { Command } from 'commander';
import { VitrineError, type BucketCredential, type BytesStanding, type CoreClient, type InputOf, type VersionId } from '#shared/contract/index.ts';
import { subcommand, within, type Common, type WithClient } from './common.ts';
import { formatSize, plain, printJson, printLine, printTable, progressLine, type Row } from './print.ts';
import { resolveVersion } from './resolve.ts';
import { credentialOf, withSigning, type Signing } from './signing.ts';

type Place = Signing & { readonly endpoint?: string; readonly region: string; readonly prefix: string; readonly pathStyle?: boolean };

/** Adds `vitrine bytes` and `vitrine bucket`. */
export function addBytesCommands(command: (name: string, description: string) => Command, withClient: WithClient): void {
  const bytes = command('bytes', 'where the bytes of versions lie: here, at a remote, in a bucket');
  const asBytes = within(bytes, withClient);
  const say = <Value>(common: Common, value: Value, words: (value: Value) => void): void => (common.json === true ? printJson(value) : words(value));
  const versionsOf = async (client: CoreClient, addresses: readonly string[]): Promise<readonly { readonly id: VersionId; readonly label: string }[]> => {
    const found = [];
    for (const address of addresses) {
      const { versionId, label } = await resolveVersion(client, address);
      found.push({ id: versionId, label });
    }
    return found;
  };

  subcommand(bytes, 'where', 'where the bytes of versions lie').argument('<version...>').action(async (addresses: string[], options: Common) => {
    await asBytes(options, async (client, call, common) => {
      const versions = await versionsOf(client, addresses);
      const { items } = await client.query('bytes.where', { versionIds: versions.map(({ id }) => id) }, call);
      say(common, items, (standings) => printTable(standings.map((one): Row => ({
        version: versions.find(({ id }) => id === one.versionId)?.label ?? null, bytes: standingWords(one), size: one.bytes === null ? null : formatSize(one.bytes), elsewhere: one.places.map(({ name, holds }) => `${name}${holds === 'some' ? ' (some)' : ''}`).join(', '),
      })), ['version', 'bytes', 'size', 'elsewhere']));
    });
  });
  subcommand(bytes, 'get', 'bring the bytes of versions here; what was cut off goes on').argument('<version...>').action(async (addresses: string[], options: Common) => {
    await asBytes(options, async (client, call, common) => {
      const versionIds = (await versionsOf(client, addresses)).map(({ id }) => id);
      const line = progressLine();
      const { output } = await client.execute('sync.fetch', { versionIds }, { ...call, onProgress: line.report }).finally(line.end);
      say(common, output, (done) => printLine(done.fetched === 0 ? 'All of it is here.' : `Fetched ${done.fetched} versions: ${done.files} files, ${formatSize(done.bytes)}.`));
    });
  });
  subcommand(bytes, 'free', 'free the copy here of what a remote or a bucket has; the only copy stays').argument('<version...>').option('--simulate', 'say what would go, free nothing').option('--thorough', 'read the other copy through and compare it')
    .action(async (addresses: string[], options: Common & { simulate?: boolean; thorough?: boolean }) => {
      await asBytes(options, async (client, call, common) => {
        const versionIds = (await versionsOf(client, addresses)).map(({ id }) => id);
        const line = progressLine();
        const { output } = await client.execute('bytes.free', { versionIds, simulate: options.simulate === true, thorough: options.thorough === true }, { ...call, onProgress: line.report }).finally(line.end);
        say(common, output, (done) => {
          printLine(`${options.simulate === true ? 'Would free' : 'Freed'} ${done.objects} objects, ${formatSize(done.bytes)}.`);
          for (const { label, why } of done.kept) printLine(`kept ${plain(label)}: ${plain(why)}`);
        });
        if (output.kept.length > 0) process.exitCode = 1;
      });
    });
  subcommand(bytes, 'store', 'copy the bytes of versions into a bucket').argument('<bucket>').argument('<version...>').option('--free', 'free the copy here afterwards').action(async (name: string, addresses: string[], options: Common & { free?: boolean }) => {
    await asBytes(options, async (client, call, common) => {
      const bucketId = (await bucketOf(client, name)).id;
      const versionIds = (await versionsOf(client, addresses)).map(({ id }) => id);
      const line = progressLine();
      const { output } = await client.execute('bytes.store', { bucketId, versionIds, free: options.free === true }, { ...call, onProgress: line.report }).finally(line.end);
      say(common, output, (done) => printLine(`${done.objects} objects, ${formatSize(done.bytes)} went there; ${done.present} were there already${options.free === true ? `; ${formatSize(done.freedBytes)} freed here` : ''}.`));
    });
  });

  const bucket = command('bucket', 'buckets of S3-compatible stores that hold bytes');
  const asBucket = within(bucket, withClient);
  const withPlace = (one: Command): Command =>
    withSigning(one, 'access key').option('--endpoint <url>', 'the store’s address; Amazon’s own without it').option('--region <region>', 'its region', 'us-east-1').option('--prefix <prefix>', 'keys begin with this, such as “models/”', '').option('--path-style', 'the bucket’s name stands in the path, as most stores but Amazon’s want it');
  const placeOf = async (name: string, options: Place): Promise<InputOf<'buckets.test'> & { readonly bucket: string }> => ({
    bucket: name, endpoint: options.endpoint ?? null, region: options.region, prefix: options.prefix, pathStyle: options.pathStyle === true, credential: await keyOf(options),
  });
  withPlace(subcommand(bucket, 'add', 'make a bucket known').argument('<name>').argument('<bucket>')).action(async (name: string, place: string, options: Common & Place) => {
    await asBucket(options, async (client, call, common) => {
      const { output } = await client.execute('buckets.add', { name, ...(await placeOf(place, options)) }, call);
      say(common, output, (made) => {
        printLine(`Added ${plain(made.name)}.`);
        if (made.credential.place === 'file') printLine('There is no keychain here: the secret lies in secrets.json in the catalog’s folder, which only you can read.');
      });
    });
  });
  withPlace(subcommand(bucket, 'test', 'try a bucket step by step').argument('<name-or-bucket>')).action(async (name: string, options: Common & Place) => {
    await asBucket(options, async (client, call, common) => {
      const known = (await client.query('buckets.list', {}, call)).items.find((one) => one.name === name);
      const report = await client.query('buckets.test', known === undefined ? await placeOf(name, options) : { id: known.id }, call);
      say(common, report, ({ steps }) => {
        for (const step of steps) printLine(`${step.verdict === 'well' ? 'ok  ' : step.verdict === 'failed' ? 'FAIL' : '-   '} ${step.step.replace('_', '-').padEnd(10)} ${plain(step.detail)}${step.advice === null ? '' : ` ${plain(step.advice)}`}`);
      });
      if (report.steps.some((step) => step.verdict === 'failed')) process.exitCode = 1;
    });
  });
  subcommand(bucket, 'ls', 'buckets').action(async (options: Common) => {
    await asBucket(options, async (client, call, common) => {
      const { items } = await client.query('buckets.list', {}, call);
      say(common, items, (found) => printTable(found.map((one): Row => ({ name: one.name, bucket: `${one.bucket}/${one.prefix}`, at: one.endpoint ?? one.region, objects: one.objects, size: formatSize(one.bytes) })), ['name', 'bucket', 'at', 'objects', 'size']));
    });
  });
  subcommand(bucket, 'remove', 'forget a bucket; what lies in it stays').argument('<name>').action(async (name: string, options: Common) => {
    await asBucket(options, async (client, call, common) => {
      const { output } = await client.execute('buckets.remove', { id: (await bucketOf(client, name)).id }, call);
      say(common, output, () => printLine(`Removed ${plain(name)}; what lies in it stays there.`));
    });
  });
}

async function bucketOf(client: CoreClient, name: string) {
  const found = (await client.query('buckets.list', {})).items.find((one) => one.name === name);
  if (found === undefined) throw new VitrineError('not_found', { details: { kind: 'bucket', label: name } });
  return found;
}

async function keyOf(options: Signing): Promise<BucketCredential> {
  const credential = await credentialOf(options);
  if (credential.kind === 'token') throw new VitrineError('bad_input', { details: { explanation: 'A bucket’s key is an id and a secret: give --user and --password-stdin.' } });
  return credential;
}

function standingWords(one: BytesStanding): string {
  switch (one.standing) {
    case 'here':
      return 'here';
    case 'partly':
      return `${one.filesHere} of ${one.files ?? '?'} files here`;
    case 'elsewhere':
      return 'only elsewhere';
    case 'nowhere':
      return 'missing';
  }
}
