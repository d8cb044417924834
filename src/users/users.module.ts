import { Module } from '@nestjs/common';
import { Argon2PasswordHasher } from './argon2-password-hasher.js';
import { breachedPasswordsProvider } from './breached-passwords/breached-passwords.provider.js';
import { FeatureData } from './feature-data.js';
import { HashThreads } from './hash-threads/hash-threads.js';
import { NewPasswordsService } from './new-passwords.service.js';
import { PasswordHasher } from './password-hasher.js';
import { NameReservations } from './name-reservations.service.js';
import { KnownUsers } from './transfer/known-users.js';
import { UserExportService } from './transfer/user-export.service.js';
import { UserImportService } from './transfer/user-import.service.js';
import { UserDirectory } from './user-directory.service.js';
import { UsersController } from './users.controller.js';
import { UserReader } from './user-reader.js';
import { UsersService } from './users.service.js';

@Module({
  controllers: [UsersController],
  providers: [
    FeatureData,
    HashThreads,
    KnownUsers,
    NameReservations,
    NewPasswordsService,
    UserDirectory,
    UserExportService,
    UserImportService,
    UserReader,
    UsersService,
    breachedPasswordsProvider,
    { provide: PasswordHasher, useClass: Argon2PasswordHasher },
  ],
  exports: [
    FeatureData,
    NewPasswordsService,
    PasswordHasher,
    UserDirectory,
    UserExportService,
    UserImportService,
    UserReader,
    UsersService,
  ],
})
export class UsersModule {}
