// A message centre on the npm package smpp, for our client to be tested against.
//
// Prints {"port": N} once it listens, then one JSON line for each thing it saw. How it answers a submit_sm is said by the
// submit itself, in its text: the words before the first colon, in any order.
//
//   tlv       the receipt names id and state in TLVs, with no text; else it is text
//   late      the receipt comes 50 ms after the answer; else right behind it
//   early     the receipt comes before the answer to the submit
//   doubled   the receipt comes twice
//   hex       the answer has the id in hexadecimal, the receipt in decimal
//   failed    the receipt says UNDELIV with error 045
//   held      the receipt comes only after that of the next message: out of order
//   throttled the answer is ESME_RTHROTTLED
//   reply     the text after the colon comes back as a deliver_sm, with the sender and the recipient turned round
"use strict";
const smpp = require("smpp");

let lastId = 0xa000000; // shorter ids would be too alike to learn a conversion from
let held = [];

function say(thing) {
  process.stdout.write(JSON.stringify(thing) + "\n");
}

function receipt(pdu, words, id) {
  const failed = words.has("failed");
  const named = words.has("hex") ? String(parseInt(id, 16)) : id;
  const both = {
    source_addr_ton: 1, source_addr_npi: 1, source_addr: pdu.destination_addr,
    dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: pdu.source_addr,
    esm_class: 4,
  };
  if (words.has("tlv")) {
    return { ...both, receipted_message_id: named, message_state: failed ? 5 : 2, short_message: "" };
  }
  const stat = failed ? "UNDELIV err:045" : "DELIVRD err:000";
  const text = `id:${named} sub:001 dlvrd:001 submit date:2601020304 done date:2601020305 stat:${stat} text:`;
  return { ...both, short_message: text };
}

function deliver(session, fields) {
  session.deliver_sm(fields, (answer) => say({ deliver_sm_resp: answer.command_status }));
}

function onSubmit(session, pdu) {
  const payload = pdu.message_payload || pdu.short_message;
  const body = String(payload.message);
  const words = new Set(body.split(":")[0].split(" "));
  const udh = payload.udh ? Buffer.concat([].concat(payload.udh)).toString("hex") : null;
  say({ submit_sm: { from: pdu.source_addr, to: pdu.destination_addr, body, udh, data_coding: pdu.data_coding } });
  if (words.has("throttled")) {
    session.send(pdu.response({ command_status: smpp.ESME_RTHROTTLED }));
    return;
  }
  lastId += 1;
  const id = lastId.toString(words.has("hex") ? 16 : 10);
  const answer = () => session.send(pdu.response({ message_id: id }));
  const receipts = Array(words.has("doubled") ? 2 : 1).fill(receipt(pdu, words, id));
  const send = () => receipts.forEach((fields) => deliver(session, fields));
  if (words.has("early")) {
    session.deliver_sm(receipts[0], (resp) => {
      say({ deliver_sm_resp: resp.command_status });
      answer();
    });
  } else if (words.has("held")) {
    answer();
    held.push(send);
  } else if (words.has("late")) {
    answer();
    setTimeout(send, 50);
  } else {
    answer();
    send();
    held.forEach((other) => other());
    held = [];
  }
  if (words.has("reply")) {
    const text = body.slice(body.indexOf(":") + 1);
    deliver(session, {
      source_addr_ton: 1, source_addr_npi: 1, source_addr: pdu.destination_addr,
      dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: pdu.source_addr,
      short_message: text,
    });
  }
}

function onBind(session, pdu) {
  const good = pdu.password === "sesame";
  say({ [pdu.command]: good });
  session.send(pdu.response(good ? { system_id: "node" } : { command_status: smpp.ESME_RINVPASWD }));
  if (!good) session.close();
}

const server = smpp.createServer((session) => {
  session.on("error", (error) => say({ error: error.message }));
  for (const kind of ["bind_transceiver", "bind_transmitter", "bind_receiver"]) {
    session.on(kind, (pdu) => onBind(session, pdu));
  }
  session.on("submit_sm", (pdu) => onSubmit(session, pdu));
  session.on("enquire_link", (pdu) => session.send(pdu.response()));
  session.on("unbind", (pdu) => {
    say({ unbind: true });
    session.send(pdu.response(), () => session.close());
  });
});
server.listen(0, "127.0.0.1", () => say({ port: server.address().port }));
