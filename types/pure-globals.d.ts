// Makes reading the clock or the global random source a type error in the pure parts: time and randomness are parameters there.
// Declared overloads of a later file win over the library's, so any use of the value as a number or a date no longer type-checks.
interface DateConstructor {
  now(): "pure code takes a Clock";
  new (): "pure code takes a Clock";
}
interface Math {
  random(): "pure code takes a random stream";
}
// The shape of a cancellation signal, which pure interfaces name and only the edges create.
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
}
