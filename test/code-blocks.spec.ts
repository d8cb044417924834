import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  blocksOf,
  blocksThatBegin,
  documentPaths,
  readDocument,
  type CodeBlock,
} from './support/documents.js';

const aptGet = (lists: string) => `sudo apt-get install -y --no-install-recommends $(cat ${lists})`;

const needsContainers =
  'There is no Docker and no Kubernetes where tests run. What can be looked at without, and what the containers are ' +
  'told to run, is in test/documents/containers.e2e-spec.ts.';

/** Code that no test can run here, by document and first line, and why. */
const notRun: Record<string, Record<string, string>> = {
  'README.md': {
    'npm install && npm test': 'a test that runs all tests; .ci/run does, in a clean clone',
  },
  'CONTRIBUTING.md': {
    'npm install': 'a test that runs all tests; .ci/run does, in a clean clone',
    [aptGet('examples/python/debian-packages.txt test/debian-packages.txt')]:
      'for root; .ci/run installs them',
    'npm test -- test/auth/sign-in': 'a test that runs tests',
    'TEST_ROUNDS=200 FUZZ_COUNTS=1 npm run test:endurance -- endurance/fuzz': 'half an hour',
    'npm run lint': 'checks of the whole project; .ci/run runs them',
  },
  'examples/README.md': {
    [aptGet('examples/python/debian-packages.txt')]: 'for root; .ci/run installs them',
  },
  'docs/migration.md': {
    'firebase auth:export firebase.json --format=json --project my-project':
      'it asks Google, as the owner of a project there; a test takes a file of the format that it writes',
  },
  'docs/operations.md': {
    'docker build -t gatehouse:0.1.0 .': needsContainers,
    '(umask 077 && cat > .env) <<END': needsContainers,
    '(umask 077 && docker run --rm -e DATABASE_URL=sqlite::memory: -e JWT_KEYS_FILE=/tmp/keys.json gatehouse:0.1.0 \\':
      needsContainers,
    "(umask 077 && kubectl exec deploy/gatehouse -- sh -c 'umask 077 && cp $JWT_KEYS_FILE /tmp/keys.json &&":
      needsContainers,
  },
};

/** Code that is no command and no program, but for the eye. */
const forTheEye = ['json', 'jsonl', 'mermaid', 'text', 'yaml'];

interface TestFile {
  readonly path: string;
  /** The texts in quotation marks, on one line each. */
  readonly strings: ReadonlySet<string>;
}

const testFiles = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('spec.ts') && path !== 'code-blocks.spec.ts')
  .map((path): TestFile => {
    const quoted = readDocument(join('test', path)).matchAll(/(['"`])((?:(?!\1)[^\\\n]|\\.)+)\1/g);
    return { path, strings: new Set([...quoted].map(([, , text = '']) => text.replaceAll("\\'", "'"))) };
  });

/** Those blocks of a document that a test looks up, by the name of a file or by how one line alone begins. */
function lookedUp(blocks: readonly CodeBlock[], { strings }: TestFile): string[] {
  return [...strings].flatMap((each) => {
    const named = blocks.filter(({ name }) => name === each);
    const found = named.length > 0 ? named : each.length > 7 ? blocksThatBegin(blocks, each) : [];
    // The name of a variable begins a line, too.
    const meant = found.filter(
      ({ name, text }) => name === each || text.startsWith(each) || each.includes(' '),
    );
    return meant.length === 1 ? [meant[0]!.text] : [];
  });
}

describe('every block of code in the documents', () => {
  it.each(documentPaths())('is run by a test, or is told why not: %s', (document) => {
    const blocks = blocksOf(document);
    const about = testFiles.filter(({ strings }) => strings.has(document));
    const run = new Set(about.flatMap((file) => lookedUp(blocks, file)));
    const left = blocks
      .filter(({ language, text }) => !forTheEye.includes(language) && !run.has(text))
      .map(({ name }) => name);
    expect(left).toEqual(Object.keys(notRun[document] ?? {}));
  });
});
