/** Running timers by due time: a binary heap that knows where each timer sits, so stopping one leaves nothing behind. */
export class DueHeap {
  readonly #due: Float64Array;
  readonly #heap: Int32Array;
  readonly #place: Int32Array;
  #size = 0;

  /** Timers are numbered 0 … capacity - 1. */
  constructor(capacity: number) {
    this.#due = new Float64Array(capacity);
    this.#heap = new Int32Array(capacity);
    this.#place = new Int32Array(capacity).fill(-1);
  }

  /** The earliest due time; undefined when no timer runs. */
  get next(): number | undefined {
    return this.#size === 0 ? undefined : this.#dueAt(0);
  }

  dueOf(timer: number): number | undefined {
    return (this.#place[timer] ?? -1) < 0 ? undefined : this.#due[timer];
  }

  start(timer: number, due: number): void {
    let place = this.#place[timer] ?? -1;
    if (place >= 0 && this.#due[timer] === due) return;
    this.#due[timer] = due;
    if (place < 0) {
      place = this.#size++;
      this.#put(place, timer);
    }
    this.#up(place);
    this.#down(this.#place[timer] ?? 0);
  }

  stop(timer: number): void {
    const place = this.#place[timer] ?? -1;
    if (place < 0) return;
    this.#place[timer] = -1;
    const last = this.#heap[--this.#size] ?? 0;
    if (last === timer) return;
    this.#put(place, last);
    this.#up(place);
    this.#down(this.#place[last] ?? 0);
  }

  /** Stops the earliest timer and returns it. Only while `next` is defined. */
  pop(): number {
    const timer = this.#heap[0] ?? 0;
    this.stop(timer);
    return timer;
  }

  #dueAt(place: number): number {
    return this.#due[this.#heap[place] ?? 0] ?? Infinity;
  }

  #put(place: number, timer: number): void {
    this.#heap[place] = timer;
    this.#place[timer] = place;
  }

  #swap(a: number, b: number): void {
    const [left, right] = [this.#heap[a] ?? 0, this.#heap[b] ?? 0];
    this.#put(a, right);
    this.#put(b, left);
  }

  #up(place: number): void {
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#dueAt(parent) <= this.#dueAt(place)) return;
      this.#swap(place, parent);
      place = parent;
    }
  }

  #down(place: number): void {
    for (;;) {
      const left = 2 * place + 1;
      let least = place;
      if (left < this.#size && this.#dueAt(left) < this.#dueAt(least)) least = left;
      if (left + 1 < this.#size && this.#dueAt(left + 1) < this.#dueAt(least)) least = left + 1;
      if (least === place) return;
      this.#swap(place, least);
      place = least;
    }
  }
}
