import { HttpException, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Identity } from '../access/identity.js';
import { isOpen } from '../access/route-access.js';
import { AppError } from '../errors/app-error.js';
import { errorBody } from '../errors/error-body.js';
import { errorHeaders } from '../errors/error-headers.js';
import { bearerToken } from '../http/bearer-token.js';
import { Gatehouse } from './gatehouse.js';

/** A request as Fastify or as Express has it: there it is Node's own. */
type AskingRequest = (Pick<FastifyRequest, 'headers' | 'raw'> | (IncomingMessage & { raw?: undefined })) & {
  user?: Identity;
};
interface Reply {
  header(name: string, value: string): unknown;
}

/**
 * For the application's own routes: wants an access token of the service on every route that is not `@Public()`, and
 * enforces `@Roles()` and `@FreshToken()`. Refuses in the words of the service.
 */
@Injectable()
export class GatehouseGuard implements CanActivate {
  constructor(private readonly gatehouse: Gatehouse) {}

  /** @throws HttpException, or Error where the handler is of something else than HTTP */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (isOpen(context)) return true;
    requireHttp(context);
    const request = context.switchToHttp().getRequest<AskingRequest>();
    try {
      request.user = await this.gatehouse.authenticate(requireBearer(request));
      return this.gatehouse.allows(context);
    } catch (error) {
      throw error instanceof AppError ? refusal(error, context) : error;
    }
  }
}

/** Another transport has its token elsewhere, if any. */
function requireHttp(context: ExecutionContext): void {
  const type = context.getType();
  if (type === 'http') return;
  throw new Error(
    `GatehouseGuard is for HTTP, and ${context.getClass().name} is of ${type}: ask Gatehouse.authenticate there`,
  );
}

function requireBearer(request: AskingRequest): string {
  const token = bearerToken({ headers: request.headers, raw: request.raw ?? request });
  if (token === null) throw new AppError('token_missing');
  return token;
}

/** What any application can answer. */
function refusal(error: AppError, context: ExecutionContext): HttpException {
  const reply = context.switchToHttp().getResponse<Reply>();
  for (const [name, value] of Object.entries(errorHeaders(error))) reply.header(name, value);
  return new HttpException(errorBody(error, { oauth: false }), error.status, { cause: error });
}
