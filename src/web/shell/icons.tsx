// The icons of the pages, drawn with one line width.

const PATHS = {
  campaigns: "M4 17V9m6 8V4m6 13v-6",
  files: "M5 3h7l3 3v11H5zM8 10l-1.5 1.5L8 13m4-3 1.5 1.5L12 13",
  dialer: "M10 3a7 7 0 1 0 7 7m-7 0 4-4",
  simulator: "M3 16c4 0 4-11 7-11s3 11 7 11M3 16h14",
  jobs: "M4 5h12M4 10h12M4 15h7",
  outcomes: "M3 15l4-5 4 3 6-8m0 0h-4m4 0v4",
  compliance: "M10 3l6 2v5c0 4-3 6-6 7-3-1-6-3-6-7V5zm-2.5 6.5L9.5 11.5 13 8",
  audit: "M6 3h6l3 3v11H6zM8.5 9h4M8.5 12h4",
  tenant: "M4 17V6l6-3 6 3v11M8 17v-5h4v5",
  deliveries: "M3 6h14v9H3zm0 0 7 5 7-5",
  key: "M13 10a3.5 3.5 0 1 0-3.2-2L4 13.8V16h2.5v-2H9v-2l2-1.2A3.5 3.5 0 0 0 13 10Z",
  setup: "M4 5.5 5.5 7 8 4M11 5.5h6M4 10.5 5.5 12 8 9m3 1.5h6M4 15.5 5.5 17 8 14m3 1.5h6",
  people: "M10 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm-6 7c0-3 2.7-5 6-5s6 2 6 5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      width="18"
      height="18"
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
