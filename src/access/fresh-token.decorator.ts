import { Reflector } from '@nestjs/core';

/** Lets in only who has given the password within `FRESH_TTL` (RFC 9470). */
export const FreshToken = Reflector.createDecorator<void, true>({ transform: () => true });
