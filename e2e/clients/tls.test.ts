/** Both clients against a door with a certificate that an authority of one's own has signed, as a team has it on its own network. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../cli/commandLine.ts';
import { clients, wandb } from '../drivers/pythonClient.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const { path: folder, remove } = temporaryFolder('tls');
const at = (name: string): string => join(folder, name);
const ordinary = getCACertificates('default');
let bench: Workbench;

beforeAll(async () => {
  const openssl = (...args: readonly string[]): void => void execFileSync('openssl', args, { stdio: 'ignore' });
  const key = (name: string): readonly string[] => ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', at(name)];
  openssl('req', '-x509', ...key('authority.key'), '-out', at('authority.pem'), '-days', '2', '-subj', '/CN=Authority of one’s own', '-addext', 'keyUsage=critical,keyCertSign');
  openssl('req', ...key('door.key'), '-out', at('door.csr'), '-subj', '/CN=localhost');
  writeFileSync(at('door.ext'), 'subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n');
  openssl('x509', '-req', '-in', at('door.csr'), '-CA', at('authority.pem'), '-CAkey', at('authority.key'), '-CAcreateserial', '-out', at('door.pem'), '-days', '2', '-extfile', at('door.ext'));
  // This test looks into the catalog through the same door.
  setDefaultCACertificates([...ordinary, readFileSync(at('authority.pem'), 'utf8')]);
  bench = await openWorkbench(['--tls-cert', at('door.pem'), '--tls-key', at('door.key'), '--allow-host', 'localhost']);
}, 240_000);
afterAll(async () => {
  await bench.close();
  setDefaultCACertificates(ordinary);
  remove();
});

describe.each(clients)('the %s client', { timeout: 300_000 }, (client) => {
  test('logs, links and reads back over TLS where it is told of the authority, in Python and in its own core', async () => {
    expect(bench.url).toMatch(/^https:\/\/localhost:\d+$/u);
    const content = `weights of ${client}`;
    const program = bench.program(client, 'quickstart.py', { parameters: { project: `tls_${client}`, spelling: 'short', content }, environment: { REQUESTS_CA_BUNDLE: at('authority.pem'), SSL_CERT_FILE: at('authority.pem') } });
    const [made, used] = [await program.told('quickstart'), await program.told('consumed')];
    expect(await bench.run(`tls_${client}`, made['run'])).toMatchObject({ state: 'finished', summary: { acc: 0.93 }, outputCount: 1 });
    expect(await bench.version(`${bench.team}/tls_${client}/${String(made['name'])}:v0`)).toMatchObject({ state: 'committed', size: content.length, links: [expect.objectContaining({ registry: 'Models' })] });
    expect(used['content']).toBe(content);
    expect((await program.ended).code).toBe(0);
  });

  test('goes no further where it knows nothing of the authority', async () => {
    const { code, stdout, stderr } = await wandb(['login', '--verify', '--relogin', '--host', bench.url, bench.apiKey], bench.options(client, `stranger-${client}`, { environment: { WANDB_SILENT: undefined, WANDB_API_KEY: undefined }, timeout: 120_000 }));
    expect(code).not.toBe(0);
    expect(`${stdout}${stderr}`).toMatch(/certificate|unable to connect/iu);
  });
});
