/** The series whose trend is shown. */
export interface Selection {
  readonly device: string;
  readonly resource: string;
}

export type Select = (selection: Selection) => void;
