import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { JWK } from 'jose';
import { Public } from '../access/public.decorator.js';
import { Throttle } from '../access/throttle.decorator.js';
import { JWKS_MAX_AGE_SECONDS } from './key-publication.js';
import { SigningKeys } from './signing-keys.js';

@Throttle('none')
@ApiTags('discovery')
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: SigningKeys) {}

  /** The public keys that tokens are verified with (RFC 7517 §5): also the next one, before it signs. */
  @Public()
  @ApiOkResponse({ description: 'A JWK Set' })
  @Header('Access-Control-Allow-Origin', '*')
  @Header('Cache-Control', `public, max-age=${String(JWKS_MAX_AGE_SECONDS)}`)
  @Get('jwks.json')
  jwks(): { keys: JWK[] } {
    return this.keys.publicJwks();
  }
}
