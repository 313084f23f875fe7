// Signing in through a provider of OpenID Connect.

export { Provider, type SignInSettings } from "./provider.ts";
export { SIGN_IN, type SignInRefusal, signInRoutes } from "./routes.ts";
