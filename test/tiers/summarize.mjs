import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

/**
 * `node test/tiers/summarize.mjs <steps> <results> <seconds>` prints the end of a CI run: the minutes of each step, the ten slowest
 * test files, and "N passed, N failed". `steps` is a file of lines "name, seconds, exit code" separated by tabs; `results`
 * is a folder with the JSON report of each run of jest. Exits with 1 where something failed, or where nothing was tested.
 */
const SLOWEST = 10;
const [stepsFile = '', resultsFolder = '', seconds = ''] = process.argv.slice(2);

const steps = readFileSync(stepsFile, 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split('\t'));
const reports = readdirSync(resultsFolder).map((file) => ({
  run: basename(file, '.json'),
  ...JSON.parse(readFileSync(join(resultsFolder, file), 'utf8')),
}));
const files = reports.flatMap(({ run, testResults }) =>
  testResults.map(({ name, startTime, endTime }) => ({
    seconds: (endTime - startTime) / 1000,
    file: `${relative(process.cwd(), name)} (${run})`,
  })),
);

console.log('\nStep, minutes:');
for (const [name, took, code] of steps)
  console.log(`${minutes(took)}  ${name}${code === '0' ? '' : `  FAILED with ${code}`}`);
console.log(`${minutes(seconds)}  in all`);

console.log('\nSlowest files, seconds:');
for (const { seconds, file } of files.sort((one, other) => other.seconds - one.seconds).slice(0, SLOWEST))
  console.log(`${seconds.toFixed(1).padStart(6)}  ${file}`);

const total = (count) => reports.map(count).reduce((one, other) => one + other, 0);
const passed = total(({ numPassedTests }) => numPassedTests);
// A file that does not load fails without a failed test; so does a step that is no run of jest.
const failed = Math.max(
  total(({ numFailedTests, numRuntimeErrorTestSuites }) => numFailedTests + numRuntimeErrorTestSuites),
  steps.filter(([, , code]) => code !== '0').length,
);
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

/** @param {string} time in seconds */
function minutes(time) {
  return (Number(time) / 60).toFixed(1).padStart(6);
}
