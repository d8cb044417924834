import { Agent, type Server } from 'node:http';
import request, { type Response, type Test } from 'supertest';
import type { TokenPair } from '../../src/tokens/token-pair.js';
import type { Person } from './people.js';

/** Speaks to a running service in journeys; what a test looks at closely, it asks for with `get`, `post` and `delete`. */
export class ApiClient {
  /** Half of the time of a small request is its connection. */
  private readonly agent = new Agent({ keepAlive: true });

  /** @param target where a service listens, or a server that supertest is to start */
  constructor(private readonly target: Server | string) {}

  get(path: string, token?: string): Test {
    return this.send(request(this.target).get(path), token);
  }

  delete(path: string, token?: string, body?: object): Test {
    return this.send(request(this.target).delete(path).send(body), token);
  }

  post(path: string, body?: object, token?: string): Test {
    return this.send(request(this.target).post(path).send(body), token);
  }

  patch(path: string, body: object, token?: string): Test {
    return this.send(request(this.target).patch(path).send(body), token);
  }

  postForm(path: string, form: Record<string, string> | string): Test {
    return this.send(request(this.target).post(path).type('form').send(form));
  }

  raw(): ReturnType<typeof request> {
    return request(this.target);
  }

  register(person: Person): Test {
    return this.post('/register', { ...person });
  }

  login({ username, password }: Pick<Person, 'username' | 'password'>): Test {
    return this.post('/login', { username, password });
  }

  refresh(refreshToken: string): Test {
    return this.post('/refresh', undefined, refreshToken);
  }

  /** Registers and signs in. */
  async signUp(person: Person): Promise<TokenPair> {
    await this.register(person).expect(201);
    return this.signIn(person);
  }

  async signIn(person: Person): Promise<TokenPair> {
    return (await this.login(person).expect(200)).body as TokenPair;
  }

  /** Refreshes, and gives the new pair. */
  async renew(refreshToken: string): Promise<TokenPair> {
    return (await this.refresh(refreshToken).expect(200)).body as TokenPair;
  }

  private send(test: Test, token?: string): Test {
    if (typeof this.target === 'string') test.agent(this.agent);
    return token === undefined ? test : test.set('Authorization', `Bearer ${token}`);
  }
}

/** The status and the code of an answer, to compare at once. */
export function refusal({ status, body }: Response): { status: number; error: unknown } {
  return { status, error: (body as { error?: unknown }).error };
}
