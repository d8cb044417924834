import { Controller, Get } from '@nestjs/common';
import { FreshToken } from '../../src/access/fresh-token.decorator.js';
import { Roles } from '../../src/access/roles.decorator.js';
import { RegistrationService } from '../../src/auth/registration.service.js';
import { refusal } from '../support/api-client.js';
import { ada, grace } from '../support/people.js';
import { TestApp } from '../support/test-app.js';

@Roles('admin')
@Controller('guarded')
class GuardedController {
  @Get('admin')
  admin(): string {
    return 'for admins';
  }

  @Roles('user', 'introspect')
  @Get('several')
  several(): string {
    return 'for several roles: the handler goes before its class';
  }
}

@FreshToken()
@Controller('fresh')
class FreshController {
  @Get()
  fresh(): string {
    return 'for whoever gave the password lately';
  }
}

describe('the guards', () => {
  let service: TestApp;
  const start = async (settings: Record<string, string> = {}) => {
    service = await TestApp.start({ controllers: [GuardedController, FreshController], settings });
    await service.app.get(RegistrationService).register(grace, ['user', 'admin']);
  };
  afterEach(() => service.stop());

  it('let in who holds the role, and answer 403 to who does not', async () => {
    await start();
    const admin = await service.api.signIn(grace);
    const user = await service.api.signUp(ada);
    await service.api.get('/guarded/admin', admin.access_token).expect(200);
    const refused = await service.api.get('/guarded/admin', user.access_token);
    expect(refusal(refused)).toEqual({ status: 403, error: 'forbidden' });
    await service.api.get('/guarded/several', user.access_token).expect(200);
    expect(refusal(await service.api.get('/guarded/admin'))).toEqual({ status: 401, error: 'token_missing' });
  });

  it('know the roles and the username, though the token carries neither', async () => {
    await start({ ACCESS_TOKEN_CLAIMS: '' });
    const admin = await service.api.signIn(grace);
    const user = await service.api.signUp(ada);
    await service.api.get('/guarded/admin', admin.access_token).expect(200);
    await service.api.get('/guarded/admin', user.access_token).expect(403);
    const { body } = await service.api.get('/protected', user.access_token).expect(200);
    expect(body).toEqual({ logged_in_as: 'ada' });
  });

  it('want the password again where it was given too long ago, also after a refresh', async () => {
    await start({ FRESH_TTL: '60' });
    const pair = await service.api.signIn(grace);
    service.clock.pass(60);
    await service.api.get('/fresh', pair.access_token).expect(200);
    service.clock.pass(1);
    const { access_token } = await service.api.renew(pair.refresh_token);
    const refused = await service.api.get('/fresh', access_token);
    expect(refusal(refused)).toEqual({ status: 401, error: 'fresh_token_required' });
    expect(refused.headers['www-authenticate']).toBe(
      'Bearer realm="gatehouse", error="insufficient_user_authentication", ' +
        'error_description="The password must have been given more recently for this", max_age="60"',
    );
  });
});
