// The health check of the container: exits with 0 where the service in it is ready, with 1 where it is not.
const { PORT, API_PREFIX } = process.env;
const prefix = (API_PREFIX ?? '').replace(/^\/|\/$/g, '');
const url = new URL(`${prefix}/health/ready`, `http://127.0.0.1:${PORT || '3000'}/`);

try {
  const answer = await fetch(url, { signal: AbortSignal.timeout(3000) });
  console.log(await answer.text());
  process.exitCode = answer.ok ? 0 : 1;
} catch (error) {
  console.error(`${url}: ${error.cause ?? error}`);
  process.exitCode = 1;
}
