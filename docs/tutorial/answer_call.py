import os

from flask import Flask, request
from twilio.rest import Client
from twilio.twiml.voice_response import Gather, VoiceResponse

app = Flask(__name__)


@app.post("/voice")
def answer() -> str:
    response = VoiceResponse()
    menu = Gather(num_digits=1, action="/order")
    menu.say("Press one for pizza, two for salad.")
    response.append(menu)
    response.say("Goodbye.")
    return str(response)


@app.post("/order")
def order() -> str:
    meal = {"1": "pizza", "2": "salad"}.get(request.form["Digits"], "surprise")
    response = VoiceResponse()
    response.say(f"Your {meal} is on its way.")
    return str(response)


if __name__ == "__main__":
    client = Client(os.environ["TWILIO_ACCOUNT_SID"], os.environ["TWILIO_AUTH_TOKEN"])
    for number in client.incoming_phone_numbers.list():
        number.update(voice_url="http://localhost:3000/voice")
    app.run(port=3000)
