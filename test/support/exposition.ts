/** A metric as Prometheus reads it. */
export interface Family {
  readonly type: string;
  readonly samples: Sample[];
}

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const COMMENT = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/;
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\["\\n])*)"(?:,(?=.)|$)/y;
const TYPES = ['counter', 'gauge', 'histogram', 'summary'];

/**
 * Reads Prometheus' text format (version 0.0.4), and is strict about it.
 * @throws Error for what is not of the format, for a series that is there twice, and for a histogram that does not add up
 */
export function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families = new Map<string, Family>();
  const helped = new Set<string>();
  const seen = new Set<string>();
  let current = '';
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, keyword, name = '', rest = ''] = COMMENT.exec(line) ?? [];
    if (keyword === 'HELP') {
      if (helped.has(name)) throw new Error(`two HELP lines: ${name}`);
      helped.add(name);
    } else if (keyword === 'TYPE') {
      if (families.has(name) || !TYPES.includes(rest)) throw new Error(`a TYPE line that is none: ${line}`);
      families.set(name, { type: rest, samples: [] });
      current = name;
    } else {
      const sample = parseSample(line);
      const key = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`;
      if (seen.has(key)) throw new Error(`there twice: ${line}`);
      seen.add(key);
      const family = families.get(current);
      if (!family || !namesOf(current, family).includes(sample.name))
        throw new Error(`not under its TYPE line: ${line}`);
      family.samples.push(sample);
    }
  }
  for (const [name, family] of families) requireSound(name, family);
  return families;
}

/** The value of one series; 0 where it is not there. */
export function valueOf(text: string, name: string, labels: Record<string, string> = {}): number {
  const wanted = JSON.stringify(Object.entries(labels).sort());
  const samples = [...parseExposition(text).values()].flatMap((family) => family.samples);
  return (
    samples.find(
      (sample) => sample.name === name && JSON.stringify(Object.entries(sample.labels).sort()) === wanted,
    )?.value ?? 0
  );
}

function parseSample(line: string): Sample {
  const [, name, labelText = '', valueText = ''] = SAMPLE.exec(line) ?? [];
  if (name === undefined) throw new Error(`not a line of the format: ${line}`);
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < labelText.length) {
    const [, label, value] = LABEL.exec(labelText) ?? [];
    if (label === undefined || label in labels) throw new Error(`labels that are none: ${line}`);
    labels[label] = value!;
  }
  const value = valueText === '+Inf' ? Infinity : Number(valueText);
  // Prometheus reads it in any case.
  if (Number.isNaN(value) && valueText.toLowerCase() !== 'nan') throw new Error(`not a number: ${line}`);
  return { name, labels, value };
}

function namesOf(name: string, { type }: Family): string[] {
  if (type === 'histogram') return [`${name}_bucket`, `${name}_sum`, `${name}_count`];
  return type === 'summary' ? [name, `${name}_sum`, `${name}_count`] : [name];
}

function requireSound(name: string, { type, samples }: Family): void {
  if (type === 'counter' && !(name.endsWith('_total') && samples.every(({ value }) => value >= 0)))
    throw new Error(`not a counter: ${name}`);
  if (type !== 'histogram') return;
  const series = new Map<string, Sample[]>();
  for (const sample of samples) {
    const rest = Object.entries(sample.labels).filter(([label]) => label !== 'le');
    const key = JSON.stringify(rest.sort());
    series.set(key, [...(series.get(key) ?? []), sample]);
  }
  for (const each of series.values()) {
    const buckets = each.filter((sample) => sample.name === `${name}_bucket`);
    const counts = buckets.map(({ value }) => value);
    const count = each.find((sample) => sample.name === `${name}_count`)?.value;
    const adds = counts.every((value, place) => place === 0 || value >= counts[place - 1]!);
    if (!adds || buckets.at(-1)?.labels['le'] !== '+Inf' || counts.at(-1) !== count)
      throw new Error(`a histogram that does not add up: ${name}`);
  }
}
