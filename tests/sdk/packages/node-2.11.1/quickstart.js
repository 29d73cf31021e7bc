// The quickstart in the words of version 2, which answers through callbacks or Q promises and lists one page at a time.
const [sender, recipient] = process.argv.slice(2);
const client = require("twilio")(process.env.TWILIO_ACCOUNT_SID, process.env.TWILIO_AUTH_TOKEN);

async function main() {
  for (const number of [1, 2, 3]) {
    const message = await client.messages.create({ from: sender, to: recipient, body: `Hello ${number} from Node` });
    console.log("sent", message.sid, message.status);
  }

  const first = await client.messages.list({ to: recipient, pageSize: 2, page: 0 });
  const second = await client.messages.list({ to: recipient, pageSize: 2, page: 1 });
  console.log("listed", first.messages.length + Math.min(second.messages.length, 1));

  try {
    await client.messages.create({ from: sender, to: "nobody", body: "This goes nowhere" });
  } catch (error) {
    console.log("refused", error.code);
  }
}

main();
