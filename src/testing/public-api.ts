// For the end-to-end tests of an application that has the service in it, or trusts one elsewhere. Needs supertest.
export { agentWith, signedInAs, type SignedIn } from './signed-in.js';
export { TestIssuer } from './test-issuer.js';
export { expiredToken, forgedToken } from './wrong-tokens.js';
