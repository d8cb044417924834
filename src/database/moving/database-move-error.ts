/** Why a database is not moved, in words for the person who moves it. Names no value that stands in a row. */
export class DatabaseMoveError extends Error {}
