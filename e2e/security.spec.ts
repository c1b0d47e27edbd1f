/** The locks on the window's doors, tried in the real app. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import type { VitrineBridge } from '#shared/contract/bridge.ts';
import { launchVitrine, type Vitrine } from './drivers/electron.ts';

declare global {
  interface Window {
    readonly vitrine: VitrineBridge;
  }
}

let vitrine: Vitrine;
/** A web server of somebody else; it must never be asked for anything. */
let stranger: Server;
let strangerAddress: string;
let asked: string[] = [];

test.beforeAll(async () => {
  stranger = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/redirect') response.writeHead(302, { location: `${strangerAddress}/landed` });
    else response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<h1>Elsewhere</h1>');
  });
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  strangerAddress = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  // With devices that could be given, so that a denial is one.
  vitrine = await launchVitrine({ args: ['--use-fake-device-for-media-stream'] });
});

test.afterAll(async () => {
  await vitrine?.close();
  await new Promise((resolve) => stranger.close(resolve));
});

test.beforeEach(() => {
  asked = [];
});

// After each try the page must be where it was, be alone, and nobody elsewhere been asked.
test.afterEach(async () => {
  expect(vitrine.window.url()).toBe('app://vitrine/');
  expect(await vitrine.app.evaluate(({ BrowserWindow, webContents }) => [BrowserWindow.getAllWindows().length, webContents.getAllWebContents().filter((each) => each.getType() !== 'window').length])).toEqual([1, 0]);
  expect(asked).toEqual([]);
});

test.describe.configure({ mode: 'default' });

test('the page has no Node, no Electron and no more of the bridge than was agreed', async () => {
  const seen = await vitrine.window.evaluate(() => ({
    node: [typeof globalThis, ...['require', 'process', 'Buffer', 'module', 'global', 'ipcRenderer', 'electron'].map((name) => typeof Reflect.get(globalThis, name))],
    bridge: Object.keys(window.vitrine).sort(),
    origin: location.origin,
    secure: isSecureContext,
  }));
  expect(seen).toEqual({
    node: ['object', 'undefined', 'undefined', 'undefined', 'undefined', 'undefined', 'undefined', 'undefined'],
    bridge: [
      'appearance', 'chooseFolder', 'chooseSaveFile', 'connect', 'onAppearance', 'onMenuCommand', 'onOpenAddress', 'onStartup', 'openExternal', 'openPathsDialog',
      'pathsOfFiles', 'platform', 'prepareDragOut', 'quit', 'relaunch', 'retryCore', 'revealInFolder', 'revealLogs', 'saveBytes', 'saveText', 'setAppearance', 'setMenuState',
      'setTitle', 'startDragOut', 'startup', 'testMode', 'versions',
    ],
    origin: 'app://vitrine',
    secure: true,
  });
});

test('the window is opened with every lock on', async () => {
  const preferences = await vitrine.app.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
    return contents.getLastWebPreferences();
  });
  expect(preferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true, webviewTag: false });
  expect(preferences['nodeIntegrationInWorker']).not.toBe(true);
  expect(preferences['allowRunningInsecureContent']).not.toBe(true);
  expect(preferences['experimentalFeatures']).not.toBe(true);
});

test('pages come with a strict content policy, which holds', async () => {
  const { policy, sniffing, missing, outside } = await vitrine.window.evaluate(async () => {
    const page = await fetch('app://vitrine/');
    const statusOf = async (address: string): Promise<number | string> => fetch(address).then((answer) => answer.status, () => 'refused');
    return {
      policy: page.headers.get('content-security-policy'),
      sniffing: page.headers.get('x-content-type-options'),
      missing: await statusOf('app://vitrine/no-such-file.js'),
      outside: await Promise.all(['/..%2fpackage.json', '/%2e%2e/package.json', '/..%5c..%5cpackage.json', '/assets/..%2f..%2fmain%2findex.js', '/%00.js', '/%252e%252e%252fpackage.json'].map(async (path) => statusOf(`app://vitrine${path}`))),
    };
  });
  expect(policy).toBe("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  expect(sniffing).toBe('nosniff');
  expect(missing).toBe('refused');
  expect(outside).toEqual(Array.from({ length: 6 }, () => 'refused'));

  const held = await vitrine.window.evaluate(async (elsewhere) => {
    const script = document.createElement('script');
    script.textContent = 'window.injected = true';
    document.body.append(script);
    const image = document.createElement('img');
    image.setAttribute('onerror', 'window.injected = true');
    image.src = 'app://vitrine/no-such-picture.png';
    document.body.append(image);
    await new Promise((resolve) => image.addEventListener('error', resolve, { once: true }));
    // oxlint-disable-next-line no-eval -- that it is refused is the point
    const evaluated = await Promise.resolve().then(() => globalThis.eval('1') as unknown).catch((error: unknown) => String(error));
    const fetched = await fetch(elsewhere).then(() => 'went out', () => 'held');
    const frame = document.createElement('iframe');
    frame.src = elsewhere;
    document.body.append(frame);
    const foreign = document.createElement('script');
    foreign.src = `${elsewhere}/script.js`;
    const loaded = new Promise((resolve) => {
      foreign.addEventListener('load', () => resolve('ran'), { once: true });
      foreign.addEventListener('error', () => resolve('held'), { once: true });
    });
    document.body.append(foreign);
    const result = { injected: Reflect.get(window, 'injected') as unknown, evaluated, fetched, script: await loaded };
    for (const element of [script, image, frame, foreign]) element.remove();
    return result;
  }, strangerAddress);
  expect(held).toEqual({ injected: undefined, evaluated: expect.stringContaining('EvalError'), fetched: 'held', script: 'held' });
});

test('a clicked link leads nowhere', async () => {
  const before = vitrine.facts.all().length;
  await clickLink({ href: `${strangerAddress}/clicked` });
  await vitrine.facts.wait('navigation-denied', { after: before, where: (fact) => fact['url'] === `${strangerAddress}/clicked` });
});

test('neither does one to another page of the app’s own scheme', async () => {
  const before = vitrine.facts.all().length;
  await clickLink({ href: 'app://elsewhere/index.html' });
  await vitrine.facts.wait('navigation-denied', { after: before, where: (fact) => fact['url'] === 'app://elsewhere/index.html' });
});

for (const href of ['javascript:window.injected=true', 'data:text/html,<h1>x</h1>', 'file:///etc/passwd']) {
  test(`neither does ${href.slice(0, 11)}…`, async () => {
    await clickLink({ href });
    // The page answers, stands where it stood, and nothing ran.
    expect(await vitrine.window.evaluate(() => Reflect.get(window, 'injected') as unknown)).toBeUndefined();
    expect(await vitrine.window.evaluate(() => location.protocol)).toBe('app:');
  });
}

test('target=_blank and window.open open nothing', async () => {
  let before = vitrine.facts.all().length;
  await clickLink({ href: `${strangerAddress}/blank`, target: '_blank' });
  await vitrine.facts.wait('navigation-denied', { after: before, where: (fact) => fact['how'] === 'window' });
  before = vitrine.facts.all().length;
  const opened = await vitrine.window.evaluate((address) => window.open(`${address}/opened`) === null, strangerAddress);
  expect(opened).toBe(true);
  await vitrine.facts.wait('navigation-denied', { after: before, where: (fact) => fact['how'] === 'window' });
});

test('the page can not send itself elsewhere', async () => {
  const before = vitrine.facts.all().length;
  await vitrine.window.evaluate((address) => {
    window.location.href = `${address}/assigned`;
  }, strangerAddress);
  await vitrine.facts.wait('navigation-denied', { after: before, where: (fact) => fact['url'] === `${strangerAddress}/assigned` });
});

test('a form can not be sent', async () => {
  await vitrine.window.evaluate((address) => {
    const form = document.createElement('form');
    form.action = `${address}/form`;
    form.method = 'post';
    document.body.append(form);
    form.submit();
    form.remove();
  }, strangerAddress);
  expect(await vitrine.window.evaluate(() => location.protocol)).toBe('app:');
});

test('a redirect from a page of the app is not followed', async () => {
  const before = vitrine.facts.all().length;
  // Main itself starts this one, so nothing but the redirect can be refused; the handler answers with 302 for one path only.
  await vitrine.app.evaluate(async ({ BrowserWindow, session }, address) => {
    session.defaultSession.protocol.unhandle('app');
    session.defaultSession.protocol.handle('app', () => new Response(null, { status: 302, headers: { location: `${address}/landed` } }));
    await BrowserWindow.getAllWindows()[0]?.webContents.loadURL('app://vitrine/moved.html').catch(() => undefined);
  }, strangerAddress);
  await vitrine.facts.wait('navigation-denied', { after: before, where: (fact) => fact['how'] === 'redirect' });
  expect(asked).toEqual([]);
  // The handler is replaced for good: a fresh app for what follows.
  await vitrine.close();
  vitrine = await launchVitrine({ args: ['--use-fake-device-for-media-stream'] });
});

test('no request leaves, even when main is made to send one through the session', async () => {
  const before = vitrine.facts.all().length;
  const outcome = await vitrine.app.evaluate(async ({ session }, address) => session.defaultSession.fetch(`${address}/session`).then(() => 'went out', () => 'held'), strangerAddress);
  expect(outcome).toBe('held');
  await vitrine.facts.wait('request-denied', { after: before });
});

test('permissions are denied, asked for or looked up', async () => {
  const before = vitrine.facts.all().length;
  const answers = await vitrine.window.evaluate(async () => {
    const outcome = async (attempt: () => Promise<unknown>): Promise<string> => attempt().then(() => 'granted', (error: unknown) => (error as Error).name || `denied (${(error as { code?: number }).code})`);
    return {
      notification: await Notification.requestPermission(),
      camera: await outcome(() => navigator.mediaDevices.getUserMedia({ video: true })),
      microphone: await outcome(() => navigator.mediaDevices.getUserMedia({ audio: true })),
      screen: await outcome(() => navigator.mediaDevices.getDisplayMedia({ video: true })),
      clipboard: await outcome(() => navigator.clipboard.readText()),
      midi: await outcome(() => (navigator as unknown as { requestMIDIAccess(options: object): Promise<unknown> }).requestMIDIAccess({ sysex: true })),
      place: await new Promise((resolve) => navigator.geolocation.getCurrentPosition(() => resolve('granted'), (error) => resolve(error.code))),
      states: await Promise.all((['notifications', 'geolocation', 'camera', 'microphone'] as const).map(async (name) => (await navigator.permissions.query({ name: name as PermissionName })).state)),
    };
  });
  expect(answers).toEqual({
    notification: 'denied', camera: 'NotAllowedError', microphone: 'NotAllowedError', screen: 'NotAllowedError', clipboard: 'NotAllowedError', midi: 'NotAllowedError',
    place: 1, states: ['denied', 'denied', 'denied', 'denied'],
  });
  await vitrine.facts.wait('permission-denied', { after: before, where: (fact) => fact['how'] === 'request' });
});

test('a download is not begun', async () => {
  const before = vitrine.facts.all().length;
  await vitrine.window.evaluate(() => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob(['x']));
    link.download = 'x.txt';
    link.click();
  });
  await vitrine.facts.wait('download-denied', { after: before });
});

test('only web and mail addresses go to the system, written anew', async () => {
  // What the system would do with them is not tried; what it would be given is.
  await vitrine.app.evaluate(({ shell }) => {
    const given: string[] = [];
    Reflect.set(globalThis, 'given', given);
    shell.openExternal = async (url: string) => {
      given.push(url);
    };
  });
  const opened = await vitrine.window.evaluate(async () => {
    const results: boolean[] = [];
    for (const url of [
      'https://example.org/a b', 'HTTP://EXAMPLE.org:80/x', 'mailto:a@example.org?subject=hi&attach=/etc/passwd', 'file:///etc/passwd', 'javascript:alert(1)',
      'vitrine://x', 'smb://host/share', 'https://good.org@evil.org/', 'ms-msdt:/id', 'not an address', 'https://example.org/\u0000',
    ]) results.push(await window.vitrine.openExternal(url));
    return results;
  });
  expect(opened).toEqual([true, true, true, false, false, false, false, false, false, false, false]);
  expect(await vitrine.app.evaluate(() => Reflect.get(globalThis, 'given') as unknown)).toEqual(['https://example.org/a%20b', 'http://example.org/x', 'mailto:a@example.org?subject=hi']);
});

test('the bridge refuses what has another form, and shows only folders that a person chose', async () => {
  const before = vitrine.facts.all().length;
  const answers = await vitrine.window.evaluate(async () => {
    const outcome = async (attempt: () => Promise<unknown>): Promise<unknown> => attempt().catch((error: unknown) => (error as Error).message);
    const bridge = window.vitrine as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    void bridge['setAppearance']?.({ theme: 'pink' });
    void bridge['setTitle']?.({ toString: 1 });
    void bridge['startDragOut']?.('/etc');
    void bridge['relaunch']?.({ dataDirectory: 7 });
    return [
      await outcome(async () => bridge['openExternal']?.({ url: 'https://example.org' })),
      await outcome(async () => bridge['openPathsDialog']?.({ kind: 'everything', title: 'x' })),
      await outcome(async () => bridge['chooseFolder']?.({ title: 'x', extra: true })),
      await outcome(async () => bridge['saveBytes']?.({ title: 'x', name: 'x', bytes: 'x' })),
      await outcome(async () => bridge['revealInFolder']?.('/etc/passwd')),
      await outcome(async () => bridge['revealInFolder']?.('relative')),
    ];
  });
  expect(answers).toEqual([...Array<string>(4).fill('The message does not have the agreed form.'), false, false]);
  await vitrine.facts.wait('message-refused', { after: before, where: (fact) => fact['channel'] === 'vitrine:tell:set-appearance' });
  await vitrine.facts.wait('message-refused', { after: before, where: (fact) => fact['channel'] === 'vitrine:tell:relaunch' });
  // Where main hands out a folder it may be dragged from; `/etc` was not.
  expect(vitrine.facts.all().slice(before).filter((fact) => fact.fact === 'drag-out')).toEqual([]);
});

test('messages from other frames and windows are refused', async () => {
  const before = vitrine.facts.all().length;
  // A window that main did not open for the app, on the app's own origin, with the app's own preload.
  const refused = await vitrine.app.evaluate(async ({ app, BrowserWindow }) => {
    const preload = `${app.getAppPath()}/dist/preload/index.cjs`;
    const facts = Buffer.from(JSON.stringify({ platform: 'linux', versions: {}, testMode: true, appearance: {} })).toString('base64');
    const other = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true, contextIsolation: true, additionalArguments: [`--vitrine-facts=${facts}`] } });
    await other.loadURL('app://vitrine/').catch(() => undefined);
    const answer = (await other.webContents.executeJavaScript("window.vitrine.openExternal('https://example.org').then(() => 'taken', (error) => error.message)")) as string;
    other.destroy();
    return answer;
  });
  expect(refused).toBe('The message was refused.');
  await vitrine.facts.wait('message-refused', { after: before, where: (fact) => fact['why'] === 'it is not one of our windows' });
});

/** Puts a link in the page and clicks it with the mouse, as a card with a link in it would be. */
async function clickLink({ href, target }: { readonly href: string; readonly target?: string }): Promise<void> {
  await vitrine.window.evaluate(({ href, target }) => {
    const link = document.createElement('a');
    link.href = href;
    if (target !== undefined) link.target = target;
    link.id = 'foreign-link';
    link.textContent = 'a link';
    link.style.cssText = 'position:fixed;inset:0;z-index:2147483647;background:white';
    document.body.append(link);
  }, { href, target });
  // The mouse itself: a click by locator would wait for the navigation, which never comes.
  await vitrine.window.mouse.click(200, 200);
  await vitrine.window.evaluate(() => document.getElementById('foreign-link')?.remove());
}
