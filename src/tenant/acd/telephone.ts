// Telephone numbers as the ACD API writes them: digits without a plus sign, North American ones without the leading 1.

/**
 * A number in common notation. Ten digits are a North American number and stay as they are; more digits begin with a country code
 * and get a plus sign. No country code begins with 0: such a number stays as it is, and is never called.
 */
export function telephone(written: string | undefined): string | undefined {
  return written !== undefined && /^[1-9]\d{10,14}$/.test(written) ? `+${written}` : written;
}

/** The digits of a number, of one in North America without the country's 1. */
export const nationalDigits = (written: string): string => written.replaceAll(/\D/g, "").replace(/^1(?=\d{10}$)/, "");
