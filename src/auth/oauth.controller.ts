import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { FromClient, type Client } from '../access/client.decorator.js';
import { Public } from '../access/public.decorator.js';
import { Throttle } from '../access/throttle.decorator.js';
import { OAuthEndpoint } from '../http/route-config.js';
import { TokenPair } from '../tokens/token-pair.js';
import { TokenRequestDto } from './dto/token-request.dto.js';
import { OAuthTokenService } from './oauth-token.service.js';

@ApiTags('OAuth 2.0')
@Controller()
export class OAuthController {
  constructor(private readonly tokens: OAuthTokenService) {}

  /** The token endpoint of RFC 6749: the grants password and refresh_token. */
  @Public()
  @Throttle('login')
  @OAuthEndpoint()
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiBody({ type: TokenRequestDto })
  @ApiOkResponse({ type: TokenPair })
  @HttpCode(200)
  @Post('token')
  token(@Body() request: TokenRequestDto, @FromClient() client: Client): Promise<TokenPair> {
    return this.tokens.grant(request, client);
  }
}
