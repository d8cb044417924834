import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { featureNames, nameInController } from './feature-names.js';

const folder = 'src/schematics/protected-resource';
/** The templates that import or declare the entity, each with the classes that it imports beside. */
const neighbours = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts.template'))
  .map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }))
  .filter(({ text }) => /(?:import|class) .*<%= one %>[ ,<]/.test(text))
  .flatMap(({ path, text }) =>
    [...text.matchAll(/^import (?:type )?\{([^}<]+)\} from/gm)]
      .flatMap(([, list = '']) => list.split(',').map((name) => name.replace('type ', '').trim()))
      .filter((name) => /^[A-Z]/.test(name))
      .map((name) => ({ name, path })),
  );

describe('the names of a feature', () => {
  it.each(['order-items', 'order-item', 'orderItems', 'OrderItem', 'order_items'])('come of %s', (given) => {
    expect(featureNames(given)).toEqual({
      plural: 'order-items',
      singular: 'order-item',
      many: 'OrderItems',
      one: 'OrderItem',
      table: 'order_items',
      words: 'order items',
    });
  });

  it.each([
    ['orders', 'orders', 'order'],
    ['category', 'categories', 'category'],
    ['boxes', 'boxes', 'box'],
    ['people', 'people', 'person'],
    ['order-status', 'order-statuses', 'order-status'],
    ['news', 'news', 'news'],
    ['posts', 'posts', 'post'],
  ])('are right in plural and singular: %s', (given, plural, singular) => {
    expect(featureNames(given)).toMatchObject({ plural, singular });
  });

  it.each(['9lives', 'a/b', '../orders', '-orders', 'orders-', 'order--items', 'órdenes', "orders'", 9])(
    'are not made of %s, and what to give is said',
    (given) => {
      expect(() => featureNames(given)).toThrow(/^".+" is no name .+ as in order-items$/);
    },
  );

  it.each([undefined, '', null])('are asked for where there is none: %s', (given) => {
    expect(() => featureNames(given)).toThrow(/^A feature needs a name: give /);
  });

  it.each(['pages', 'date', 'columns'])('are not taken from something else: %s', (given) => {
    expect(() => featureNames(given)).toThrow(/is the name of something else: give another, as in shop-/);
  });

  it('are of no class that a template which names the entity imports', () => {
    expect(neighbours.length).toBeGreaterThan(40);
    const taken = neighbours.filter(({ name, path }) => {
      try {
        const names = featureNames(name);
        return name === (path.includes('controller') ? nameInController(names) : names.one);
      } catch {
        return false;
      }
    });
    expect(taken).toEqual([]);
  });

  it('are short enough for the database', () => {
    expect(() => featureNames('o'.repeat(39))).not.toThrow();
    expect(() => featureNames('o'.repeat(40))).toThrow(/too long .+ at most 40 characters/);
  });
});
