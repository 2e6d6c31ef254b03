// Publishes the life of an edge node and a device with Eclipse Tahu's client, as a gateway would, and
// then vanishes without a word, so that the broker publishes its last will.
//
//   node publish.js mqtt://127.0.0.1:1883
"use strict";

const { newClient } = require("sparkplug-client");

const noon = Date.UTC(2026, 10, 23, 5, 0, 0);

const node = newClient({
  serverUrl: process.argv[2],
  username: "",
  password: "",
  groupId: "peer",
  edgeNode: "gw1",
  clientId: "sparkplug-peer",
});

node.on("error", (error) => {
  console.error(error);
  process.exit(1);
});

node.on("birth", () => {
  node.publishNodeBirth({
    timestamp: noon,
    metrics: [{ name: "Level", alias: 1, type: "Int16", value: -40 }],
  });
  node.publishDeviceBirth("pump7", {
    timestamp: noon,
    metrics: [
      { name: "Inputs/Temperature", alias: 2, type: "Float", value: 24.9 },
      { name: "Inputs/Pump Running", alias: 3, type: "Boolean", value: true },
      { name: "Count", alias: 4, type: "UInt64", value: 4294967296 },
      { name: "Properties/Maker", alias: 5, type: "String", value: "Hydra" },
    ],
  });

  // By alias alone: what it stands for was said in the birth.
  node.publishNodeData({ timestamp: noon + 1000, metrics: [{ alias: 1, type: "Int16", value: -41 }] });
  node.publishDeviceData("pump7", {
    timestamp: noon + 2000,
    metrics: [
      { alias: 2, type: "Float", value: 25.3, timestamp: noon + 1500 },
      { alias: 3, type: "Boolean", value: false },
      { alias: 5, type: "String", value: "Hydra" },
    ],
  });
  node.publishDeviceData("pump7", {
    timestamp: noon + 3000,
    metrics: [
      { alias: 4, type: "UInt64", value: 17, timestamp: noon - 3600000, isHistorical: true },
      { alias: 2, type: "Float", value: null },
    ],
  });
  const packed = (value) => ({ metrics: [{ alias: 4, type: "UInt64", value, timestamp: noon + 4000 + value }] });
  node.publishDeviceData("pump7", packed(18), { compress: true, algorithm: "GZIP" });
  node.publishDeviceData("pump7", packed(19), { compress: true });

  node.publishDeviceDeath("pump7", { timestamp: noon + 5000 });

  // When the broker has sent the death back, it has everything.
  node.subscribeTopic("spBv1.0/peer/DDEATH/gw1/pump7", { qos: 0 }, () => {
    node.publishDeviceDeath("pump7", { timestamp: noon + 6000 });
  });
});

node.on("message", () => process.exit(0));
