// What most people would write first: everything from the broker, one upsert a message, through a pool.
// Usage: MQTT=mqtt://127.0.0.1:1883 PGHOST=/run/… PGUSER=… PGDATABASE=… POOL=10 node consumer.mjs
// Says "ready", then for each line "N" on stdin "reached N" as soon as N upserts are committed, counted from its start. Ends with stdin.
import { connect } from "mqtt";
import pg from "pg";
import { createInterface } from "node:readline";

const pool = new pg.Pool({ max: Number(process.env.POOL) });
await pool.query(`create table if not exists device_state (
  device text primary key, epoch bigint not null, seq bigint not null, received_at timestamptz not null, device_at timestamptz, capture jsonb not null, health text not null, firmware text not null)`);
const upsert = `insert into device_state values ($1, $2, $3, now(), $4, $5, $6, $7) on conflict (device) do update set epoch = excluded.epoch, seq = excluded.seq,
  received_at = excluded.received_at, device_at = excluded.device_at, capture = excluded.capture, health = excluded.health, firmware = excluded.firmware`;

let committed = 0;
let awaited = Infinity;
const look = () => {
  if (committed >= awaited) {
    console.log(`reached ${awaited}`);
    awaited = Infinity;
  }
};

const client = connect(process.env.MQTT, { protocolVersion: 5, clientId: "consumer" });
client.on("message", async (topic, payload) => {
  const beat = JSON.parse(payload);
  // Named, so that PostgreSQL plans it once: to the peer's advantage.
  await pool.query({ name: "upsert", text: upsert, values: [topic.split("/")[3], beat.epoch, beat.seq, beat.at, beat.capture, beat.health, beat.firmware] });
  committed++;
  look();
});
await new Promise((done) => client.on("connect", done));
await client.subscribeAsync("registry/v1/devices/+/heartbeat", { qos: 1 });
console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  awaited = Number(line);
  look();
}
process.exit(0);
