// Which paths belong to the ACD API. Everything else of it is loaded at its first request.

/** Where an access key gives a token; written here, too, so that nothing else of the ACD API is loaded for it. */
export const ACCESS_KEY_PATH = "/authentication/v1/token/access-key";

const ACD_PATH =
  /^\/+(?:incontactapi\/|authentication\/v1\/|auth\/token$|public\/user\/refresh$|\.well-known\/|data-extraction\/|business-data-manager\/)/i;

/** Whether a path is of the ACD API, or of its tokens and discovery. */
export function isAcdPath(path: string): boolean {
  return ACD_PATH.test(path);
}
