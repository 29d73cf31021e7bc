"""`<Pay>`: the caller keys card or account, and a connector charges it or keeps a token of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from hookflash.domain.payment import (
    CARD_TYPES,
    USUAL_CARDS,
    Details,
    PaymentField,
    PaymentMethod,
    PaymentProblem,
    PaymentResult,
    Rules,
    fits_currency,
    read_amount,
    read_currency,
    read_postal_code,
)
from hookflash.domain.payment_order import PaymentError, PaymentOrder
from hookflash.domain.speech import Utterance
from hookflash.domain.voices import DEFAULT
from hookflash.switch.leg import HungUp
from hookflash.switch.protocol import AnySource
from hookflash.twiml.declaration import TEXT, URL, ValueKind, attribute, one_of, verb
from hookflash.twiml.kinds import TRUTH, short_text, whole, words_of
from hookflash.twiml.paying import Keyed, Till, key_in
from hookflash.twiml.problems import TwimlCode, TwimlWarning
from hookflash.twiml.verbs.parameter import Parameter, parameters_of
from hookflash.twiml.verbs.payment_words import LANGUAGES, words_for
from hookflash.twiml.verbs.prompt import PROCESSING, Prompt
from hookflash.twiml.voice import GoTo, Next, SoundError, StatusCallback, VoiceCall, VoiceVerb

AMOUNT = ValueKind("an amount from 0 to 1,000,000, at most two decimals", read_amount)
POSTAL_CODE = ValueKind("true, false or a postal code", read_postal_code)
CURRENCY = ValueKind("an ISO 4217 code", read_currency)


@verb("Pay", children=(Prompt, Parameter))
@dataclass(frozen=True, kw_only=True, slots=True)
class Pay(VoiceVerb):
    """Takes a payment by keypad, and goes on with a document that is told how it ended."""

    input: str = attribute("input", one_of("dtmf"), default="dtmf", warn=TwimlCode.PAY_PARAMETER, summary="keys")
    action: str | None = attribute(
        "action", URL, refuse=TwimlCode.INVALID_URL, summary="told how it ended. Default: the document itself"
    )
    status_callback: str | None = attribute(
        "statusCallback", URL, warn=TwimlCode.INVALID_URL, summary="told of each field that is asked for"
    )
    status_callback_method: str = attribute(
        "statusCallbackMethod",
        one_of("GET", "POST"),
        default="POST",
        warn=TwimlCode.PAY_PARAMETER,
        summary="how it is requested",
    )
    payment_method: str = attribute(
        "paymentMethod",
        one_of(*PaymentMethod),
        default="credit-card",
        refuse=TwimlCode.PAY_METHOD,
        summary="what it is paid with",
    )
    bank_account_type: str = attribute(
        "bankAccountType",
        one_of("consumer-checking", "consumer-savings", "commercial-checking", "commercial-savings"),
        default="consumer-checking",
        warn=TwimlCode.PAY_PARAMETER,
        summary="told to the connector",
    )
    timeout: int = attribute(
        "timeout",
        whole(1, 600, unit="seconds"),
        default=5,
        warn=TwimlCode.PAY_PARAMETER,
        summary="how long to wait for each key",
    )
    max_attempts: int = attribute(
        "maxAttempts", whole(1, 3), default=1, warn=TwimlCode.PAY_PARAMETER, summary="for each field"
    )
    security_code: bool = attribute(
        "securityCode", TRUTH, default=True, warn=TwimlCode.PAY_PARAMETER, summary="whether it is asked for"
    )
    postal_code: str = attribute(
        "postalCode",
        POSTAL_CODE,
        default="true",
        warn=TwimlCode.PAY_PARAMETER,
        summary="whether it is asked for, or the code itself",
    )
    min_postal_code_length: int = attribute(
        "minPostalCodeLength", whole(1, 12), default=0, warn=TwimlCode.PAY_PARAMETER, summary="how many digits at least"
    )
    payment_connector: str = attribute(
        "paymentConnector", TEXT, default="Default", warn=TwimlCode.PAY_CONNECTOR, summary="the connector's name"
    )
    token_type: str = attribute(
        "tokenType",
        one_of("one-time", "reusable", "payment-method"),
        default="reusable",
        warn=TwimlCode.PAY_PARAMETER,
        summary="the kind of token, where nothing is charged",
    )
    charge_amount: str = attribute(
        "chargeAmount",
        AMOUNT,
        default="",
        refuse=TwimlCode.PAY_AMOUNT,
        summary="what is charged; 0 or none: a token is made",
    )
    currency: str = attribute(
        "currency", CURRENCY, default="usd", warn=TwimlCode.PAY_PARAMETER, summary="of the amount"
    )
    language: str = attribute(
        "language", one_of(*LANGUAGES), default="en-US", warn=TwimlCode.PAY_PARAMETER, summary="of our own prompts"
    )
    description: str = attribute(
        "description", short_text(1_000), default="", warn=TwimlCode.PAY_PARAMETER, summary="told to the connector"
    )
    valid_card_types: tuple[str, ...] = attribute(
        "validCardTypes",
        words_of(*CARD_TYPES),
        default=USUAL_CARDS,
        warn=TwimlCode.PAY_PARAMETER,
        summary="which cards are accepted",
    )

    @property
    def is_last(self) -> bool:
        return True

    def check(self, url: str | None) -> Iterator[TwimlWarning]:
        yield from self.without_action(self.action, url)
        if not fits_currency(self.charge_amount, self.currency):
            yield self.skipped(TwimlCode.PAY_AMOUNT, f"{self.currency} has no decimals, chargeAmount has")

    async def run(self, call: VoiceCall) -> Next:
        await call.answer()
        till = call.till(StatusCallback(url=self.status_callback or "", method=self.status_callback_method))
        details = Details()
        params: dict[str, str] = {}
        try:
            till.check(self.order)
            result = await _Dialogue(self, call, till, details).ask()
            if result is PaymentResult.SUCCESS:
                await self._say(call, PROCESSING)
                params = (await till.pay(self.order, details)).told()
        except HungUp:
            result = PaymentResult.HUNG_UP
        except PaymentError as error:
            result = error.result
            params = {"PayErrorCode": str(error.code), "PaymentError": error.sentence}
            if error.connector_error:
                params["ConnectorError"] = error.connector_error
        params = {"Result": result.value, **self.order.told(), **details.told(), **params}
        details.forget()
        call.note(f"<Pay> ended: {result.value}")
        return GoTo(self.action or "", "POST", params)

    @property
    def rules(self) -> Rules:
        return Rules(
            method=PaymentMethod(self.payment_method),
            security_code=self.security_code,
            postal_code=self.postal_code == "true",
            least_postal_code=self.min_postal_code_length,
            cards=self.valid_card_types,
        )

    @property
    def order(self) -> PaymentOrder:
        return PaymentOrder(
            rules=self.rules,
            connector=self.payment_connector,
            amount=self.charge_amount,
            currency=self.currency,
            token_type=self.token_type,
            description=self.description,
            bank_account_type=self.bank_account_type,
            postal_code=self.postal_code if self.postal_code not in ("true", "false") else "",
            parameters=parameters_of(self.content),
            key_ms=self.timeout * 1_000,
        )

    async def _say(self, call: VoiceCall, place: str) -> None:
        sources = await self.prompt(call, place, attempt=1, problem="", card=None)
        try:
            await call.leg.play(sources)
        except OSError as error:
            call.fail(self, SoundError(int(TwimlCode.PLAY_CONTENT), str(error)))

    def prompt_for(
        self, place: str, *, attempt: int, problem: str, card: str | None, again: bool = False
    ) -> Prompt | None:
        """The application's own words, where it has some that fit."""
        prompts = [part for part in self.content if isinstance(part, Prompt)]
        weighed = [
            (weight, at)
            for at, prompt in enumerate(prompts)
            if (weight := prompt.weight(place, attempt=attempt, problem=problem, card=card, again=again)) is not None
        ]
        return prompts[max(weighed)[1]] if weighed else None

    async def prompt(
        self, call: VoiceCall, place: str, *, attempt: int, problem: str, card: str | None, again: bool = False
    ) -> list[AnySource]:
        """What is heard at `place`: a field that is asked for, or the processing."""
        prompt = self.prompt_for(place, attempt=attempt, problem=problem, card=card, again=again)
        if prompt is not None and (sources := await prompt.sources(call)):
            return sources
        voice = replace(DEFAULT, language=self.language)
        try:
            return [await call.say(Utterance(voice, (words_for(place, self.language),)))]
        except SoundError as error:
            call.fail(self, error)
            return []

    @property
    def sentence(self) -> str:
        return "<Pay> takes a payment"


class _Dialogue:
    """Asks for one field after the other."""

    def __init__(self, pay: Pay, call: VoiceCall, till: Till, details: Details) -> None:
        self._pay = pay
        self._call = call
        self._till = till
        self._details = details

    async def ask(self) -> PaymentResult:
        async with self._till.private():
            for wanted in self._pay.rules.fields:
                result = await self._field(wanted)
                if result is not PaymentResult.SUCCESS:
                    return result
        return PaymentResult.SUCCESS

    async def _field(self, wanted: PaymentField) -> PaymentResult:
        problem: PaymentProblem | None = None
        for attempt in range(1, self._pay.max_attempts + 1):
            self._tell(wanted, attempt, problem)
            keyed = await self._keyed(wanted, attempt, problem)
            if keyed.aborted:
                return PaymentResult.INTERRUPTED
            year, month = self._till.today
            problem = self._details.take(wanted, keyed.digits, self._pay.rules, year=year, month=month)
            if problem is None and self._is_asked_twice(wanted):
                again = await self._keyed(wanted, attempt, None, again=True)
                if again.aborted:
                    return PaymentResult.INTERRUPTED
                problem = None if again.digits == keyed.digits else PaymentProblem.MATCHING
            if problem is None:
                return PaymentResult.SUCCESS
            self._call.note(f"<Pay>: {wanted.value} at attempt {attempt}: {problem.value}")
        self._tell(wanted, self._pay.max_attempts, problem)
        return PaymentResult.TOO_MANY_FAILED_ATTEMPTS

    def _is_asked_twice(self, wanted: PaymentField) -> bool:
        return any(isinstance(part, Prompt) and part.matching and wanted in part.places for part in self._pay.content)

    async def _keyed(
        self, wanted: PaymentField, attempt: int, problem: PaymentProblem | None, *, again: bool = False
    ) -> Keyed:
        prompts = await self._pay.prompt(
            self._call,
            wanted.value,
            attempt=attempt,
            problem=problem.value if problem else "",
            card=self._details.card_type,
            again=again,
        )
        key_ms = self._pay.timeout * 1_000
        try:
            return await key_in(self._call.leg, wanted, key_ms=key_ms, prompts=prompts)
        except OSError as error:
            self._call.fail(self._pay, SoundError(int(TwimlCode.PLAY_CONTENT), str(error)))
            return await key_in(self._call.leg, wanted, key_ms=key_ms)

    def _tell(self, wanted: PaymentField, attempt: int, problem: PaymentProblem | None) -> None:
        params = {"For": wanted.value, "Attempt": str(attempt), **self._pay.order.told()}
        if problem is not None:
            params["ErrorType"] = problem.value
        self._till.tell({**params, **self._details.told()})
