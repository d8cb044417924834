import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Argon2PasswordHasher } from './argon2-password-hasher.js';
import { breachedPasswordsProvider } from './breached-passwords/breached-passwords.provider.js';
import { NewPasswordsService } from './new-passwords.service.js';
import { PasswordHasher } from './password-hasher.js';
import { User } from './user.entity.js';
import { UsersController } from './users.controller.js';
import { UsersService } from './users.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([User])],
  controllers: [UsersController],
  providers: [
    NewPasswordsService,
    breachedPasswordsProvider,
    UsersService,
    { provide: PasswordHasher, useClass: Argon2PasswordHasher },
  ],
  exports: [NewPasswordsService, UsersService],
})
export class UsersModule {}
