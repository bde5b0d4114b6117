// A receiver of webhooks that verifies each message by the library of Standard Webhooks. Prints its port, then each
// message as a line of JSON.
//   node webhook.mjs [port]
// The secret comes by stdin; until then no request is answered.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Webhook } from "standardwebhooks";

let give;
const secret = new Promise((given) => (give = given));
const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts).toString();
  let isGenuine = true;
  try {
    new Webhook(await secret).verify(body, request.headers);
  } catch {
    isGenuine = false;
  }
  response.writeHead(204).end();
  console.log(JSON.stringify({ id: request.headers["webhook-id"], isGenuine, method: request.method, path: request.url, body }));
});
server.listen(Number(process.argv[2] ?? 0), "127.0.0.1", () => console.log(server.address().port));
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => give(line));
lines.on("close", () => process.exit(0));
