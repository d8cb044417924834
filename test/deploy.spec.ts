import { parse, parseAllDocuments } from 'yaml';
import { settingNames } from '../src/config/environment.js';
import { parseDuration } from '../src/config/duration.js';
import { readSettings } from '../src/config/settings.js';
import { readDocument } from './support/documents.js';

/** Names in the files for deployment that others give a meaning. */
const namesOfOthers = [
  'GATEHOUSE_PORT',
  'GATEHOUSE_VERSION',
  'NODE_IMAGE',
  'POSTGRES_DB',
  'POSTGRES_PASSWORD',
  'POSTGRES_USER',
  'REDISCLI_AUTH',
  'REDIS_PASSWORD',
];
/** What a process has to close in, once `SHUTDOWN_DELAY` is over. */
const CLOSES_WITHIN_SECONDS = 10;
/** Of PostgreSQL, unless it is changed. Three of them are for its superuser alone. */
const MAX_CONNECTIONS = 100 - 3;

interface ComposeService {
  readonly environment?: Record<string, string | null>;
  readonly read_only?: boolean;
  readonly cap_drop?: string[];
  readonly security_opt?: string[];
  readonly user?: string;
  readonly ports?: string[];
  readonly stop_grace_period?: string;
}

interface PodTemplate {
  readonly template: {
    readonly spec: {
      readonly terminationGracePeriodSeconds: number;
      readonly containers: readonly { readonly ports: readonly unknown[] }[];
    };
  };
}

const variables: Record<string, string> = {
  POSTGRES_PASSWORD: 'a1b2',
  REDIS_PASSWORD: 'c3d4',
  JWT_ISSUER: 'https://auth.example.org',
};
/** As compose does: a variable that is not set has its default, or none. */
const interpolate = (text: string) =>
  text.replaceAll(
    /\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g,
    (_, name: string, kind: string, rest: string) => variables[name] ?? (kind === '-' ? rest : ''),
  );

describe('the files for deployment', () => {
  it('name settings that there are', () => {
    const files = ['compose.yaml', 'Dockerfile', 'deploy/kubernetes.yaml', 'docs/operations.md'];
    const text = files.map((file) => readDocument(file)).join('\n');
    const names = new Set(text.match(/\b[A-Z]+(?:_[A-Z0-9]+)+\b/g));
    const ours = [...names].filter((name) => !namesOfOthers.includes(name));
    expect(settingNames).toEqual(expect.arrayContaining(ours));
    expect([...names]).toEqual(expect.arrayContaining(namesOfOthers));
  });
});

describe('compose.yaml', () => {
  const text = readDocument('compose.yaml');
  const { services } = parse(interpolate(text), { merge: true }) as {
    services: Record<string, ComposeService>;
  };
  // What is left empty is an empty text in the container.
  const given = (environment: Record<string, string | null> = {}) =>
    Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value ?? '']));
  const instances = ['gatehouse-1', 'gatehouse-2'];

  it('has settings that the service starts with, the same for both instances', () => {
    const [one, other] = instances.map((name) => services[name]?.environment);
    expect(other).toEqual(one);
    const { database, redisUrl, trustProxy } = readSettings(given(one));
    expect(database).toEqual({ kind: 'postgres', url: 'postgres://gatehouse:a1b2@postgres:5432/gatehouse' });
    expect(redisUrl).toBe('redis://:c3d4@redis:6379');
    expect(trustProxy).toEqual(['uniquelocal']);
  });

  it('lets an instance close in peace', () => {
    for (const name of instances) {
      const { environment, stop_grace_period: grace = '' } = services[name] ?? {};
      const { shutdownDelay } = readSettings(given(environment));
      expect(shutdownDelay).toBeGreaterThan(0);
      expect(parseDuration(grace)).toBeGreaterThanOrEqual(shutdownDelay + CLOSES_WITHIN_SECONDS);
    }
  });

  it('leaves connections of PostgreSQL for a command, when all instances use all of theirs', () => {
    const { databasePool } = readSettings(given(services['gatehouse-1']?.environment));
    expect(databasePool * (instances.length + 1)).toBeLessThanOrEqual(MAX_CONNECTIONS);
  });

  it('lets every container write to its volumes alone, without any privilege', () => {
    for (const service of Object.values(services))
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
  });

  it('lets the proxy alone be reached, on the loopback, and it knows every instance', () => {
    const open = Object.entries(services).filter(([, { ports }]) => ports !== undefined);
    expect(open.map(([name, { ports }]) => [name, ports])).toEqual([['proxy', ['127.0.0.1:8080:8080']]]);
    const known = [...readDocument('deploy/nginx.conf').matchAll(/server (\S+):3000/g)].map(
      ([, name]) => name,
    );
    expect(known).toEqual(instances);
  });

  it('has no password of its own: without one it does not start', () => {
    const secrets = [...text.matchAll(/PASSWORD: (.*)$|:(\$\{[A-Z_]+PASSWORD[^}]*\})@/gm)];
    expect(secrets.length).toBeGreaterThan(2);
    for (const [, value, inUrl] of secrets) expect(value ?? inUrl).toMatch(/^\$\{[A-Z]+_PASSWORD:\?/);
  });
});

describe('the manifest for Kubernetes', () => {
  const documents = parseAllDocuments(readDocument('deploy/kubernetes.yaml')).map(
    (each) => each.toJS() as { kind: string; spec?: unknown; data?: Record<string, string> },
  );
  const ofKind = (kind: string) => documents.find((each) => each.kind === kind);
  const labels = { 'app.kubernetes.io/name': 'gatehouse' };

  it('has settings that the service starts with', () => {
    const { issuer, jwtKeysFile } = readSettings(ofKind('ConfigMap')?.data ?? {});
    expect([issuer, jwtKeysFile]).toEqual(['https://auth.example.org', '/keys/keys.json']);
  });

  it('lets a pod close in peace', () => {
    const { shutdownDelay } = readSettings(ofKind('ConfigMap')?.data ?? {});
    const { template } = ofKind('Deployment')?.spec as PodTemplate;
    expect(shutdownDelay).toBeGreaterThan(0);
    expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(
      shutdownDelay + CLOSES_WITHIN_SECONDS,
    );
  });

  it('serves metrics on a port that neither the Service nor the ingress knows', () => {
    const { metrics } = readSettings(ofKind('ConfigMap')?.data ?? {});
    const { template } = ofKind('Deployment')?.spec as PodTemplate;
    expect(template.spec.containers[0]?.ports).toContainEqual({
      name: 'metrics',
      containerPort: metrics?.port,
    });
    expect(ofKind('Service')?.spec).toMatchObject({ ports: [{ targetPort: 'http' }] });
    expect(ofKind('NetworkPolicy')?.spec).toMatchObject({
      ingress: [{ ports: [{ port: 'http' }] }, { ports: [{ port: 'metrics' }] }],
    });
  });

  it('selects its own pods everywhere', () => {
    expect(ofKind('Service')?.spec).toMatchObject({ selector: labels });
    expect(ofKind('NetworkPolicy')?.spec).toMatchObject({ podSelector: { matchLabels: labels } });
    for (const kind of ['Deployment', 'PodDisruptionBudget'])
      expect(ofKind(kind)?.spec).toMatchObject({ selector: { matchLabels: labels } });
    expect(ofKind('Deployment')?.spec).toMatchObject({ template: { metadata: { labels } } });
  });

  it('asks for what the restricted profile of Pod Security wants', () => {
    expect(ofKind('Deployment')?.spec).toMatchObject({
      template: {
        spec: {
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
        },
      },
    });
  });
});

describe('the Dockerfile', () => {
  const text = readDocument('Dockerfile');

  it('starts what package.json starts in production, and not as root', () => {
    const { scripts } = JSON.parse(readDocument('package.json')) as { scripts: Record<string, string> };
    const [, command = ''] = /^CMD (\[.*\])$/m.exec(text) ?? [];
    expect((JSON.parse(command) as string[]).join(' ')).toBe(scripts['start:prod']);
    expect(/^USER (.*)$/m.exec(text)?.[1]).toBe('node');
  });

  it('sets settings that there are', () => {
    const [, block = ''] = /^ENV ((?:.*\\\n)*.*)$/m.exec(text) ?? [];
    const names = [...block.matchAll(/([A-Z_]+)=/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(3);
    expect(settingNames).toEqual(expect.arrayContaining(names));
  });
});
