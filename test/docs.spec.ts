import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Registry } from 'prom-client';
import { auditEventTypes } from '../src/audit/audit-event-types.js';
import { Environment, settingNames } from '../src/config/environment.js';
import { errorCatalogue } from '../src/errors/error-catalogue.js';
import { readOptions } from '../src/resource-server/resource-server-options.js';
import { anchorsIn, documentPaths, readDocument as read, tableRows } from './support/documents.js';
import { TestApp } from './support/test-app.js';

interface MeasuredMetric {
  readonly name: string;
  readonly type: string;
  readonly labelNames: readonly string[];
}

const documents = documentPaths();

describe('the documents', () => {
  const defaults = new Environment() as unknown as Record<string, string | undefined>;

  it('.env.example lists every setting, in order, with its default', () => {
    const listed = [...read('.env.example').matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [
      name,
      value,
    ]);
    expect(listed.map(([name]) => name)).toEqual(settingNames);
    for (const [name, value] of listed) {
      const due = defaults[name!];
      if (due !== undefined) expect([name, value]).toEqual([name, due]);
    }
  });

  it('the README lists every setting, in order, with its default', () => {
    const rows = tableRows(read('README.md'), '## Settings').map(([name, value]) => [name, value]);
    expect(rows).toEqual(settingNames.map((name) => [name, defaults[name] ?? 'none']));
  });

  it('docs/errors.md lists every code with its status', () => {
    const rows = tableRows(read('docs/errors.md')).map(([status, code]) => [code, Number(status)]);
    const codes = Object.entries(errorCatalogue).map(([code, { status }]) => [code, status]);
    expect(rows.sort()).toEqual(codes.sort());
  });

  it('docs/observability.md lists every metric with its type and labels', async () => {
    const service = await TestApp.start({ settings: { METRICS_TOKEN: 'a-token-for-prometheus' } });
    const metrics = service.app.get(Registry).getMetricsAsArray() as unknown as MeasuredMetric[];
    const ours = metrics.filter(({ name }) => name.startsWith('gatehouse_'));
    await service.stop();
    const rows = tableRows(read('docs/observability.md'), '## Metrics').map(([name, type, labels]) => [
      name,
      type,
      labels,
    ]);
    const due = ours.map(({ name, type, labelNames }) => [name, type, labelNames.join(', ')]);
    expect(rows.sort()).toEqual(due.sort());
  });

  it('docs/resource-servers.md lists every option of the module, with its default', () => {
    const given = { issuer: '<issuer>', audience: '<audience>', revocationsToken: 'secret' };
    const urls = { jwksUrl: 'http://a/jwks', revocationsUrl: 'http://a/revocations' };
    const due = Object.entries(readOptions({ ...given, ...urls }));
    const rows = tableRows(read('docs/resource-servers.md'), '## A Nest service');
    expect(rows.map(([name]) => name).sort()).toEqual(due.map(([name]) => name).sort());
    const ofTheIssuer = new Set([...Object.keys(given), ...Object.keys(urls)]);
    for (const [name, value] of rows)
      if (!ofTheIssuer.has(name!))
        expect([name, value]).toEqual([name, String(Object.fromEntries(due)[name!])]);
  });

  it('docs/audit.md lists every type of event with its outcome', () => {
    const rows = tableRows(read('docs/audit.md'), '## Events').map(([type, outcome]) => [type, outcome]);
    expect(rows).toEqual(Object.entries(auditEventTypes));
  });

  it('link to files and sections that there are', () => {
    const broken = documents.flatMap((document) =>
      [...read(document).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)]+))?\)|^\[\S+\]: (\.\S+)$/gm)]
        .map(([, path, anchor, cited]) => ({ path: path ?? cited ?? '', anchor }))
        .filter(({ path, anchor }) => {
          const file = path === '' ? document : join(dirname(document), path);
          return !existsSync(file) || (anchor !== undefined && !anchorsIn(read(file)).includes(anchor));
        })
        .map(({ path, anchor }) => [document, path, anchor]),
    );
    expect(broken).toEqual([]);
  });

  it('are all in the list of the README', () => {
    const listed = [...read('README.md').matchAll(/^- \[[^\]]+\]\(([^)]+)\): /gm)].map(([, path]) => path);
    const others = documents.filter((document) => document !== 'README.md');
    expect(listed.sort()).toEqual(others.sort());
  });

  it('name no setting that there is not', () => {
    const prose = ['docs/concepts.md', 'docs/recipes.md', 'docs/standards.md', 'docs/tokens.md'];
    for (const document of prose) {
      const named = [...read(document).matchAll(/`([A-Z]+(?:_[A-Z]+)+)(?:=[^`]*)?`/g)].map(
        ([, name]) => name,
      );
      expect(settingNames).toEqual(expect.arrayContaining(named));
    }
  });
});
