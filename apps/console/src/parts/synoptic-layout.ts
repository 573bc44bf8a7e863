/** Where things stand in the station's diagram: one arrangement for wide screens, one for phones. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly pumps: readonly [Point, Point];
  /** Left upper corner. */
  readonly tank: Point;
  readonly exchanger: Point;
  readonly valve: Point;
  readonly consumers: Point;
  /** Right upper corner of each group of figures. */
  readonly labels: {
    readonly header: Point;
    readonly supply: Point;
    readonly return: Point;
    readonly valve: Point;
    readonly tank: Point;
  };
  /** Pipes as SVG paths; warm ones carry the return water. */
  readonly cold: readonly string[];
  readonly warm: readonly string[];
  /** Direction of flow: position and angle in degrees. */
  readonly arrows: readonly (Point & { readonly angle: number })[];
}

export const WIDE: Layout = {
  width: 960,
  height: 400,
  pumps: [
    { x: 310, y: 92 },
    { x: 310, y: 262 },
  ],
  tank: { x: 40, y: 30 },
  exchanger: { x: 600, y: 177 },
  valve: { x: 730, y: 177 },
  consumers: { x: 870, y: 177 },
  labels: {
    header: { x: 450, y: 96 },
    supply: { x: 622, y: 96 },
    return: { x: 560, y: 336 },
    valve: { x: 702, y: 216 },
    tank: { x: 128, y: 66 },
  },
  cold: ["M344 92H430V262H344", "M430 177H578"],
  warm: ["M870 221V372H80V177H200", "M200 92V262", "M200 92H276", "M200 262H276", "M80 130V177"],
  arrows: [
    { x: 150, y: 177, angle: 0 },
    { x: 500, y: 177, angle: 0 },
    { x: 470, y: 372, angle: 180 },
  ],
};

export const NARROW: Layout = {
  width: 380,
  height: 590,
  pumps: [
    { x: 120, y: 190 },
    { x: 120, y: 340 },
  ],
  tank: { x: 12, y: 20 },
  exchanger: { x: 290, y: 262 },
  valve: { x: 290, y: 380 },
  consumers: { x: 290, y: 482 },
  labels: {
    header: { x: 222, y: 168 },
    supply: { x: 304, y: 304 },
    return: { x: 110, y: 518 },
    valve: { x: 194, y: 398 },
    tank: { x: 94, y: 44 },
  },
  cold: ["M154 190H206V340H154", "M206 262H268"],
  warm: ["M290 526V572H24V262", "M24 190V340", "M24 190H86", "M24 340H86", "M24 110V190"],
  arrows: [
    { x: 240, y: 262, angle: 0 },
    { x: 160, y: 572, angle: 180 },
  ],
};
