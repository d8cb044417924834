import { Tree } from '@angular-devkit/schematics';
import { migrationTime } from './migration-time.js';

const folder = '/src/database/migrations';

describe('the time of a new migration', () => {
  it('is now', () => {
    const before = Date.now();
    const time = migrationTime(Tree.empty(), folder);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  });

  it('is after that of every other, also of one that is from later', () => {
    const tree = Tree.empty();
    tree.create(`${folder}/1764000000000-create-schema.ts`, '');
    tree.create(`${folder}/9999999999000-add-something.ts`, '');
    tree.create(`${folder}/migrations.ts`, '');
    expect(migrationTime(tree, folder)).toBe(9_999_999_999_001);
  });
});
