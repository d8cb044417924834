import { DocumentShell } from '../../support/document-shell.js';
import { ProjectCopy } from '../../support/project-copy.js';

/** Each step is a tool over the whole project, on a machine that may be busy with other tests. */
const STEP_MS = 300_000;

/** The test of the second feature, with those that hold every feature to the rules of the project. */
const tests = [
  'test/order-items/',
  'test/architecture.spec.ts',
  'test/database/unit-of-work',
  'test/docs.spec.ts',
  'test/platform/answer-headers',
  'test/platform/api-description',
  'test/platform/closed-by-default',
];
const registers = [
  'docs/routes.md',
  'src/app.module.ts',
  'src/database/entities.ts',
  'src/database/migrations/migrations.ts',
  'test/architecture.spec.ts',
  'test/platform/closed-by-default.e2e-spec.ts',
];
const filesOf = (plural: string, singular: string) => [
  `src/database/migrations/<time>-add-${plural}.ts`,
  `src/${plural}/dto/change-${singular}.dto.ts`,
  `src/${plural}/dto/create-${singular}.dto.ts`,
  `src/${plural}/dto/${singular}-limits.dto.ts`,
  `src/${plural}/dto/${singular}-profile.dto.ts`,
  `src/${plural}/${plural}.controller.ts`,
  `src/${plural}/${plural}.module.ts`,
  `src/${plural}/${plural}.service.ts`,
  `src/${plural}/${singular}-texts.ts`,
  `src/${plural}/${singular}.entity.ts`,
];
const withoutTime = (path: string) => path.replace(/\d{13}/, '<time>');

describe('nest generate -c gatehouse protected-resource', () => {
  let project: ProjectCopy;

  const generate = async (...command: string[]) => {
    const { stdout, stderr } = await project.run('nest', 'generate', '-c', 'gatehouse', ...command);
    return { said: stdout + stderr, changed: project.changes().map(withoutTime).sort() };
  };

  beforeEach(() => {
    project = ProjectCopy.make();
  }, STEP_MS);
  afterEach(() => {
    project.remove();
  });

  it(
    'makes features that lint, compile, and pass their tests and those of the house',
    async () => {
      const shell = new DocumentShell(project.folder, {});
      const { code, stderr } = await shell.run('README.md', 'npx jest test/orders');
      expect({ code, failures: /\d+ failed/.exec(stderr) }).toEqual({ code: 0, failures: null });
      const made = [...filesOf('orders', 'order'), 'test/orders/orders.e2e-spec.ts'];
      expect(project.changes().map(withoutTime).sort()).toEqual([...registers, ...made].sort());
      await generate('protected-resource', 'orderItem');

      const changes = project.changes();
      expect(changes).toContain('src/order-items/order-item.entity.ts');
      await project.run('eslint', '--max-warnings=0', ...changes.filter((path) => path.endsWith('.ts')));
      await project.run('prettier', '--check', ...changes);
      await project.run('tsc', '--noEmit');
      await project.run('nest', 'build');
      await project.run('jest', '--maxWorkers=1', ...tests);
    },
    3 * STEP_MS,
  );

  it(
    'says in a dry run what it would do, and does nothing',
    async () => {
      const { said, changed } = await generate('protected-resource', 'orders', '--dry-run');
      for (const path of [...filesOf('orders', 'order'), ...registers])
        expect(withoutTime(said)).toContain(path);
      expect(changed).toEqual([]);
    },
    STEP_MS,
  );

  it(
    'changes nothing where there is a feature or a room of that name, and says so',
    async () => {
      await generate('protected-resource', 'orders');
      project.takeAsUnchanged();
      for (const name of ['orders', 'order', 'users']) {
        const { said, changed } = await generate('protected-resource', name);
        expect(said).toMatch(
          /There is src\/\w+s and test\/\w+s already, so nothing is changed: give another name/,
        );
        expect(changed).toEqual([]);
      }
    },
    STEP_MS,
  );

  it.each([
    ['9lives', '"9lives" is no name for a feature: give letters, digits and single hyphens, a letter first'],
    ['shop/orders', '"shop/orders" is no name for a feature'],
    [
      'refresh-tokens',
      'There is a table refresh_tokens already, in src/tokens/refresh-token.entity.ts: give',
    ],
    ['orders shop', 'A feature is a folder of src: leave out shop'],
    ['date', '"dates" would be of a class Date, which is the name of something else: give another'],
  ])(
    'refuses %s, and says what to give',
    async (name, sentence) => {
      const { said, changed } = await generate('protected-resource', ...name.split(' '));
      expect(said).toContain(sentence);
      expect(changed).toEqual([]);
    },
    STEP_MS,
  );

  it(
    'makes no test where none is wanted',
    async () => {
      const { changed } = await generate('protected-resource', 'orders', '--no-spec');
      expect(changed).toEqual([...registers, ...filesOf('orders', 'order')].sort());
    },
    STEP_MS,
  );
});
