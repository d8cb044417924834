import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { describeErrors } from './error-responses.js';

/** Serves the interactive page at `/docs` and the OpenAPI document at `/docs-json`, both made from the decorators. */
export function serveApiDocs(app: INestApplication, apiPrefix: string): void {
  SwaggerModule.setup('docs', app, () => describeApi(app, apiPrefix), {
    jsonDocumentUrl: 'docs-json',
    useGlobalPrefix: true,
    customSiteTitle: 'Gatehouse API',
  });
}

function describeApi(app: INestApplication, apiPrefix: string): OpenAPIObject {
  const tokenUrl = apiPrefix === '' ? '/token' : `/${apiPrefix}/token`;
  const config = new DocumentBuilder()
    .setTitle('Gatehouse')
    .setDescription('Registers users, signs them in and gives out tokens that any other service can verify.')
    .setVersion('1')
    .addOAuth2({ type: 'oauth2', flows: { password: { tokenUrl, scopes: {} } } }, 'password')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'An access token' },
      'access',
    )
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A refresh token' },
      'refresh',
    )
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'The token of a setting' }, 'service')
    .addCookieAuth(
      'gatehouse_session',
      { type: 'apiKey', in: 'cookie', description: 'The refresh token of the account page' },
      'session',
    )
    .build();
  return describeErrors(SwaggerModule.createDocument(app, config));
}
