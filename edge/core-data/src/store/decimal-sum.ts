/**
 * An exact sum of decimals. A double counts as its shortest decimal, as it would in PostgreSQL's NUMERIC after EdgeX wrote
 * it there: 0.1 + 0.2 is 0.3. Bounded: no double has more than 340 digits after the point or 309 before.
 */
export class DecimalSum {
  #sum = 0n;
  /** Digits of #sum after the point. */
  #scale = 6;
  /** Millionths not in #sum yet, a whole number within ±2^53. */
  #pending = 0;
  #special = 0;
  #isSpecial = false;

  add(value: number): void {
    // Nearly all measured values: at most 15 digits, six of them after the point, and then the only such decimal.
    const millionths = Math.round(value * 1e6);
    if (Math.abs(millionths) <= 1e15 && millionths / 1e6 === value) {
      this.#pending += millionths;
      if (Math.abs(this.#pending) > 8e15) this.#settle();
    } else if (Number.isFinite(value)) this.#addText(String(value));
    else {
      this.#special += value;
      this.#isSpecial = true;
    }
  }

  addInteger(value: bigint): void {
    this.#sum += value * 10n ** BigInt(this.#scale);
  }

  /** Decimal text, "NaN", "Infinity" or "-Infinity". */
  text(): string {
    if (this.#isSpecial) return String(this.#special);
    this.#settle();
    return decimalText(this.#sum, this.#scale);
  }

  /** The sum divided by `count` > 0, to far more digits than a double has. */
  average(count: number): string {
    if (this.#isSpecial) return String(this.#special);
    this.#settle();
    // Small sums keep as many digits as large ones: at least 40 before the division.
    const digits = this.#sum.toString().length;
    const more = Math.max(0, 40 - digits);
    return decimalText((this.#sum * 10n ** BigInt(more)) / BigInt(count), this.#scale + more);
  }

  #addText(text: string): void {
    const [, sign = "", whole = "", fraction = "", power = "0"] = DECIMAL.exec(text) ?? [];
    const scale = fraction.length - Number(power);
    if (scale > this.#scale) {
      this.#settle();
      this.#sum *= 10n ** BigInt(scale - this.#scale);
      this.#scale = scale;
    }
    const digits = BigInt(whole + fraction) * 10n ** BigInt(this.#scale - scale);
    this.#sum += sign === "-" ? -digits : digits;
  }

  #settle(): void {
    this.#sum += BigInt(this.#pending) * 10n ** BigInt(this.#scale - 6);
    this.#pending = 0;
  }
}

/** A finite double as JavaScript writes it. */
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

function decimalText(digits: bigint, scale: number): string {
  const text = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  const fraction = text.slice(text.length - scale).replace(/0+$/, "");
  return `${digits < 0n ? "-" : ""}${text.slice(0, text.length - scale)}${fraction === "" ? "" : `.${fraction}`}`;
}
