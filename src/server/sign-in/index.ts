// Signing in through a provider of OpenID Connect.

export { Provider, type SignInSettings } from "./provider.ts";
export { SIGN_IN, signInRoutes } from "./routes.ts";
