import type { BrowserContext, Locator, Page } from 'playwright-core';
import type { Person } from './people.js';

/** The account page, as people use it. */
export class AccountPage {
  private constructor(readonly page: Page) {}

  static async open(context: BrowserContext, url: string): Promise<AccountPage> {
    const page = await context.newPage();
    await page.goto(`${url}/account`);
    return new AccountPage(page);
  }

  /** A field that can be seen, by its label. */
  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true }).filter({ visible: true });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  heading(name: string): Locator {
    return this.page.getByRole('heading', { name, exact: true });
  }

  /** The region under a heading. */
  region(name: string): Locator {
    return this.page.getByRole('region', { name, exact: true });
  }

  get status(): Locator {
    return this.page.getByRole('status');
  }

  get alert(): Locator {
    return this.page.getByRole('alert');
  }

  async register({ username, password, email }: Person): Promise<void> {
    await this.button('Create an account').click();
    await this.field('Username').fill(username);
    if (email !== undefined) await this.field('Email address (optional)').fill(email);
    await this.field('Password').fill(password);
    await this.button('Create the account').click();
    await this.untilGreeted(username);
  }

  async signIn({ username, password }: Person): Promise<void> {
    await this.field('Username or email address').fill(username);
    await this.field('Password').fill(password);
    await this.button('Sign in').click();
  }

  async signInAs(person: Person): Promise<void> {
    await this.signIn(person);
    await this.untilGreeted(person.username);
  }

  /** Until the page of this user is there with all that it loads. */
  async untilGreeted(username: string): Promise<void> {
    await this.heading(`Hello, ${username}`).waitFor();
    await this.region('Where you are signed in').getByText('This one').waitFor();
  }

  /** Until the text is said in the live region. */
  async untilSaid(text: string): Promise<void> {
    await this.status.filter({ hasText: text }).waitFor();
  }

  async untilComplained(text: string): Promise<void> {
    await this.alert.filter({ hasText: text }).waitFor();
  }

  /** Until this is told beside a field, which is marked. */
  async untilFault(label: string, fault: string): Promise<void> {
    const field = this.field(label);
    await this.page
      .locator(`#${(await field.getAttribute('id'))!}-fault`)
      .filter({ hasText: fault })
      .waitFor();
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    const described = (await field.getAttribute('aria-describedby'))!.split(' ');
    const texts = await Promise.all(described.map((id) => this.page.locator(`#${id}`).textContent()));
    expect(texts).toContain(fault);
  }
}
