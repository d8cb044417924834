import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import type { JwtAlgorithm } from '../../src/config/settings.js';
import { writeKeyFile } from '../../src/tokens/key-file.js';
import type { KeyStage, StoredKey } from '../../src/tokens/key-ring.js';

type Jwk = StoredKey['jwk'];

const makeJwk = (): Jwk =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });

let jwks: readonly [current: Jwk, next: Jwk] | undefined;

/**
 * Writes the key file of a service that signs with RSA. The keys are made once for a test file: making RSA keys takes
 * most of the start of a service that has none yet.
 */
export async function writeRsaKeys(folder: string, alg: JwtAlgorithm): Promise<void> {
  const [current, next] = (jwks ??= [makeJwk(), makeJwk()]);
  const stored = async (stage: KeyStage, jwk: Jwk): Promise<StoredKey> => {
    const kid = await calculateJwkThumbprint(jwk);
    return { kid, alg, stage, created_at: new Date(0).toISOString(), needed_until: null, jwk };
  };
  writeKeyFile(join(folder, 'keys.json'), [await stored('current', current), await stored('next', next)]);
}
