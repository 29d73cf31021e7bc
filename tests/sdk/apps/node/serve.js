// Two tutorials for Node: a bakery that forwards calls with a recording, and a meeting that is moderated from the office.
const express = require("express");
const twilio = require("twilio");

const client = twilio(process.env.TWILIO_ACCOUNT_SID, process.env.TWILIO_AUTH_TOKEN);
const { VoiceResponse } = twilio.twiml;
const number = process.env.SHOP_NUMBER;

const app = express();
app.use(express.urlencoded({ extended: false }));

const calls = express.Router();
calls.use(twilio.webhook({ protocol: "http" }));
const office = express.Router();
app.use("/calls", calls);
app.use("/office", office);

const send = (answer, response) => answer.type("text/xml").send(response.toString());

// -- forwarding --

const kept = [];

calls.post("/forward", (request, answer) => {
  const response = new VoiceResponse();
  const gather = response.gather({ numDigits: 1, action: "/calls/forwarded", timeout: 5 });
  gather.say({ voice: "Polly.Joanna" }, "Press 1 to speak with the baker.");
  response.say("Goodbye.");
  send(answer, response);
});

calls.post("/forwarded", (request, answer) => {
  const response = new VoiceResponse();
  if (request.body.Digits === "1") {
    const dial = response.dial({
      callerId: number,
      record: "record-from-answer-dual",
      recordingStatusCallback: "/calls/recorded",
      action: "/calls/after",
    });
    dial.number({ url: "/calls/whisper" }, process.env.BAKER);
  } else {
    response.redirect("/calls/forward");
  }
  send(answer, response);
});

calls.post("/whisper", (request, answer) => {
  const response = new VoiceResponse();
  response.say("A customer is on the line.");
  send(answer, response);
});

calls.post("/after", (request, answer) => {
  const response = new VoiceResponse();
  response.say(`The baker has hung up: ${request.body.DialCallStatus}.`);
  send(answer, response);
});

calls.post("/recorded", (request, answer) => {
  kept.push(request.body.RecordingSid);
  answer.sendStatus(204);
});

office.post("/next-day", (request, answer) => {
  kept.length = 0;
  answer.json({ notes: "empty" });
});

office.get("/kept", async (request, answer) => {
  const recordings = await Promise.all(kept.map((sid) => client.recordings(sid).fetch()));
  answer.json(recordings.map(({ channels, source, status }) => ({ channels, source, status })));
});

// -- a meeting --

calls.post("/meeting", (request, answer) => {
  const response = new VoiceResponse();
  response.dial().conference(
    { startConferenceOnEnter: request.body.From === process.env.BAKER, beep: "false", waitUrl: "" },
    "bakers",
  );
  response.say("You have left the meeting.");
  send(answer, response);
});

const meeting = async () => (await client.conferences.list({ friendlyName: "bakers", status: "in-progress" }))[0];

office.post("/invite", async (request, answer) => {
  const { sid } = await meeting();
  const added = await client.conferences(sid).participants.create({
    from: number,
    to: process.env.GUEST,
    label: "guest",
    beep: "false",
    muted: true,
  });
  answer.json({ label: added.label, muted: added.muted, dated: added.dateCreated instanceof Date });
});

office.post("/unmute", async (request, answer) => {
  const { sid } = await meeting();
  const changed = await client.conferences(sid).participants("guest").update({ muted: false });
  answer.json({ muted: changed.muted });
});

office.get("/labels", async (request, answer) => {
  const labels = [];
  const { sid } = await meeting();
  const { participants } = client.conferences(sid);
  await new Promise((done, failed) => {
    participants.each({ pageSize: 1, done: (error) => (error ? failed(error) : done()) }, (each) =>
      labels.push(each.label),
    );
  });
  answer.json(labels);
});

office.post("/end", async (request, answer) => {
  const { sid } = await meeting();
  const { status } = await client.conferences(sid).update({ status: "completed" });
  answer.json({ status });
});

app.use((error, request, answer, next) => {
  answer.status(500).send(String(error.stack));
});

const server = app.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
