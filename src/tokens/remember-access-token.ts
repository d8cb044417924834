import type { EntityManager } from 'typeorm';
import { RefreshToken } from './refresh-token.entity.js';
import type { AccessToken } from './token-issuer.js';

/**
 * Notes an access token in the row of the refresh token that it goes out beside, unless one there lives longer, as after
 * `ACCESS_TOKEN_TTL` was shortened: a cut must hold until the last of them has expired.
 */
export async function rememberAccessToken(
  manager: EntityManager,
  refreshJti: string,
  access: AccessToken,
): Promise<void> {
  await manager
    .createQueryBuilder()
    .update(RefreshToken)
    .set(access)
    .where({ jti: refreshJti })
    .andWhere('access_expires_at < :expiresAt', { expiresAt: access.accessExpiresAt.getTime() })
    .execute();
}
