// A certified OpenID provider (npm `oidc-provider`) on loopback, with people who sign in without a screen.
//
// Settings come as JSON in the first argument. It ends when its standard input closes, which happens when the test
// process ends, however it ends.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const settings = JSON.parse(process.argv[2]);
process.stdin.on('end', () => process.exit(0)).resume();

const PROJECT = settings.project;
const OWNER = 'urn:zitadel:iam:user:resourceowner:id';
const ROLES = `urn:zitadel:iam:org:project:${PROJECT}:roles`;
const SHORT_ROLES = 'urn:zitadel:iam:org:project:roles';

// Zitadel's claims, modelled from its documentation. `bob` is let in by two organizations.
const people = {
  alice: { email: 'alice@example.test', [OWNER]: '100000000000000001', [ROLES]: { clerk: { '100000000000000001': 'acme.example.test' } } },
  bob: {
    email: 'bob@example.test',
    [OWNER]: '100000000000000002',
    [ROLES]: {
      clerk: { '100000000000000001': 'acme.example.test', '100000000000000002': 'globex.example.test' },
      owner: { '100000000000000002': 'globex.example.test' },
    },
    [SHORT_ROLES]: { owner: { '100000000000000009': 'another-project.example.test' } },
  },
  // Carol took Alice's address.
  carol: { email: 'alice@example.test' },
  // Signs in with a second factor.
  strong: { email: 'strong@example.test' },
};

function keyPair() {
  switch (settings.alg) {
    case 'ES256': return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'Ed25519': case 'EdDSA': return generateKeyPairSync('ed25519');
    default: return generateKeyPairSync('rsa', { modulusLength: 2048 });
  }
}
const jwk = { ...keyPair().privateKey.export({ format: 'jwk' }), kid: settings.kid, use: 'sig', alg: settings.alg };

function configuration() {
  return {
    clients: [{
      client_id: settings.client,
      ...(settings.secret && { client_secret: settings.secret }),
      token_endpoint_auth_method: settings.secret ? 'client_secret_basic' : 'none',
      redirect_uris: [settings.redirect],
      post_logout_redirect_uris: [settings.afterLogout],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      id_token_signed_response_alg: settings.alg,
      ...(settings.backChannel && {
        backchannel_logout_uri: settings.backChannel,
        backchannel_logout_session_required: true,
      }),
    }],
    jwks: { keys: [jwk] },
    cookies: { keys: ['only for a test'] },
    acrValues: ['urn:test:mfa'],
    scopes: [
      'openid', 'offline_access', 'urn:zitadel:iam:user:resourceowner', 'urn:zitadel:iam:org:projects:roles',
      `urn:zitadel:iam:org:project:id:${PROJECT}:aud`,
    ],
    claims: {
      openid: ['sub', 'acr', 'amr', 'auth_time'],
      email: ['email'],
      'urn:zitadel:iam:user:resourceowner': [OWNER],
      'urn:zitadel:iam:org:projects:roles': [ROLES, SHORT_ROLES],
    },
    // Claims of scopes go into the id token, as Zitadel does it.
    conformIdTokenClaims: false,
    findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: (ctx, form) => { ctx.body = form; } },
    },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    // The provider calls no loopback address (a guard of its own); here everything is on loopback.
    fetch: (url, { dispatcher: _guard, ...options }) => fetch(url, options),
  };
}

// Signs in whoever `login_hint` names, and consents to everything.
async function interact(provider, request, response) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    if (!(params.login_hint in people)) {
      const refusal = { error: 'access_denied', error_description: '<script>alert(1)</script>' };
      return provider.interactionFinished(request, response, refusal);
    }
    const strong = params.login_hint === 'strong';
    const login = { accountId: params.login_hint, amr: strong ? ['pwd', 'otp', 'mfa'] : ['pwd'] };
    if (strong) login.acr = 'urn:test:mfa';
    return provider.interactionFinished(request, response, { login });
  }
  const known = grantId && await provider.Grant.find(grantId);
  const grant = known || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  if (prompt.details.missingOIDCScope) grant.addOIDCScope(prompt.details.missingOIDCScope.join(' '));
  if (prompt.details.missingOIDCClaims) grant.addOIDCClaims(prompt.details.missingOIDCClaims);
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

const server = createServer();
server.listen(settings.port, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, configuration());
  const standard = provider.callback();
  server.on('request', (request, response) => {
    if (!request.url.startsWith('/interaction/')) return standard(request, response);
    interact(provider, request, response).catch((error) => {
      response.writeHead(500).end(String(error));
    });
  });
  for (const fault of ['server_error', 'backchannel.error']) {
    provider.on(fault, (...details) => console.error(fault, ...details));
  }
  console.log(`ready ${issuer}`);
});
