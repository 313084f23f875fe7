// The tenant's hooks that the service uses for observing. Declared here separately, because this part must not import the tenant.

interface CallEvent {
  readonly operationId: string;
  /** The value sent to the vendor as `X-Correlation-Id`. */
  readonly correlationId: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
}

/** Fits the tenant's `hooks`. */
export interface VendorHooks {
  onRequest?(event: CallEvent & { readonly method: string; readonly host: string }): void;
  onResponse?(
    event: CallEvent & {
      readonly status?: number;
      readonly error?: string;
      /** Body of a 5xx reply, redacted. */
      readonly body?: string;
      readonly latencyMs: number;
    },
  ): void;
  onRetry?(event: CallEvent & { readonly delayMs: number; readonly because: string }): void;
  onRateLimited?(
    event: CallEvent & { readonly family: string; readonly lane: string; readonly retryAfterMs: number | undefined },
  ): void;
  onToken?(event: { readonly outcome: string; readonly code?: string }): void;
}

/** Combines several watchers; a failure of one does not affect the others. */
export function allHooks(watchers: readonly VendorHooks[]): VendorHooks {
  const each = (call: (watcher: VendorHooks) => void) => {
    for (const watcher of watchers) {
      try {
        call(watcher);
      } catch {
        // Watching must not affect what is watched.
      }
    }
  };
  return {
    onRequest: (event) => each((watcher) => watcher.onRequest?.(event)),
    onResponse: (event) => each((watcher) => watcher.onResponse?.(event)),
    onRetry: (event) => each((watcher) => watcher.onRetry?.(event)),
    onRateLimited: (event) => each((watcher) => watcher.onRateLimited?.(event)),
    onToken: (event) => each((watcher) => watcher.onToken?.(event)),
  };
}
