import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '../access/public.decorator.js';
import { Throttle } from '../access/throttle.decorator.js';
import { ApiErrors } from '../docs/api-errors.decorator.js';
import { AppError } from '../errors/app-error.js';
import { Settings } from '../config/settings.js';
import { ServerMetadata } from './server-metadata.js';

@Throttle('none')
@ApiTags('discovery')
@Controller('.well-known')
export class OAuthMetadataController {
  constructor(private readonly settings: Settings) {}

  /** Where everything is, for OAuth 2.0 clients (RFC 8414). The addresses are under `JWT_ISSUER`. */
  @Public()
  @ApiOkResponse({ type: ServerMetadata })
  @ApiErrors('not_found')
  @Header('Access-Control-Allow-Origin', '*')
  @Header('Cache-Control', 'public, max-age=300')
  @Get('oauth-authorization-server')
  metadata(): ServerMetadata {
    const { issuer, apiPrefix, revocationsTokens } = this.settings;
    requireUrl(issuer);
    const base = issuer.replace(/\/$/, '');
    const routes = apiPrefix === '' ? base : `${base}/${apiPrefix}`;
    return {
      issuer,
      token_endpoint: `${routes}/token`,
      token_endpoint_auth_methods_supported: ['none'],
      grant_types_supported: ['password', 'refresh_token'],
      response_types_supported: [],
      jwks_uri: `${base}/.well-known/jwks.json`,
      revocation_endpoint: `${routes}/revoke`,
      revocation_endpoint_auth_methods_supported: ['none'],
      introspection_endpoint: `${routes}/introspect`,
      introspection_endpoint_auth_methods_supported: ['Bearer'],
      ...(revocationsTokens.length > 0 && {
        revocation_feed_uri: `${routes}/revocations`,
        revocation_stream_uri: `${routes}/revocations/stream`,
      }),
      service_documentation: `${routes}/docs`,
    };
  }
}

/** @throws AppError not_found: without an address of the service there is nothing that clients could be told. */
function requireUrl(issuer: string): void {
  if (/^https?:\/\//.test(issuer) && URL.canParse(issuer)) return;
  throw new AppError('not_found', { message: 'JWT_ISSUER is no URL, so there is no metadata to find' });
}
