// Telephone numbers as the ACD API writes them: digits without a plus sign, those of North America without their 1.

/**
 * A number as others read it. Ten digits are North American and stay as they are; more digits begin with their country's code, which the plus sign says.
 * A leading 0 is no country's: such a number stays what it is, and nobody is called by it.
 */
export function telephone(written: string | undefined): string | undefined {
  return written !== undefined && /^[1-9]\d{10,14}$/.test(written) ? `+${written}` : written;
}
