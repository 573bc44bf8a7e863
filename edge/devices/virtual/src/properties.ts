import { type Static, Type } from "typebox";

/**
 * `protocols.virtual` of a device. EdgeX's device-virtual names its protocol "other" with an Address that nobody reads
 * (cmd/res/devices/devices.yaml): such files load too. Here the address tells one simulated device from the next.
 */
export const PropertySchema = Type.Object({
  Address: Type.String({
    minLength: 1,
    description: "Name of the simulated device; devices that share it share values",
  }),
  Seed: Type.Optional(
    Type.Integer({ description: "Start of the random numbers; the same seed and address give the same values" }),
  ),
});
export type VirtualProperties = Static<typeof PropertySchema>;

export const WAVEFORMS = ["random", "sine", "ramp", "counter", "constant", "square"] as const;
export type Waveform = (typeof WAVEFORMS)[number];

const Waveforms = Type.Unsafe<Waveform>({
  type: "string",
  enum: [...WAVEFORMS],
  description:
    "random between minimum and maximum (default); sine, ramp, square over `period`; counter by `step`; constant",
});

/** The attributes of a resource; all have a default, so EdgeX's own profiles, which have none, load unchanged. */
export const AttributeSchema = Type.Object({
  waveform: Type.Optional(Waveforms),
  minimum: Type.Optional(
    Type.Number({ description: "Lowest value; else the profile's minimum, else the type's or 0" }),
  ),
  maximum: Type.Optional(
    Type.Number({ description: "Highest value; else the profile's maximum, else the type's or 100" }),
  ),
  period: Type.Optional(
    Type.String({ description: 'Length of a sine, ramp or square, such as "10s" (default "60s")' }),
  ),
  step: Type.Optional(Type.Number({ description: "What a counter adds at each read, default 1" })),
  length: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 65536,
      description: "Items of an array, characters of a String, bytes of a Binary",
    }),
  ),
  value: Type.Optional(Type.Unknown({ description: "What a constant is; else the profile's defaultValue" })),
  noise: Type.Optional(Type.Number({ minimum: 0, description: "Random part added to a number, plus or minus" })),
});
export type VirtualAttributes = Static<typeof AttributeSchema>;
