// The tenant's hooks as far as the service watches them. Of their own shape here, because this part never speaks to the vendor.

interface CallEvent {
  readonly operationId: string;
  /** What the vendor was sent as `X-Correlation-Id`. */
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
      /** Of a reply with 5xx, redacted. */
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

/** Several watchers as one; a failure of one keeps nothing from the others. */
export function allHooks(watchers: readonly VendorHooks[]): VendorHooks {
  const each = (call: (watcher: VendorHooks) => void) => {
    for (const watcher of watchers) {
      try {
        call(watcher);
      } catch {
        // Watching must not change what is watched.
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
