import { join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { AccountPage } from '../support/account-page.js';
import { Mailbox, tokenIn } from '../support/mailbox.js';
import { cookieWith, signInOnPage } from '../support/page-session.js';
import {
  expectAccessible,
  expectNoSidewaysScroll,
  expectNoTokenInReach,
  focusedName,
  PageBrowser,
  tabTo,
  viewsShown,
} from '../support/page-browser.js';
import { ada, grace, type Person } from '../support/people.js';
import { TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

const changed = 'a wholly different phrase';
const minutes = 60;

describe('the account page', () => {
  let browser: PageBrowser;
  let service: TestApp;
  let context: BrowserContext;

  const open = (): Promise<AccountPage> => AccountPage.open(context, service.url);
  const openSignedIn = async (person: Person = ada): Promise<AccountPage> => {
    const page = await open();
    await page.signInAs(person);
    return page;
  };
  const liveSessions = () => service.query('SELECT id FROM sessions WHERE ended_at IS NULL');
  const eventsOf = (type: string) => service.query('SELECT id FROM audit_events WHERE type = ?', [type]);
  beforeAll(async () => {
    browser = await PageBrowser.start();
  });
  afterAll(() => browser.stop());
  beforeEach(async () => {
    service = await TestApp.start();
    context = await browser.open();
  });
  afterEach(async () => {
    const faults = [...browser.faults];
    await browser.clear();
    await service.stop();
    expect(faults).toEqual([]);
  });

  it('takes somebody from registering to the end of the account', async () => {
    const page = await open();
    await page.register(grace);
    await page.untilSaid('Your account is made, and you are signed in.');
    await page.region(`Hello, ${grace.username}`).getByText(grace.email!).waitFor();
    await expectNoTokenInReach(page.page);

    await page.button('Sign out').click();
    await page.untilSaid('You are signed out.');
    expect(await liveSessions()).toEqual([]);
    await page.signInAs(grace);
    await page.page.reload();
    await page.untilGreeted(grace.username);

    await page.field('Current password').fill(grace.password);
    await page.field('New password').fill(changed);
    await page.button('Change the password').click();
    await page.untilSaid('The password was changed.');
    await service.api.signIn({ ...grace, password: changed });

    await page.page.reload();
    await page.region('What happened lately').getByText('Password changed').waitFor();
    await page.region('What happened lately').getByText('Account created').waitFor();

    await page.page.getByText('I want to delete my account').click();
    await page.field('Your password, to be sure').fill(changed);
    await page.button('Delete my account').click();
    await page.untilSaid('Your account was deleted.');
    await page.heading('Sign in').waitFor();
    await service.api.login({ ...grace, password: changed }).expect(401);
    expect(await context.cookies(`${service.url}/account/session`)).toHaveLength(1);
    await expectNoTokenInReach(page.page);
  });

  it('sets a forgotten password by the link in a mail, once, and keeps no token in the address', async () => {
    await service.api.register(grace).expect(201);
    const mailbox = new Mailbox(join(service.folder, 'outbox'));
    const page = await open();
    await page.button('Set a new password').click();
    await page.field('Email address of your account').fill(grace.email!);
    await page.button('Send the mail').click();
    await page.untilSaid('a mail is on its way');
    const link = `${service.url}/account#reset-password&token=${tokenIn(await mailbox.next('Set a new password'))}`;

    await page.page.goto(link);
    await page.heading('Choose a new password').waitFor();
    expect(page.page.url()).toBe(`${service.url}/account`);
    await page.field('New password').fill('short');
    await page.button('Set the password').click();
    await page.untilFault('New password', 'This must be 8 to 128 characters.');
    await page.field('New password').fill(changed);
    await page.button('Set the password').click();
    await page.untilSaid('Your new password is set.');
    await page.signInAs({ ...grace, password: changed });

    await page.page.goto(link);
    await page.field('New password').fill('another phrase altogether');
    await page.button('Set the password').click();
    await page.untilComplained('This link is not good any more.');
  });

  it('confirms an email address by the link in a mail, signed in or not', async () => {
    await service.api.register(grace).expect(201);
    const mailbox = new Mailbox(join(service.folder, 'outbox'));
    const token = tokenIn(await mailbox.next('Confirm your email address'));
    const page = await open();
    await page.page.goto(`${service.url}/account#verify-email&token=${token}`);
    await page.untilSaid('Your email address is confirmed.');
    expect(page.page.url()).toBe(`${service.url}/account`);
    expect(
      (await service.query<{ verified: number }>('SELECT email_verified AS verified FROM users'))[0],
    ).toEqual({
      verified: 1,
    });
    await page.signInAs(grace);
    await page.page.goto(`${service.url}/account#verify-email&token=${token}`);
    await page.untilComplained('This link is not good any more.');
  });

  it('keeps the refresh token where no script and no other site has it', async () => {
    await service.api.register(ada).expect(201);
    const page = await openSignedIn();
    const cookies = await context.cookies(`${service.url}/account/session`);
    expect(cookies.find(({ name }) => name === 'gatehouse_session')).toMatchObject({
      httpOnly: true,
      sameSite: 'Strict',
      path: '/account/session',
    });
    const elsewhere = await context.cookies(`${service.url}/users/me`);
    expect(elsewhere.map(({ name }) => name)).toEqual(['gatehouse_device']);
    await expectNoTokenInReach(page.page);
    await page.button('Sign out').click();
    await page.untilSaid('You are signed out.');
    const left = await context.cookies(`${service.url}/account/session`);
    expect(left.map(({ name }) => name)).toEqual(['gatehouse_device']);
  });

  it('tells what is wrong beside the field it is about', async () => {
    await service.api.register(ada).expect(201);
    const page = await open();
    await page.button('Sign in').click();
    await page.untilFault('Username or email address', 'This is needed.');
    expect(await focusedName(page.page)).toBe('Username or email address');
    await page.signIn({ ...ada, password: 'a guess' });
    await page.untilFault('Password', 'The username or the password is wrong.');

    await page.button('Create an account').click();
    await page.field('Username').fill('a b');
    await page.field('Email address (optional)').fill('nowhere');
    await page.field('Password').fill('short');
    await page.button('Create the account').click();
    await page.untilFault('Username', 'This must be 3 to 64 of the characters A-Z a-z 0-9 . _ -.');
    await page.untilFault('Email address (optional)', 'This must be an email address.');
    await page.untilFault('Password', 'This must be 8 to 128 characters.');
    expect(await focusedName(page.page)).toBe('Username');

    await page.field('Username').fill('ADA');
    await page.field('Email address (optional)').fill('');
    await page.field('Password').fill('a ship in harbour is safe');
    await page.button('Create the account').click();
    await page.untilComplained('This username or email address is taken.');
    expect(await page.field('Password').getAttribute('aria-invalid')).toBeNull();

    await page.page.reload();
    await page.signInAs(ada);
    await page.field('Current password').fill('a guess');
    await page.field('New password').fill('a guess too');
    await page.button('Change the password').click();
    await page.untilFault('Current password', 'This is not your password.');
    await page.field('Current password').fill(ada.password);
    await page.field('New password').fill('I am ada');
    await page.button('Change the password').click();
    await page.untilFault('New password', 'This must not contain the username or the email address.');
  });

  it('says how long to wait after too many attempts', async () => {
    await service.stop();
    service = await TestApp.start({ settings: { THROTTLE_LOGIN: '1 per minute' } });
    const page = await open();
    await page.signIn({ ...ada, password: 'a guess' });
    await page.untilFault('Password', 'The username or the password is wrong.');
    await page.button('Sign in').click();
    await page.untilComplained('Too many attempts. Try again in 60 seconds.');
  });

  it('shows where the user is signed in, and ends one session or all others', async () => {
    await service.api.register(ada).expect(201);
    const phone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1';
    const other = await service.api.login(ada).set('User-Agent', phone).expect(200);
    await service.api.signIn(ada);
    await service.api.signIn(ada);
    const page = await openSignedIn();
    const region = page.region('Where you are signed in');
    expect(await region.getByRole('listitem').count()).toBe(4);
    await region.getByText('Chrome on Linux').waitFor();
    await page.button('End the session of Safari on iPhone').click();
    await page.untilSaid('The session was ended.');
    expect(await region.getByRole('listitem').count()).toBe(3);
    expect(await focusedName(page.page)).toBe('Where you are signed in');
    const { access_token } = other.body as { access_token: string };
    await service.api.get('/users/me', access_token).expect(401);
    await page.button('End all other sessions').click();
    await page.untilSaid('All your other sessions were ended.');
    expect(await region.getByRole('listitem').count()).toBe(1);
    expect(await page.button('End all other sessions').isVisible()).toBe(false);
    expect(await liveSessions()).toHaveLength(1);
  });

  it('asks for nothing but the password that was typed where a fresh token is due', async () => {
    await service.api.register(ada).expect(201);
    const page = await openSignedIn();
    service.clock.pass(10 * minutes);
    await page.field('Current password').fill(ada.password);
    await page.field('New password').fill(changed);
    await page.button('Change the password').click();
    await page.untilSaid('The password was changed.');
    await service.api.signIn({ ...ada, password: changed });
  });

  describe('once the access token has expired', () => {
    beforeEach(async () => {
      await service.api.register(ada).expect(201);
    });

    it.each([
      ['', true],
      [', also in a browser that cannot let them take turns', false],
    ])('lets two tabs refresh at once, and signs nobody out%s', async (_, locks) => {
      if (!locks)
        await context.addInitScript(() => {
          Object.defineProperty(navigator, 'locks', { value: undefined });
        });
      const tabs = [await openSignedIn(), await open()];
      await tabs[1]!.untilGreeted(ada.username);
      for (let round = 0; round < 5; round++) {
        service.clock.pass(16 * minutes);
        await service.api.signIn(ada);
        await Promise.all(tabs.map((tab) => tab.page.reload()));
        await Promise.all(tabs.map((tab) => tab.untilGreeted(ada.username)));
        service.clock.pass(16 * minutes);
        await Promise.all(tabs.map((tab) => tab.button('End all other sessions').click()));
        await Promise.all(tabs.map((tab) => tab.untilSaid('All your other sessions were ended.')));
        for (const tab of tabs) expect(new Set(await viewsShown(tab.page))).toEqual(new Set(['account']));
      }
      expect(await liveSessions()).toHaveLength(1);
      expect(await eventsOf('refresh_token_reused')).toEqual([]);
    });

    it('loses nothing where the answers to its refreshes are lost', async () => {
      const page = await openSignedIn();
      let lost = 0;
      await page.page.route('**/account/session/refresh', async (route) => {
        if (lost++ >= 3) return route.continue();
        const cookies = await context.cookies(`${service.url}/account/session`);
        const { value } = cookies.find(({ name }) => name === 'gatehouse_session')!;
        await service.api.post('/account/session/refresh').set('Cookie', cookieWith(value)).expect(200);
        return route.abort();
      });
      service.clock.pass(16 * minutes);
      await page.page.reload();
      await page.heading('The service does not answer').waitFor();
      service.clock.pass(16 * minutes);
      await page.button('Try again').click();
      await page.untilGreeted(ada.username);
      expect(lost).toBe(4);
      expect(await viewsShown(page.page)).toEqual(['unreachable', 'account']);
      expect(await eventsOf('refresh_token_reused')).toEqual([]);
    });

    it('goes on after the service was restarted', async () => {
      const page = await openSignedIn();
      const port = Number(new URL(service.url).port);
      service = await TestApp.start({ folder: await service.stopAndKeep(), port });
      service.clock.pass(16 * minutes);
      await page.page.reload();
      await page.untilGreeted(ada.username);
    });
  });

  describe('when the session is over', () => {
    beforeEach(async () => {
      await service.api.register(ada).expect(201);
    });

    it('shows the form to sign in, says why, and leaves nothing of the user', async () => {
      const page = await openSignedIn();
      const elsewhere = await service.api.signIn(ada);
      const passwords = { current_password: ada.password, new_password: changed };
      await service.api.post('/users/me/password', passwords, elsewhere.access_token).expect(204);
      await page.field('Current password').fill(ada.password);
      await page.field('New password').fill('something else again');
      await page.button('Change the password').click();
      await page.untilComplained('You were signed out, because the password was changed.');
      await page.heading('Sign in').waitFor();
      expect(await page.page.locator('body').innerText()).not.toContain(ada.username);
      expect(await page.page.locator('[data-view=account]').innerHTML()).not.toContain('127.0.0.1');
      await page.signInAs({ ...ada, password: changed });
      expect(await page.alert.textContent()).toBe('');
    });

    it('says so in a page that is opened with its cookie', async () => {
      await openSignedIn();
      const { access_token } = await service.api.signIn(ada);
      await service.api.delete('/users/me/sessions', access_token).expect(204);
      const page = await open();
      await page.untilComplained('This session was ended. Please sign in again.');
      await page.heading('Sign in').waitFor();
    });

    it('signs out every tab with one, and signs them in with one', async () => {
      const [one, other] = [await openSignedIn(), await open()];
      await other.untilGreeted(ada.username);
      await one.button('Sign out').click();
      await other.untilComplained('You are signed out.');
      await other.signInAs(ada);
      await one.untilGreeted(ada.username);
    });

    it('shows nobody the account of another who has signed in in another tab', async () => {
      await service.api.register(grace).expect(201);
      const page = await openSignedIn();
      // It has not heard of the other tab, as where the device slept.
      const { refresh: value } = await signInOnPage(service, grace);
      const name = 'gatehouse_session';
      const path = '/account/session';
      await context.addCookies([
        { name, value, domain: '127.0.0.1', path, httpOnly: true, sameSite: 'Strict' },
      ]);
      service.clock.pass(16 * minutes);
      await page.field('Current password').fill(ada.password);
      await page.field('New password').fill(changed);
      await page.button('Change the password').click();
      await page.untilGreeted(grace.username);
      await service.api.signIn(ada);
      await service.api.signIn(grace);
    });
  });

  it('says that the service does not answer, and goes on when it does', async () => {
    await service.api.register(ada).expect(201);
    const page = await openSignedIn();
    await context.setOffline(true);
    await page.button('Sign out').click();
    await page.untilComplained('The service does not answer. Check your connection, and try again.');
    await context.setOffline(false);
    await page.button('Sign out').click();
    await page.untilSaid('You are signed out.');
  });

  it('can be used by the keyboard alone, with the focus in sight', async () => {
    const page = await open();
    const { keyboard } = page.page;
    await until(async () => (await focusedName(page.page)) === 'Sign in');
    await tabTo(page.page, 'Create an account');
    await keyboard.press('Enter');
    expect(await focusedName(page.page)).toBe('Create an account');
    await tabTo(page.page, 'Username');
    await keyboard.type(ada.username);
    await tabTo(page.page, 'Password');
    await keyboard.type(ada.password);
    await tabTo(page.page, 'Show password');
    expect(await page.field('Password').getAttribute('type')).toBe('password');
    await keyboard.press('Space');
    expect(await page.field('Password').getAttribute('type')).toBe('text');
    expect(await page.button('Show password').getAttribute('aria-pressed')).toBe('true');
    await tabTo(page.page, 'Create the account');
    await keyboard.press('Enter');
    await page.untilGreeted(ada.username);
    expect(await focusedName(page.page)).toBe(`Hello, ${ada.username}`);

    await tabTo(page.page, 'Current password');
    await keyboard.type(ada.password);
    await tabTo(page.page, 'New password');
    await keyboard.type(changed);
    await keyboard.press('Enter');
    await page.untilSaid('The password was changed.');

    await service.api.signIn({ ...ada, password: changed });
    await page.page.reload();
    await page.untilGreeted(ada.username);
    await tabTo(page.page, 'End all other sessions');
    await keyboard.press('Space');
    await page.untilSaid('All your other sessions were ended.');

    await tabTo(page.page, 'I want to delete my account');
    await keyboard.press('Enter');
    await tabTo(page.page, 'Your password, to be sure');
    await tabTo(page.page, 'Sign out', 'Shift+Tab');
    await keyboard.press('Enter');
    await page.untilSaid('You are signed out.');
    expect(await focusedName(page.page)).toBe('Sign in');
  });

  it('lets password managers fill in and keep what they know, and people paste', async () => {
    await service.api.register(ada).expect(201);
    const page = await open();
    const completions = (form: string) =>
      page.page
        .locator(`#${form} input`)
        .evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).autocomplete));
    expect(await completions('sign-in')).toEqual(['username', 'current-password']);
    expect(await completions('register')).toEqual(['username', 'email', 'new-password']);
    expect(await completions('change-password')).toEqual(['username', 'current-password', 'new-password']);
    await page.field('Username or email address').fill(ada.password);
    await page.field('Username or email address').press('Control+A');
    await page.field('Username or email address').press('Control+X');
    await page.field('Password').press('Control+V');
    await page.field('Username or email address').fill(ada.username);
    await page.field('Password').press('Enter');
    await page.untilGreeted(ada.username);
    expect(await page.page.locator('#change-password [name=username]').inputValue()).toBe(ada.username);
  });

  describe.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 320],
  ] as const)('in %s colours, %i pixels wide', (colorScheme, width) => {
    const longest: Person = {
      username: 'w'.repeat(64),
      password: 'a ship in harbour is safe',
      email: `${'m'.repeat(60)}@${'example'.repeat(8)}.org`,
    };

    it('keeps nobody out, and needs no scrolling sideways', async () => {
      context = await browser.open({ colorScheme, viewport: { width, height: 740 }, hasTouch: width < 600 });
      const page = await open();
      const expectFit = async () => {
        await expectAccessible(page.page);
        await expectNoSidewaysScroll(page.page);
      };
      await page.page.goto(`${service.url}/account#reset-password&token=x`);
      await page.heading('Choose a new password').waitFor();
      await expectFit();
      await page.button('Get another').click();
      await page.heading('Forgot your password?').waitFor();
      await expectFit();
      await page.button('Sign in').click();
      await page.heading('Sign in').waitFor();
      await expectFit();
      await page.signIn({ ...ada, password: 'a guess' });
      await page.untilFault('Password', 'The username or the password is wrong.');
      await expectFit();
      await page.register(longest);
      await expectFit();
      await service.api.signIn(longest);
      await page.page.reload();
      await page.button(/^End the session of/).waitFor();
      await page.page.getByText('I want to delete my account').click();
      await page.button('Show your password').click();
      await expectFit();
      await context.setOffline(true);
      await page.button('End all other sessions').click();
      await page.untilComplained('The service does not answer.');
      await expectFit();
    });
  });

  it('works under a prefix', async () => {
    await service.stop();
    service = await TestApp.start({ settings: { API_PREFIX: 'auth/v1' } });
    const page = await AccountPage.open(context, `${service.url}/auth/v1`);
    await page.register(ada);
    await page.page.reload();
    await page.untilGreeted(ada.username);
    await page.button('Sign out').click();
    await page.untilSaid('You are signed out.');
  });
});
