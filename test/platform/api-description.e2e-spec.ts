import { rmSync } from 'node:fs';
import { ServiceProcess } from '../support/service-process.js';
import { newFolder } from '../support/new-folder.js';

interface Operation {
  readonly summary?: string;
  readonly responses: Record<string, { description: string }>;
}

interface ApiDescription {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, { readonly properties: object }> };
}

/** Of the built service: the compiler fills in fields and sentences from the source. */
describe('the API description', () => {
  let folder: string;
  let service: ServiceProcess;
  let description: ApiDescription;
  const operations = () => Object.values(description.paths).flatMap((path) => Object.values(path));

  beforeAll(async () => {
    folder = newFolder();
    service = await ServiceProcess.start(folder);
    description = (await service.api.get('/docs-json').expect(200)).body as ApiDescription;
  });
  afterAll(async () => {
    await service.stop();
    rmSync(folder, { recursive: true });
  });

  it('says of every operation in a sentence what it does', () => {
    const silent = operations().filter(({ summary }) => !/^[A-Z].+\.$/s.test(summary ?? ''));
    expect(silent).toEqual([]);
  });

  it('names the fields of everything that is sent and answered', () => {
    const { schemas } = description.components;
    const empty = Object.keys(schemas).filter((name) => Object.keys(schemas[name]!.properties).length === 0);
    expect(empty).toEqual([]);
    expect(Object.keys(schemas['RegisterDto']!.properties)).toEqual(['username', 'password', 'email']);
  });

  it('names the refusals of every operation, by status and code', () => {
    expect(operations().filter(({ responses }) => !('500' in responses))).toEqual([]);
    const refusals = description.paths['/users/me/password']?.['post']?.responses;
    expect(Object.keys(refusals!)).toEqual(['204', '400', '401', '403', '413', '415', '429', '500', '503']);
    expect(refusals?.['401']?.description).toMatch(/`token_revoked`: .*`fresh_token_required`: /s);
    expect(description.paths['/register']?.['post']?.responses).toHaveProperty('409');
    expect(description.paths['/introspect']?.['post']?.responses['403']?.description).toContain(
      '`forbidden`',
    );
  });

  it('is the same however often it is asked for, and on its page', async () => {
    expect((await service.api.get('/docs-json')).body).toEqual(description);
    const page = await service.api.get('/docs/swagger-ui-init.js').expect(200);
    expect(page.text).toContain('refresh_token_reused');
  });

  it('is a page whose scripts its own policy lets run', async () => {
    const { text, headers } = await service.api.get('/docs').expect(200);
    const scripts = [...text.matchAll(/<script([^>]*)>([^<]*)/g)];
    expect(scripts.length).toBeGreaterThan(0);
    for (const [, attributes, inline] of scripts) {
      expect(attributes).toMatch(/src="\.\/docs\//);
      expect(inline?.trim()).toBe('');
    }
    expect(text).not.toMatch(/ on\w+="|(?:src|href)="(?:https?:)?\/\//);
    expect(headers['content-security-policy']).toContain("script-src 'self'");
  });
});
