import { Reflector } from '@nestjs/core';

/** Marks the DTO of an OAuth 2.0 request: unknown parameters are ignored, a repeated known one is refused (RFC 6749 §3.2). */
export const OAuthForm = Reflector.createDecorator<void, true>({ transform: () => true });
