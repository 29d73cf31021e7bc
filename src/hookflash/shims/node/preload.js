// Preloaded by `hookflash run` into every Node: connections to Twilio's names lead to this server.
//
// Twilio's library takes the proxy from the environment, but `fetch`, `https` and WebSocket clients of the program's own
// do not, and would reach the real hosts. So the place that all of them pass is changed.
"use strict";

const net = require("net");

const [, host, port] = /^(.*):(\d+)$/.exec(process.env.HOOKFLASH_SHIM_HTTPS || "") || [];
const OURS = /(^|\.)twilio\.com\.?$|^api\.authy\.com\.?$/i;

/** The options of a connection, led to our listener when they name one of our hosts. */
function routed(options) {
  const isOurs = options && Number(options.port) === 443 && OURS.test(options.host || "");
  return isOurs ? { ...options, host, port: Number(port) } : options;
}

function install() {
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (...words) {
    if (Array.isArray(words[0])) {
      words[0][0] = routed(words[0][0]); // as `net.connect` and `tls.connect` hand them on
    } else if (typeof words[0] === "object") {
      words[0] = routed(words[0]);
    } else if (typeof words[1] === "string") {
      const target = routed({ port: words[0], host: words[1] });
      words.splice(0, 2, target.port, target.host);
    }
    return connect.apply(this, words);
  };
}

if (host) install();
