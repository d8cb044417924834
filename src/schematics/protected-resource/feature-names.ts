import { SchematicsException, strings } from '@angular-devkit/schematics';
import pluralize from 'pluralize';

/** PostgreSQL cuts a name after 63 bytes; the table's is a part of those of its indices and keys. */
const LONGEST_NAME = 40;

/** What the files that name the entity call by these names already. */
const usedOtherwise = [
  'AppError Clock Column Date Entity FeatureData FindOptionsWhere ForeignKey Gatehouse Index Injectable InjectRepository',
  'InstantColumn LessThan Module NotFoundException Number Page PageQueryDto PrimaryColumn Promise Repository String',
  'TypeOrmModule UnitOfWork UsersModule Where',
].flatMap((names) => names.split(' '));

/** What the controller of an application calls by these names. It has the entity by another there: posts are common. */
const usedByController = [
  'Body Controller CurrentUser Delete GatehouseGuard Get HttpCode Identity Param Patch Post Public Query Roles UseGuards',
  'UsePipes ValidationPipe',
].flatMap((names) => names.split(' '));

/** What a feature is called in each place where it has a name. */
export interface FeatureNames {
  /** Of files, folders and routes: `order-items`. */
  readonly plural: string;
  /** Of files: `order-item`. */
  readonly singular: string;
  /** Of the classes for all rows: `OrderItems`. */
  readonly many: string;
  /** Of the classes for one row: `OrderItem`. */
  readonly one: string;
  /** Of the table and of lists in answers: `order_items`. */
  readonly table: string;
  /** In sentences: `order items`. */
  readonly words: string;
}

/**
 * Takes a name in the singular or the plural, in kebab, snake or camel case.
 * @throws SchematicsException that says what is a name
 */
export function featureNames(given: unknown): FeatureNames {
  const name = strings.dasherize(requireText(given));
  if (!/^[a-z][a-z\d]*(-[a-z\d]+)*$/.test(name))
    throw new SchematicsException(
      `"${name}" is no name for a feature: give letters, digits and single hyphens, a letter first, as in order-items`,
    );
  const [plural, singular] = [pluralize.plural(name), pluralize.singular(name)];
  if (plural.length > LONGEST_NAME)
    throw new SchematicsException(
      `"${plural}" is too long a name for a feature: give one of at most ${String(LONGEST_NAME)} characters`,
    );
  const one = strings.classify(singular);
  if (usedOtherwise.includes(one))
    throw new SchematicsException(
      `"${plural}" would be of a class ${one}, which is the name of something else: give another, as in shop-${plural}`,
    );
  return {
    plural,
    singular,
    one,
    many: strings.classify(plural),
    table: plural.replaceAll('-', '_'),
    words: plural.replaceAll('-', ' '),
  };
}

/** What the entity is called in the controller of an application. */
export function nameInController({ one }: FeatureNames): string {
  return usedByController.includes(one) ? `${one}Entity` : one;
}

/** The command line makes a number of what looks like one. */
function requireText(name: unknown): string {
  if (typeof name === 'string' && name !== '') return name;
  if (typeof name === 'number' || typeof name === 'boolean') return String(name);
  throw new SchematicsException('A feature needs a name: give what its rows are called, as in order-items');
}
