// A camera on MQTT.js: signs in, asks what is expected of it, says one heartbeat, and tells on stdout what it was told.
import mqtt from 'mqtt';

const [url, id, secret, protocolVersion] = process.argv.slice(2);
const epoch = Date.now();
const client = mqtt.connect(url, {
  clientId: id, username: id, password: secret, protocolVersion: Number(protocolVersion), reconnectPeriod: 0,
  will: { topic: `registry/v1/devices/${id}/death`, payload: JSON.stringify({ epoch }), qos: 1, retain: false },
});
client.on('error', error => { console.log(`error ${error.message}`); process.exit(1); });
client.on('message', (topic, payload, packet) => console.log(`expected ${packet.retain} ${payload}`));
client.on('connect', async () => {
  await client.subscribeAsync(`registry/v1/devices/${id}/expected`, { qos: 1 });
  const heartbeat = { epoch, seq: 1, at: new Date().toISOString(), capture: { video: 'live' }, health: 'ok', firmware: '2.0', ruleVersion: 1 };
  await client.publishAsync(`registry/v1/devices/${id}/heartbeat`, JSON.stringify(heartbeat), { qos: 1 });
  console.log('acknowledged');
});
process.stdin.on('data', () => client.end(false, () => process.exit(0)));
