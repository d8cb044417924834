import { init } from 'echarts';

/** The growth as two pictures (SVG), over the number of users and sessions. @returns them by the names of their files */
export function growthPlots(growth) {
  return {
    'growth-throughput.svg': plot(growth, 'answers a second', {
      'GET /protected': 'protectedPerSecond',
      'GET /users/me': 'usersMePerSecond',
      'POST /refresh': 'refreshesPerSecond',
    }),
    'growth-memory.svg': plot(growth, 'MiB', {
      'memory, at rest': 'atRestMiB',
      'memory, after load': 'afterLoadMiB',
      'database file': 'databaseMiB',
    }),
  };
}

function plot(rows, unit, lines) {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 640, height: 320 });
  chart.setOption({
    animation: false,
    backgroundColor: '#fff',
    legend: { top: 8 },
    grid: { left: 70, right: 30, top: 60, bottom: 50 },
    xAxis: {
      type: 'category',
      name: 'users, and as many sessions',
      nameLocation: 'middle',
      nameGap: 30,
      data: rows.map(({ users }) => users.toLocaleString('en')),
    },
    yAxis: { type: 'value', name: unit, min: 0 },
    series: Object.entries(lines).map(([name, value]) => ({
      type: 'line',
      name,
      data: rows.map((row) => Math.round(row[value])),
      label: { show: true, position: 'top' },
    })),
  });
  const picture = chart.renderToSVGString();
  chart.dispose();
  return picture;
}
