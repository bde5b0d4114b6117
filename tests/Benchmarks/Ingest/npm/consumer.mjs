// The consumer that most people would first write: it subscribes to all devices and upserts each message through a pool.
// Usage: MQTT=mqtt://127.0.0.1:1883 PGHOST=/run/… PGUSER=… PGDATABASE=… POOL=10 node consumer.mjs
// Prints "ready". For each line "N" on stdin it prints "reached N" when N upserts are committed since the start. Ends when stdin ends.
import { connect } from "mqtt";
import pg from "pg";
import { createInterface } from "node:readline";

const pool = new pg.Pool({ max: Number(process.env.POOL) });
await pool.query(`create table if not exists device_state (
  device text primary key, epoch bigint not null, seq bigint not null, received_at timestamptz not null, device_at timestamptz,
  capture jsonb not null, health text not null, firmware text not null)`);
const upsert = `insert into device_state values ($1, $2, $3, now(), $4, $5, $6, $7)
  on conflict (device) do update set epoch = excluded.epoch, seq = excluded.seq, received_at = excluded.received_at,
    device_at = excluded.device_at, capture = excluded.capture, health = excluded.health, firmware = excluded.firmware`;

let committed = 0;
let awaited = Infinity;
const reportIfReached = () => {
  if (committed >= awaited) {
    console.log(`reached ${awaited}`);
    awaited = Infinity;
  }
};

const client = connect(process.env.MQTT, { protocolVersion: 5, clientId: "consumer" });
client.on("message", async (topic, payload) => {
  // A named statement is planned once by PostgreSQL, to the advantage of this peer.
  const { epoch, seq, at, capture, health, firmware } = JSON.parse(payload);
  await pool.query({ name: "upsert", text: upsert, values: [topic.split("/")[3], epoch, seq, at, capture, health, firmware] });
  committed++;
  reportIfReached();
});
await new Promise((done) => client.on("connect", done));
await client.subscribeAsync("registry/v1/devices/+/heartbeat", { qos: 1 });
console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  awaited = Number(line);
  reportIfReached();
}
process.exit(0);
