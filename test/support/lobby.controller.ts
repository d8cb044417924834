import { Controller, Get } from '@nestjs/common';
import { Public } from '../../src/access/public.decorator.js';
import { Roles } from '../../src/access/roles.decorator.js';

/** Open but for one handler, in an application that verifies tokens. */
@Controller('lobby')
@Public()
export class LobbyController {
  @Get()
  lobby(): object {
    return {};
  }

  @Get('keys')
  @Roles('admin')
  keys(): object {
    return {};
  }
}
