declare module "s3rver" {
  /** Object storage with the interface of S3, as an application of koa. */
  export default class S3rver {
    constructor(options: {
      readonly directory: string;
      readonly silent: boolean;
      readonly vhostBuckets: boolean;
      readonly configureBuckets: readonly { readonly name: string }[];
    });
    callback(): unknown;
  }
}
