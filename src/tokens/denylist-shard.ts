import { KEY_WORDS, spread } from './denylist-key.js';

// A slot is a key, with the number of the reason in the free bits of its last word, and the second it expires.
const SLOT_WORDS = 8;
const REASON = KEY_WORDS - 1;
const EXPIRES = KEY_WORDS;
const KEY_PART = 0xffffff;
const REASON_SHIFT = 24;

const FEWEST_SLOTS = 8;
const FULLEST = 0.75;
const EMPTIEST = 0.25;
const GROWTH = 1.5;

/**
 * A hash table with open addressing and linear probing, in one array of numbers: 32 bytes a slot. What is forgotten
 * leaves no tombstone. A reason is a number from 1 to 255, an expiry a number of seconds of 32 bits.
 */
export class DenylistShard {
  size = 0;
  private slots: Uint32Array;

  /** @param expected how many entries there is to be room for, before it has to grow */
  constructor(expected = 0) {
    this.slots = newSlots(expected / FULLEST);
  }

  /** The reason kept for a key. @returns 0 where there is none */
  find(key: Uint32Array, hash: number): number {
    return this.word(this.locate(key, hash) + REASON) >>> REASON_SHIFT;
  }

  /** Keeps the first reason and the latest expiry. */
  remember(key: Uint32Array, hash: number, reason: number, expires: number): void {
    const at = this.locate(key, hash);
    if (this.isTaken(at)) this.slots[at + EXPIRES] = Math.max(this.word(at + EXPIRES), expires);
    else this.add(key, hash, reason, expires);
  }

  /** Forgets what expires in this second or before it. */
  forgetExpired(second: number): void {
    for (let at = 0; at < this.slots.length; at += SLOT_WORDS)
      // Another may have come into its place.
      while (this.isTaken(at) && this.word(at + EXPIRES) <= second) this.remove(at);
    if (this.size < this.capacity * EMPTIEST) this.resize(this.size / (FULLEST / GROWTH));
  }

  private get capacity(): number {
    return this.slots.length / SLOT_WORDS;
  }

  private add(key: Uint32Array, hash: number, reason: number, expires: number): void {
    if (this.size + 1 > this.capacity * FULLEST) this.resize(this.capacity * GROWTH);
    const at = this.firstFree(hash);
    this.slots.set(key, at);
    this.slots[at + REASON] = this.word(at + REASON) | (reason << REASON_SHIFT);
    this.slots[at + EXPIRES] = expires;
    this.size++;
  }

  /** Frees a slot, and moves up what was pushed on by it: a search ends at the first free slot. */
  private remove(at: number): void {
    let free = at;
    for (let next = this.after(at); this.isTaken(next); next = this.after(next)) {
      if (this.isBetween(free, this.home(spread(this.slots, next)), next)) continue;
      this.slots.copyWithin(free, next, next + SLOT_WORDS);
      free = next;
    }
    this.slots.fill(0, free, free + SLOT_WORDS);
    this.size--;
  }

  /** Whether `middle` comes after `first` and no later than `last`, going round. */
  private isBetween(first: number, middle: number, last: number): boolean {
    return first < last ? first < middle && middle <= last : first < middle || middle <= last;
  }

  private resize(capacity: number): void {
    const former = this.slots;
    this.slots = newSlots(capacity);
    for (let at = 0; at < former.length; at += SLOT_WORDS) {
      if (former[at + REASON] === 0) continue;
      const to = this.firstFree(spread(former, at));
      for (let word = 0; word < SLOT_WORDS; word++) this.slots[to + word] = former[at + word] ?? 0;
    }
  }

  /** Where a key is, or the free slot that a search for it ends at. */
  private locate(key: Uint32Array, hash: number): number {
    let at = this.home(hash);
    while (this.isTaken(at) && !this.holds(at, key)) at = this.after(at);
    return at;
  }

  private firstFree(hash: number): number {
    let at = this.home(hash);
    while (this.isTaken(at)) at = this.after(at);
    return at;
  }

  private home(hash: number): number {
    return Math.floor((hash * this.capacity) / 2 ** 32) * SLOT_WORDS;
  }

  private after(at: number): number {
    return at + SLOT_WORDS === this.slots.length ? 0 : at + SLOT_WORDS;
  }

  private isTaken(at: number): boolean {
    return this.slots[at + REASON] !== 0;
  }

  private holds(at: number, key: Uint32Array): boolean {
    for (let word = 0; word < REASON; word++) if (this.slots[at + word] !== key[word]) return false;
    return (this.word(at + REASON) & KEY_PART) === key[REASON];
  }

  private word(at: number): number {
    return this.slots[at] ?? 0;
  }
}

function newSlots(fewest: number): Uint32Array {
  return new Uint32Array(Math.max(Math.ceil(fewest), FEWEST_SLOTS) * SLOT_WORDS);
}
