//! What `--help` says before and after the arguments.

pub(super) const LONG: &str = "\
Invoices of several organizations, behind tenancy's gateway.

Without arguments it needs nothing else: the books are in memory (SQLite), and people sign in at an identity provider for \
development that is part of this program, listens on loopback only and lets any visitor sign in as any user. Open http://localhost:3000 in \
Chromium or Firefox, which take Secure cookies from http://localhost.";

pub(super) const AFTER: &str = "\
Secrets are named by where they are, never written here:
  file:/PATH                a file that no other account may read
  credential:NAME           of systemd (LoadCredential=)
  env:NAME                  of the environment
  vault:MOUNT/PATH#FIELD    of Vault or OpenBao, version 2 of its key-value store; see --vault-address
All but a split gateway's root key are read again when they change, where their place can change; of a database's URL that is the
password, and for anything else in it restart.

Examples:

  billing
      in memory, with the development provider
  billing --database sqlite:billing.db
      the same in a file
  billing --setup-postgres postgres://me@localhost/shop
      PostgreSQL with both walls: makes tables, roles, row-level security and a key, and serves
  billing --database credential:database-url --gateway-database credential:gateway-database-url \\
    --permissions-database credential:permissions-database-url \\
    --postgres-ca /etc/billing/database-ca.crt --both-walls --seal-key credential:seal-key \\
    --session-key credential:session-key --oidc-issuer https://id.example --oidc-client-id billing \\
    --oidc-client-secret credential:oidc-client-secret --public-url https://billing.example
      tables that an operator migrated, over TLS; a real provider; a proxy in front that ends TLS
  billing --vault-address https://vault.example --vault-role 0d1f6a0c --vault-proof file:/run/secrets/secret-id \\
    --session-key 'vault:secret/billing/sessions#key'
      a secret from Vault; the others alike

  In two processes:
  billing --new-root-key root.key
      prints k4.public.…, for --trust
  billing --service --listen 127.0.0.1:3100 --trust k4.public.… --statements http://127.0.0.1:3200/keys
  billing --gateway --upstream http://127.0.0.1:3100 --root-key file:$PWD/root.key --keys-listen 127.0.0.1:3200

Exit codes:
  0 stopped by a signal   2 arguments or files   3 an address   4 the database   5 the provider

The log goes to standard error. RUST_LOG=debug, RUST_LOG=tenancy=debug,info and the like choose.";
