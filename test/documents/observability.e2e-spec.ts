import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ApiClient, refusal } from '../support/api-client.js';
import { codeBlocks } from '../support/documents.js';
import { parseExposition } from '../support/exposition.js';
import { freePort } from '../support/free-port.js';
import { ServiceProcess } from '../support/service-process.js';
import { newFolder } from '../support/new-folder.js';

const DOCUMENT = 'docs/observability.md';
const METRICS_TOKEN = 'a-token-for-prometheus';

interface ScrapeConfig {
  readonly authorization: { readonly credentials_file: string };
  readonly static_configs: readonly { readonly targets: readonly string[] }[];
}

describe('the configuration of Prometheus in docs/observability.md', () => {
  it('reaches the metrics, with the token of its file', async () => {
    const folder = newFolder();
    const tokenFile = join(folder, 'gatehouse-token');
    const METRICS_PORT = String(await freePort());
    const [text = ''] = codeBlocks(DOCUMENT, 'yaml');
    const written = text.replace('/etc/prometheus', folder).replace('9464', METRICS_PORT);
    const { scrape_configs } = parse(written) as { scrape_configs: ScrapeConfig[] };
    const [{ authorization, static_configs }] = scrape_configs as [ScrapeConfig];
    writeFileSync(tokenFile, METRICS_TOKEN);
    const token = readFileSync(authorization.credentials_file, 'utf8');

    const service = await ServiceProcess.start(folder, { METRICS_PORT, METRICS_TOKEN });
    const [target = ''] = static_configs.flatMap(({ targets }) => targets);
    const metrics = new ApiClient(`http://${target}`);
    const scraped = await metrics.get('/metrics', token).expect(200);
    expect([...parseExposition(scraped.text).keys()]).toContain('gatehouse_build_info');
    expect(refusal(await metrics.get('/metrics'))).toEqual({ status: 401, error: 'token_missing' });
    await service.stop();
    rmSync(folder, { recursive: true });
  });
});
