/** What the checks need to know of one resource; the host maps device profiles to it. */
export interface ResourceType {
  /** EdgeX value type in its canonical case, such as "Float32". */
  readonly valueType: string;
  /** As the profile writes it; "" when it has none. */
  readonly unit: string;
  /** Limits in the profile's unit; undefined when the profile has none. */
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly writable: boolean;
}

/** Device name → resource name → type. Maps, because they cross to a worker by structured clone. */
export type Catalog = ReadonlyMap<string, ReadonlyMap<string, ResourceType>>;
