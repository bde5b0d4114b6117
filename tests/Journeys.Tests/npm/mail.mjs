// A mail server of an independent library. Prints its port, then each mail that it took as a line of JSON.
//   node mail.mjs [certificate key]   with a certificate it offers STARTTLS, and takes no mail without it
// It refuses the mailbox of refused@… for ever (550), and that of later@… for now (451).
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { SMTPServer } from "smtp-server";

const [certificate, key] = process.argv.slice(2);
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: certificate ? ["AUTH"] : ["AUTH", "STARTTLS"],
  ...(certificate ? { cert: readFileSync(certificate), key: readFileSync(key) } : {}),
  onMailFrom: (_, session, done) => {
    if (!certificate || session.secure) return done();
    done(Object.assign(new Error("Begin with STARTTLS"), { responseCode: 530 }));
  },
  onRcptTo: ({ address }, _, done) => {
    const code = address.startsWith("refused@") ? 550 : address.startsWith("later@") ? 451 : 0;
    done(code ? Object.assign(new Error(`<${address}> is not taken`), { responseCode: code }) : undefined);
  },
  onData: (stream, session, done) => {
    const parts = [];
    stream.on("data", (part) => parts.push(part));
    stream.on("end", () => {
      const { mailFrom, rcptTo } = session.envelope;
      console.log(JSON.stringify({ from: mailFrom.address, to: rcptTo.map((one) => one.address), raw: Buffer.concat(parts).toString() }));
      done();
    });
  },
});
server.on("error", () => {});
server.listen(0, "127.0.0.1", () => console.log(server.server.address().port));
createInterface({ input: process.stdin }).on("close", () => process.exit(0));
