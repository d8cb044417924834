import type { FastifyRequest } from 'fastify';
import type { SecretOrKeyProvider, StrategyOptionsWithoutRequest } from 'passport-jwt';
import type { TokenType } from '../../config/settings.js';
import type { TokenVerifier } from '../../tokens/token-verifier.js';

/** What passport-jwt is told: the key is found per token, with the algorithm that belongs to it. */
export function jwtOptions(
  verifier: TokenVerifier,
  type: TokenType,
  extract: (request: FastifyRequest) => string | null,
): StrategyOptionsWithoutRequest {
  const secretOrKeyProvider: SecretOrKeyProvider = (_request, token: string, done) => {
    try {
      done(null, verifier.requireKey(token, type).verify as unknown as string);
    } catch (error) {
      done(error);
    }
  };
  return {
    jwtFromRequest: extract as unknown as StrategyOptionsWithoutRequest['jwtFromRequest'],
    secretOrKeyProvider,
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the only way to hand over ignoreNotBefore
    jsonWebTokenOptions: verifier.rules(type),
    ...verifier.rules(type),
  };
}
