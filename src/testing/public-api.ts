// For the end-to-end tests of an application that has the service in it. Needs supertest.
export { expiredToken, forgedToken } from './wrong-tokens.js';
export { agentWith, signedInAs, type SignedIn } from './signed-in.js';
