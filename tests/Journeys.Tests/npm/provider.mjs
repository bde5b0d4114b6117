// A city's identity provider, by a library that nobody here wrote. Its people, by the name they type:
//   SUB,MAIL            the provider vouches for the mail address
//   SUB,MAIL,unverified it does not
//   SUB,MAIL,forged     … and somebody on the way puts MAIL and another subject into a token signed for SUB
//   SUB,MAIL,unsigned   … and takes the signature away
// Prints its issuer, then reads the redirect URI of its one client from stdin, then prints "ready".
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

const CLIENT = { id: "registry", secret: "a-secret-of-these-tests-only-0123456789" };

let answer = (_, response) => response.writeHead(503).end();
const server = createServer((request, response) => answer(request, response));
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
// Another host than the registry's, so that its cookies are not mixed with ours: cookies know no ports.
const issuer = `http://localhost:${server.address().port}`;
console.log(issuer);

const lines = createInterface({ input: process.stdin });
const redirectUri = (await lines[Symbol.asyncIterator]().next()).value;
lines.on("close", () => process.exit(0));

const person = (name) => {
  const [sub, mail, how = "verified"] = name.split(",");
  return { sub, mail, how };
};
const provider = new Provider(issuer, {
  clients: [{ client_id: CLIENT.id, client_secret: CLIENT.secret, redirect_uris: [redirectUri], token_endpoint_auth_method: "client_secret_post" }],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  pkce: { methods: ["S256"], required: () => true },
  features: { devInteractions: { enabled: false } },
  cookies: { keys: ["of these tests only"] },
  interactions: { url: (_, interaction) => `/people/${interaction.uid}` },
  findAccount: (_, name) => {
    const { sub, mail, how } = person(name);
    return { accountId: name, claims: () => ({ sub, email: mail, email_verified: how !== "unverified" }) };
  },
  loadExistingGrant: async (context) => {
    const grant = new context.oidc.provider.Grant({ clientId: context.oidc.client.clientId, accountId: context.oidc.session.accountId });
    grant.addOIDCScope("openid email");
    await grant.save();
    return grant;
  },
});

// An attacker between the provider and the registry.
const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
provider.use(async (context, next) => {
  await next();
  const name = context.oidc?.entities?.Account?.accountId;
  if (context.path !== "/token" || !context.body?.id_token || !name) return;
  const { mail, how } = person(name);
  const [head, body, signature] = context.body.id_token.split(".");
  const claims = { ...JSON.parse(Buffer.from(body, "base64url")), sub: "somebody-else", email: mail, email_verified: true };
  if (how === "forged") context.body = { ...context.body, id_token: [head, encode(claims), signature].join(".") };
  if (how === "unsigned") context.body = { ...context.body, id_token: [encode({ alg: "none" }), encode(claims), ""].join(".") };
});

const handle = provider.callback();
answer = async (request, response) => {
  try {
    if (!request.url.startsWith("/people/")) return handle(request, response);
    if (request.method === "GET") return response.setHeader("content-type", "text/html").end('<!doctype html><title>City account</title><form method="post"><label>Who are you? <input name="name"></label><button>Continue</button></form>');
    let body = "";
    for await (const part of request) body += part;
    await provider.interactionFinished(request, response, { login: { accountId: new URLSearchParams(body).get("name") } }, { mergeWithLastSubmission: false });
  } catch (failure) {
    console.error(failure);
    response.writeHead(500).end();
  }
};
console.log("ready");
