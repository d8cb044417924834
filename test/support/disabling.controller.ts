import { Controller, Param, Post } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { AccountsService } from '../../src/auth/accounts.service.js';
import { UsersService } from '../../src/users/users.service.js';

/** Stands for a route of administration: what it does concerns another user than who asks. */
@Controller('disable')
export class DisablingController {
  constructor(private readonly services: ModuleRef) {}

  @Post(':username')
  async disable(@Param('username') username: string): Promise<void> {
    const user = await this.services.get(UsersService, { strict: false }).findByUsername(username);
    if (user) await this.services.get(AccountsService, { strict: false }).disable(user);
  }
}
