// Send texts, list them page by page, provoke an error. Usage: node quickstart.js FROM TO
const [sender, recipient] = process.argv.slice(2);
const client = require("twilio")(process.env.TWILIO_ACCOUNT_SID, process.env.TWILIO_AUTH_TOKEN);

async function main() {
  for (const number of [1, 2, 3]) {
    const message = await client.messages.create({ from: sender, to: recipient, body: `Hello ${number} from Node` });
    console.log("sent", message.sid, message.status);
  }

  const listed = await client.messages.list({ to: recipient, pageSize: 2, limit: 3 });
  console.log("listed", listed.length);

  try {
    await client.messages.create({ from: sender, to: "nobody", body: "This goes nowhere" });
  } catch (error) {
    console.log("refused", error.code);
  }
}

main();
