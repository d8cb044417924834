/** A chunk of this size or more goes out, so that a long list is neither one text nor many thousands. */
const CHUNK_CHARACTERS = 16_384;

/** Writes a JSON array in pieces, as its items come. */
export async function* jsonArray<T>(
  items: AsyncIterable<T>,
  toJson: (item: T) => object,
): AsyncGenerator<string> {
  let chunk = '[';
  let separator = '';
  for await (const item of items) {
    chunk += separator + JSON.stringify(toJson(item));
    separator = ',';
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  yield `${chunk}]`;
}
