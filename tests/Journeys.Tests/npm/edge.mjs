// A Sparkplug edge node on the client of the Tahu project, whose bdSeq never moves: births of itself and its devices, then what stdin says.
import sparkplug from 'sparkplug-client';

const [serverUrl, gateway, secret, groupId, edgeNode, ...devices] = process.argv.slice(2);
const client = sparkplug.newClient({ serverUrl, username: gateway, password: secret, clientId: gateway, groupId, edgeNode, version: 'spBv1.0', keepalive: 30 });
const node = [{ name: 'Node Control/Rebirth', type: 'Boolean', value: false }];
const metrics = video => [
  { name: 'Video/Mode', type: 'String', value: video }, { name: 'Plates/Reading', type: 'Boolean', value: true }, { name: 'Stills/Stored', type: 'Int32', value: 1 },
  { name: 'Health', type: 'Int32', value: 0 }, { name: 'Firmware', type: 'String', value: '4.2' }, { name: 'Last Plate', type: 'String', value: 'CANARY7' },
];
client.on('error', error => { console.log(`error ${error.message ?? error}`); process.exit(1); });
client.on('birth', () => {
  client.publishNodeBirth({ timestamp: Date.now(), metrics: node });
  for (const device of devices)
    client.publishDeviceBirth(device, { timestamp: Date.now(), metrics: metrics('recorded') });
  console.log('born');
});
client.on('ncmd', payload => console.log(`ncmd ${payload.metrics.map(metric => metric.name).join()}`));
process.stdin.on('data', line => {
  const [verb, device] = line.toString().trim().split(' ');
  if (verb === 'death')
    client.publishDeviceDeath(device, { timestamp: Date.now(), metrics: [] });
  else if (verb === 'data')
    client.publishDeviceData(device, { timestamp: Date.now(), metrics: [{ name: 'Video/Mode', type: 'String', value: 'off' }] });
  console.log(`done ${verb}`);
});
