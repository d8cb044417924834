import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { newFolder } from '../support/new-folder.js';
import { grace } from '../support/people.js';
import { ServiceProcess } from '../support/service-process.js';
import { SmtpInbox } from '../support/smtp-inbox.js';
import { storesOf } from '../support/stores.js';
import { TestApp } from '../support/test-app.js';
import { until } from '../support/until.js';

describe('a crash', () => {
  it('loses no mail that was asked for', async () => {
    const folder = newFolder();
    const port = await freePort();
    const variables = {
      DATABASE_URL: `sqlite:${join(folder, 'gatehouse.sqlite')}`,
      JWT_KEYS_FILE: join(folder, 'keys.json'),
      SMTP_URL: `smtp://127.0.0.1:${String(port)}`,
      ...(await storesOf(folder)),
    };
    const killed = await ServiceProcess.start(folder, variables);
    await killed.api.register(grace).expect(201);
    await killed.kill();

    const inbox = await SmtpInbox.start(port);
    const service = await TestApp.start({ folder, settings: variables });
    // The first try, to a server that was down, is followed by another five seconds later at the least.
    service.clock.pass((Date.now() - service.clock.now().getTime()) / 1000 + 3600);
    await until(() => inbox.deliveries.length === 1);
    expect(inbox.deliveries[0]!.source).toContain('Subject: Confirm your email address');
    await service.stop();
    await inbox.close();
  });
});
