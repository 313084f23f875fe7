// Which paths belong to the ACD API. The rest of it is loaded at its first request.

/** Path where an access key gets a token; repeated here, so that nothing else of the ACD API is loaded for it. */
export const ACCESS_KEY_PATH = "/authentication/v1/token/access-key";

const ACD_PATH =
  /^\/+(?:incontactapi\/|authentication\/v1\/|auth\/token$|incontactauthorizationserver\/token$|public\/user\/refresh$|\.well-known\/|media-playback\/|real-time-data\/|data-extraction\/|business-data-manager\/)/i;

/** Whether a path belongs to the ACD API, its tokens or its discovery. */
export function isAcdPath(path: string): boolean {
  return ACD_PATH.test(path);
}
