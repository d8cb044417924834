import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { JWK } from 'jose';
import { Public } from '../access/public.decorator.js';
import { SigningKeys } from './signing-keys.js';

/** How long others may keep the key set. A key signs only after it was published for longer than that. */
export const JWKS_MAX_AGE_SECONDS = 300;

@ApiTags('discovery')
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: SigningKeys) {}

  /** The public keys that tokens are verified with (RFC 7517 §5): also the next one, before it signs. */
  @Public()
  @ApiOkResponse({ description: 'A JWK Set' })
  @Header('Cache-Control', `public, max-age=${String(JWKS_MAX_AGE_SECONDS)}`)
  @Get('jwks.json')
  jwks(): { keys: JWK[] } {
    return this.keys.publicJwks();
  }
}
