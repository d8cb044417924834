/** A change of the signing keys that would do harm, in words for the operator who asked for it. */
export class KeyChangeError extends Error {}
