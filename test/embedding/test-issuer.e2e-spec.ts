import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  CurrentUser,
  ResourceServerModule,
  Roles,
  type Identity,
} from '../../src/resource-server/public-api.js';
import { agentWith, expiredToken, forgedToken, TestIssuer } from '../../src/testing/public-api.js';
import { refusal } from '../support/api-client.js';
import { hostAdapters } from '../support/host-app.js';
import { until } from '../support/until.js';

@Controller()
class ReportsController {
  @Get('reports')
  reports(@CurrentUser() { username }: Identity): { of: string } {
    return { of: username };
  }

  @Roles('admin')
  @Get('all-reports')
  all(): object {
    return {};
  }
}

describe.each(hostAdapters)('the issuer for tests, of a resource server on %s', (_, adapter) => {
  let issuer: TestIssuer;
  let app: INestApplication;

  beforeAll(async () => {
    issuer = await TestIssuer.start();

    @Module({ imports: [ResourceServerModule.forRoot(issuer.options)], controllers: [ReportsController] })
    class ReportsModule {}

    app = await NestFactory.create(ReportsModule, adapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    await app.close();
    await issuer.stop();
  });

  it('signs people in, whom the resource server knows by their tokens', async () => {
    const user = await issuer.signedInAs(app);
    await user.api.get('/reports').expect(200, { of: user.username });
    await user.api.get('/all-reports').expect(403);
    const admin = await issuer.signedInAs(app, 'admin');
    await admin.api.get('/all-reports').expect(200);
  });

  it('signs them out, which the resource server hears of', async () => {
    const user = await issuer.signedInAs(app);
    await user.api.get('/reports').expect(200);
    await issuer.signOut(user);
    await until(async () => (await user.api.get('/reports')).status === 401);
    expect(refusal(await user.api.get('/reports'))).toEqual({ status: 401, error: 'token_revoked' });
  });

  it('makes tokens that have expired', async () => {
    const token = await expiredToken(issuer, await issuer.signedInAs(app));
    const answer = await agentWith(app, token).get('/reports');
    expect(refusal(answer)).toEqual({ status: 401, error: 'token_expired' });
  });

  it('has nothing to do with tokens that are forged', async () => {
    const token = await forgedToken(await issuer.signedInAs(app), { roles: ['admin'] });
    const answer = await agentWith(app, token).get('/all-reports');
    expect(refusal(answer)).toEqual({ status: 401, error: 'token_invalid' });
  });
});
