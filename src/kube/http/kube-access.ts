/** Where an API server is, and who we are to it. */
export interface KubeAccess {
  /** `https://host:port`, with a path where it is behind a proxy that has one. */
  server: string;
  /** Bearer token. */
  token?: string;
  /** File with the bearer token; read again from time to time, because Kubernetes renews it. */
  tokenFile?: string;
  /** PEM; the authorities the system trusts where it is absent. */
  certificateAuthority?: string;
  /** PEM, both or none. */
  clientCertificate?: string;
  clientKey?: string;
  /** Name in the server's certificate where that is not its host's. */
  serverName?: string;
  /** Takes any certificate. */
  isUnverified?: boolean;
  /** The namespace a kubeconfig's context, or the Pod we are in, stands for. */
  namespace?: string;
}
