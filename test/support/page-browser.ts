import axe from 'axe-core';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
} from 'playwright-core';
import { requireProgram } from '../tiers/programs.mjs';

const PATIENCE_MS = 30_000;
const JWT = /ey[\w-]{10,}\.ey[\w-]{10,}/;

/** A real browser, which notes whatever goes wrong in its pages. */
export class PageBrowser {
  /** What the console and the pages complained of, a policy that was broken included. */
  readonly faults: string[] = [];

  private constructor(private readonly browser: Browser) {}

  static async start(): Promise<PageBrowser> {
    // Root has no sandbox to start in.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    return new PageBrowser(await chromium.launch({ executablePath: requireProgram('Chromium'), args }));
  }

  /** A browser with nothing in it: no cookie, no tab. */
  async open(options: BrowserContextOptions = {}): Promise<BrowserContext> {
    const context = await this.browser.newContext({ locale: 'en-GB', ...options });
    context.setDefaultTimeout(PATIENCE_MS);
    await context.addInitScript(noteViews);
    context.on('page', (page) => {
      this.watch(page);
    });
    return context;
  }

  /** Closes everything but the browser. */
  async clear(): Promise<void> {
    await Promise.all(this.browser.contexts().map((context) => context.close()));
    this.faults.length = 0;
  }

  async stop(): Promise<void> {
    await this.browser.close();
  }

  private watch(page: Page): void {
    page.on('pageerror', (error) => this.faults.push(error.message));
    page.on('console', (message) => {
      const { url } = message.location();
      // A refusal that the page asked for is no fault of it, though a browser prints each.
      const isRefusal =
        message.text().startsWith('Failed to load resource') && !/\/account(\/assets|$)/.test(url);
      if (['error', 'warning'].includes(message.type()) && !isRefusal) this.faults.push(message.text());
    });
  }
}

/** Runs in the page: notes each view when it is shown, so that one that was there for a moment is seen too. */
function noteViews(): void {
  const views: string[] = [];
  Object.assign(window, { views });
  new MutationObserver((changes) => {
    for (const { target } of changes)
      if (target instanceof HTMLElement && target.dataset['view'] && !target.hidden)
        views.push(target.dataset['view']);
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ['hidden'] });
}

/** The views that were shown since the page was loaded, one after the other. */
export function viewsShown(page: Page): Promise<string[]> {
  return page.evaluate(() => (window as unknown as { views: string[] }).views);
}

/** Looks wherever a script could have left a token. */
export async function expectNoTokenInReach(page: Page): Promise<void> {
  const found = await page.evaluate(async () => ({
    local: Object.entries(localStorage),
    session: Object.entries(sessionStorage),
    cookies: document.cookie,
    databases: await indexedDB.databases(),
    caches: await caches.keys(),
    state: JSON.stringify([history.state, window.name, location.href]),
    html: document.documentElement.outerHTML,
    fields: [...document.querySelectorAll('input')].map(({ value }) => value),
  }));
  expect(found).toMatchObject({ local: [], session: [], cookies: '', databases: [], caches: [] });
  expect(JSON.stringify(found)).not.toMatch(JWT);
}

/** Has axe look for what keeps people out: contrast, names, roles, landmarks, order. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { axe: checker } = window as unknown as { axe: typeof axe };
    const found = await checker.run(document);
    return found.violations.map(({ id, impact, nodes }) => [id, impact, nodes.map(({ html }) => html)]);
  });
  expect(violations).toEqual([]);
}

export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const { content, window: width } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    window: document.documentElement.clientWidth,
  }));
  expect(content).toBeLessThanOrEqual(width);
}

/** What has the focus, by the name that a screen reader says. */
export function focusedName(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    const label = element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : undefined;
    return (element?.ariaLabel ?? label ?? element?.textContent ?? '').replace(/\s+/g, ' ').trim();
  });
}

/** Presses Tab until this has the focus, which must show on everything on the way. */
export async function tabTo(page: Page, name: string, key = 'Tab'): Promise<void> {
  const passed: string[] = [];
  while (passed.length < 30) {
    await page.keyboard.press(key);
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle);
    const focused = await focusedName(page);
    expect([focused, outline]).toEqual([focused, 'solid']);
    if (focused === name) return;
    passed.push(focused);
  }
  throw new Error(`${name} is not reached by ${key}, only ${passed.join(', ')}`);
}
