// Signing in through an OpenID Connect provider.

export { Provider, type SignInSettings } from "./provider.ts";
export { SIGN_IN, signInRoutes } from "./routes.ts";
