// What the machine can do: bare Fastify with fast-jwt, a Set for a denylist, one user in memory. CACHE=off verifies
// the signature of every request. Says its token at /token; not to be used for anything but this.
import Fastify from 'fastify';
import { createSigner, createVerifier } from 'fast-jwt';
import { generateKeyPairSync, randomUUID } from 'node:crypto';

const { PORT, CACHE } = process.env;
const { privateKey, publicKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const issuer = { iss: 'http://localhost:3000', aud: 'gatehouse' };
const user = { id: randomUUID(), username: 'ada', email: null, roles: ['user'], disabled: false };
const users = new Map([[user.id, user]]);
const revoked = new Set();
const sign = createSigner({ key: privateKey, algorithm: 'ES256', kid: 'limit', expiresIn: '15m' });
const verify = createVerifier({
  key: publicKey,
  algorithms: ['ES256'],
  cache: CACHE !== 'off',
  allowedIss: issuer.iss,
  allowedAud: issuer.aud,
});

const app = Fastify();
app.decorateRequest('user', null);

function authenticate(request, reply, done) {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ');
  try {
    if (scheme !== 'Bearer') throw new Error('no token');
    const { sub, jti } = verify(token);
    if (revoked.has(jti)) throw new Error('revoked');
    request.user = users.get(sub);
    done();
  } catch {
    reply.code(401).send({ error: 'token_invalid' });
  }
}

app.get('/protected', { onRequest: authenticate }, async ({ user: { username } }) => ({
  logged_in_as: username,
}));
app.get('/users/me', { onRequest: authenticate }, async (request) => request.user);
app.get('/token', async () => {
  const claims = { sub: user.id, jti: randomUUID(), sid: randomUUID(), type: 'access', fresh: true };
  return { token: sign({ ...issuer, ...claims, username: user.username, roles: user.roles }) };
});
app.get('/health/ready', async () => ({ status: 'ok' }));
await app.listen({ port: Number(PORT), host: '127.0.0.1' });
