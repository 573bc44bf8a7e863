import { AppError } from "@jx/kit";

/** An option, or a variable of the environment, whose value does not fit; `right` says what would. */
export function optionError(code: string, option: string, value: string, right: string): AppError {
  return new AppError("ContractInvalid", `${option} is "${value}"; ${right}`, { code, details: { option, value } });
}
