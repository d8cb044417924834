import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Identity } from '../access/identity.js';
import type { Role } from '../access/role.js';
import { isOpen, requiredRoles, wantsFreshToken } from '../access/route-access.js';
import { Clock } from '../time/clock.js';
import { AccessTokenVerifier, type AccessTokenClaims } from './access-token.js';
import { Refusal } from './refusal.js';
import { ResourceServerSettings } from './resource-server-options.js';
import { RevocationMirror } from './revocation-mirror.js';

/** What Express and Fastify have alike. */
interface AskingRequest {
  readonly headers: { readonly authorization?: string };
  user?: Identity;
}
interface Reply {
  header(name: string, value: string): unknown;
}

// The scheme without case (RFC 9110 §11.1).
const BEARER = /^Bearer +(\S+) *$/i;

/**
 * Wants an access token of the issuer that was not revoked, on every route that is not `@Public()`, and what the route
 * asks for beside it.
 */
@Injectable()
export class ResourceServerGuard implements CanActivate {
  constructor(
    private readonly tokens: AccessTokenVerifier,
    private readonly mirror: RevocationMirror,
    private readonly settings: ResourceServerSettings,
    private readonly clock: Clock,
  ) {}

  /** @throws Refusal */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (isOpen(context)) return true;
    try {
      await this.letIn(context);
      return true;
    } catch (error) {
      if (error instanceof Refusal) this.challenge(context, error);
      throw error;
    }
  }

  private async letIn(context: ExecutionContext): Promise<void> {
    const request = context.switchToHttp().getRequest<AskingRequest>();
    const claims = await this.tokens.verify(requireBearer(request));
    this.mirror.requireNotRevoked(claims);
    request.user = identityOf(claims);
    requireRole(context, request.user);
    this.requireFresh(context, request.user);
  }

  private requireFresh(context: ExecutionContext, { authTime }: Identity): void {
    if (!wantsFreshToken(context)) return;
    const { freshTtl } = this.settings;
    if ((this.clock.now().getTime() - authTime.getTime()) / 1000 > freshTtl)
      throw new Refusal('fresh_token_required', { maxAge: freshTtl });
  }

  private challenge(context: ExecutionContext, refusal: Refusal): void {
    const reply = context.switchToHttp().getResponse<Reply>();
    for (const [name, value] of Object.entries(refusal.headers(this.settings.realm)))
      reply.header(name, value);
  }
}

function requireBearer({ headers }: AskingRequest): string {
  const [, token] = BEARER.exec(headers.authorization ?? '') ?? [];
  if (token === undefined) throw new Refusal('token_missing');
  return token;
}

function requireRole(context: ExecutionContext, { roles }: Identity): void {
  const due = requiredRoles(context);
  if (due !== undefined && !due.some((role) => roles.includes(role))) throw new Refusal('forbidden');
}

/** Where the issuer puts no name into its tokens, the id stands for it; where it puts no roles, there are none. */
function identityOf({ sub, sid, jti, exp, auth_time, username, roles }: AccessTokenClaims): Identity {
  return {
    userId: sub,
    username: username ?? sub,
    roles: (roles ?? []) as Role[],
    sessionId: sid,
    tokenId: jti,
    expiresAt: new Date(exp * 1000),
    authTime: new Date(auth_time * 1000),
  };
}
