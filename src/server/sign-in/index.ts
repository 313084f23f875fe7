// Signing in through an OpenID Connect provider.

export { Provider, SignInError, type SignInSettings } from "./provider.ts";
export { SIGN_IN, signInRoutes } from "./routes.ts";
