"""The same with the asynchronous client. Usage: quickstart_async.py FROM TO"""

import asyncio
import sys

from twilio.base.exceptions import TwilioRestException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client


async def main(sender: str, recipient: str) -> None:
    async with AsyncTwilioHttpClient() as http:
        client = Client(http_client=http)
        for number in (1, 2, 3):
            message = await client.messages.create_async(from_=sender, to=recipient, body=f"Hello {number}")
            print("sent", message.sid, message.status)

        listed = await client.messages.list_async(to=recipient, page_size=2, limit=3)
        print("listed", len(listed))

        try:
            await client.messages.create_async(from_=sender, to="nobody", body="This goes nowhere")
        except TwilioRestException as error:
            print("refused", error.code)


asyncio.run(main(*sys.argv[1:]))
