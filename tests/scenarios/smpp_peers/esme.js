// A client on the npm package smpp, for the server side of our bind to be tested against: node esme.js PORT
//
// Binds, submits a short text, one in UCS-2, one in message_payload and a query_sm, asks for a sign of life, answers what
// is delivered, and unbinds once it has been told "bye". Prints one JSON line for each thing it saw.
"use strict";
const smpp = require("smpp");

function say(thing) {
  process.stdout.write(JSON.stringify(thing) + "\n");
}

const session = smpp.connect({ host: "127.0.0.1", port: Number(process.argv[2]) }, () => {
  session.bind_transceiver({ system_id: "node", password: "sesame" }, (bound) => {
    say({ bind: bound.command_status, system_id: bound.system_id });
    const addresses = { source_addr: "15550001111", destination_addr: "15550002222" };
    session.submit_sm({ ...addresses, short_message: "Hello" }, (pdu) => say({ plain: pdu.message_id }));
    session.submit_sm({ ...addresses, short_message: "Привет" }, (pdu) => say({ ucs2: pdu.message_id }));
    session.submit_sm({ ...addresses, message_payload: { message: "long ".repeat(100) } }, (pdu) =>
      say({ payload: pdu.message_id }),
    );
    session.query_sm({ message_id: "m1", source_addr: "15550001111" }, (pdu) => say({ query: pdu.command_status }));
    session.enquire_link({}, (pdu) => say({ enquire_link: pdu.command_status }));
  });
});
session.on("error", (error) => say({ error: error.message }));
session.on("deliver_sm", (pdu) => {
  const body = String(pdu.short_message.message);
  say({ deliver_sm: body, esm_class: pdu.esm_class });
  session.send(pdu.response());
  if (body === "bye") {
    session.unbind((answer) => {
      say({ unbind: answer.command_status });
      session.close();
    });
  }
});
session.on("close", () => say({ closed: true }));
