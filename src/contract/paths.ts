// Paths from templates: each value is one encoded segment, so no value can change the rest of the path.

const PLACEHOLDER = /\{(\w+)\}/g;

/**
 * Fills a path template. Every value is percent-encoded as a single segment.
 * Throws RangeError on a missing or empty value and on `.` and `..`, which URL parsers would resolve.
 */
export function fillPath(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(PLACEHOLDER, (_, name: string) => {
    const value = values[name];
    if (value === undefined || value === "") throw new RangeError(`path parameter ${name} is empty`);
    if (value === "." || value === "..") throw new RangeError(`path parameter ${name} must not be "${value}"`);
    return encodeURIComponent(value);
  });
}
