// Writes packets of MQTT that an encoder of another maker made, and the same packets with a mutation, with what its parser says of them.
// Each record: its length (4 bytes, big-endian), the protocol version, the verdict (1 made, 2 mutated and taken, 3 mutated and refused), the packet.
// Usage: node mqtt-packets.mjs SEED COUNT
import mqtt from "mqtt-packet";

const MADE = 1;
const TAKEN = 2;
const REFUSED = 3;
const [seed, count] = process.argv.slice(2).map(Number);

/** Mulberry32: the same seed gives the same packets. */
let state = seed;
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

const below = (limit) => Math.floor(random() * limit);
const from = (list) => list[below(list.length)];
const maybe = (make) => (random() < 0.4 ? make() : undefined);
const many = (most, make) => Array.from({ length: below(most + 1) }, make);
const bool = () => random() < 0.5;
const number = (least, most) => (random() < 0.2 ? from([least, most]) : least + below(most - least + 1));
const letters = [..."abcxyzABC019-_. äßñ日本語🎥\u00a0\ufeff\u2028"];
const text = (most = 12) => many(most, () => from(letters)).join("");
const bytes = (most = 20) => Buffer.from(many(most, () => below(256)));
const level = () => from(letters) + text(6);
const topic = () => (random() < 0.2 ? "/" : "") + [level(), ...many(3, level)].join("/");
const packetId = () => number(1, 65535);

function filter() {
  const levels = [level(), ...many(3, () => (random() < 0.3 ? "+" : level()))];
  if (random() < 0.2) levels.push("#");
  return random() < 0.1 ? from(["#", "+", "/", "+/+"]) : levels.join("/");
}

/** Members that are not there are left out: the encoder would write some of them. */
function some(members) {
  const there = Object.entries(members).filter(([, value]) => value !== undefined);
  return there.length > 0 ? Object.fromEntries(there) : undefined;
}

const userProperties = () => maybe(() => Object.fromEntries([0, ...many(2, () => 0)].map(() => ["k" + text(5), random() < 0.3 ? [text(), text()] : text()])));

const message = () => ({
  payloadFormatIndicator: maybe(bool),
  messageExpiryInterval: maybe(() => number(0, 0xffffffff)),
  contentType: maybe(text),
  responseTopic: maybe(topic),
  correlationData: maybe(bytes),
  userProperties: userProperties(),
});

const answer = (cmd, codes) => (version) => ({
  cmd,
  messageId: packetId(),
  ...(version === 5 && {
    reasonCode: from(codes),
    properties: some({ reasonString: maybe(text), userProperties: userProperties() }),
  }),
});

function connect(version) {
  const authenticationMethod = maybe(text);
  const will = maybe(() => ({
    topic: topic(),
    payload: bytes(),
    qos: below(3),
    retain: bool(),
    ...(version === 5 && { properties: some({ willDelayInterval: maybe(() => number(0, 0xffffffff)), ...message() }) }),
  }));
  const username = maybe(text);
  return {
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: version,
    clean: true,
    clientId: text(20),
    keepalive: number(0, 65535),
    will,
    username: username || undefined,
    password: username ? maybe(bytes) : undefined,
    ...(version === 5 && {
      properties: some({
        sessionExpiryInterval: maybe(() => number(0, 0xffffffff)),
        receiveMaximum: maybe(() => number(1, 65535)),
        maximumPacketSize: maybe(() => number(1, 0xffffffff)),
        topicAliasMaximum: maybe(() => number(0, 65535)),
        requestResponseInformation: maybe(bool),
        requestProblemInformation: maybe(bool),
        userProperties: userProperties(),
        authenticationMethod: authenticationMethod || undefined,
        authenticationData: authenticationMethod ? maybe(bytes) : undefined,
      }),
    }),
  };
}

function publish(version) {
  const qos = below(3);
  return {
    cmd: "publish",
    topic: topic(),
    payload: bytes(200),
    qos,
    dup: qos > 0 && bool(),
    retain: bool(),
    messageId: qos > 0 ? packetId() : undefined,
    ...(version === 5 && { properties: some({ ...message(), topicAlias: maybe(() => number(1, 65535)) }) }),
  };
}

const subscribe = (version) => ({
  cmd: "subscribe",
  messageId: packetId(),
  subscriptions: [0, ...many(3, () => 0)].map(() => ({
    topic: filter(),
    qos: below(3),
    ...(version === 5 && { nl: bool(), rap: bool(), rh: below(3) }),
  })),
  ...(version === 5 && { properties: some({ subscriptionIdentifier: maybe(() => number(1, 268435455)), userProperties: userProperties() }) }),
});

const unsubscribe = (version) => ({
  cmd: "unsubscribe",
  messageId: packetId(),
  unsubscriptions: [filter(), ...many(3, filter)],
  ...(version === 5 && { properties: some({ userProperties: userProperties() }) }),
});

const disconnect = (version) => ({
  cmd: "disconnect",
  ...(version === 5 && {
    reasonCode: from([0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99]),
    properties: some({
      sessionExpiryInterval: maybe(() => number(0, 0xffffffff)),
      reasonString: maybe(text),
      userProperties: userProperties(),
    }),
  }),
});

const receiving = [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];
const releasing = [0x00, 0x92];
const makers = [
  connect,
  publish,
  subscribe,
  unsubscribe,
  disconnect,
  () => ({ cmd: "pingreq" }),
  answer("puback", receiving),
  answer("pubrec", receiving),
  answer("pubrel", releasing),
  answer("pubcomp", releasing),
];

/** What the parser says of one whole packet; null when it read less or more than one. */
function verdict(packet, version) {
  let read = 0;
  let isRefused = false;
  const parser = mqtt.parser({ protocolVersion: version });
  parser.on("packet", () => read++);
  parser.on("error", () => (isRefused = true));
  try {
    parser.parse(packet);
  } catch {
    isRefused = true;
  }
  return isRefused ? REFUSED : read === 1 ? TAKEN : null;
}

/** Changes the packet behind its length, or its first byte, and gives it the length that it then has. */
function mutate(packet) {
  let at = 1;
  while (packet[at++] & 0x80);
  let first = packet[0];
  let body = [...packet.subarray(at)];
  for (let changes = 1 + below(2); changes > 0; changes--) {
    const place = below(body.length + 1);
    switch (below(6)) {
      case 0:
        first = random() < 0.5 ? first ^ (1 << below(8)) : below(256);
        break;
      case 1:
        if (place < body.length) body[place] = below(256);
        break;
      case 2:
        if (place < body.length) body[place] ^= 1 << below(8);
        break;
      case 3:
        body.splice(place, 1 + below(3));
        break;
      case 4:
        body.splice(place, 0, ...many(3, () => below(256)));
        break;
      default:
        body = body.slice(0, place);
    }
  }
  const length = [];
  for (let left = body.length; ; left >>= 7) {
    length.push(left > 127 ? (left & 0x7f) | 0x80 : left);
    if (left <= 127) break;
  }
  return Buffer.from([first, ...length, ...body]);
}

function write(version, said, packet) {
  const head = Buffer.alloc(6);
  head.writeUInt32BE(packet.length + 2, 0);
  head[4] = version;
  head[5] = said;
  out.push(head, packet);
}

const out = [];
for (let i = 0; i < count; i++) {
  const version = bool() ? 5 : 4;
  const made = from(makers)(version);
  const packet = mqtt.generate(made, { protocolVersion: version });
  if (verdict(packet, version) !== TAKEN) throw new Error(`It does not take its own packet: ${JSON.stringify(made)} ${packet.toString("hex")}`);
  write(version, MADE, packet);
  for (const mutated of [mutate(packet), mutate(packet)]) {
    const said = verdict(mutated, version);
    if (said !== null) write(version, said, mutated);
  }
}
process.stdout.write(Buffer.concat(out));
