/** RFC 8414 §2. There is no authorization endpoint, so `response_types_supported` is empty. */
export class ServerMetadata {
  issuer!: string;
  token_endpoint!: string;
  token_endpoint_auth_methods_supported!: string[];
  grant_types_supported!: string[];
  response_types_supported!: string[];
  jwks_uri!: string;
  revocation_endpoint!: string;
  revocation_endpoint_auth_methods_supported!: string[];
  introspection_endpoint!: string;
  introspection_endpoint_auth_methods_supported!: string[];
  /** The feed of what is revoked, and its stream; only where `REVOCATIONS_TOKEN` lets anybody in */
  revocation_feed_uri?: string;
  revocation_stream_uri?: string;
  service_documentation!: string;
}
