"""Engines that understand speech over WebSocket: what they are told, what is made of their answers, how they fail."""

import struct

import pytest
from aiohttp import web
from tests.unit.speech.engines.peers import (
    SECOND,
    Peer,
    Talk,
    deepgram,
    engine_of,
    result,
    serving,
    sherpa,
    transcripts,
    vosk,
)  # fmt: skip

from hookflash.speech.recogniser import DEGRADED, Hearing, RecognitionError, Transcript

TALKS: dict[str, Talk] = {"vosk": vosk, "sherpa-onnx": sherpa, "deepgram": deepgram}


async def said_to(kind: str, how: Hearing, *, talk: Talk | None = None) -> tuple[Peer, list[Transcript]]:
    peer = Peer(talk or TALKS[kind])
    async with serving(peer.handle) as server, engine_of(kind, server, key="secret", timeout=2_000) as engine:
        return peer, await transcripts(engine, how)


@pytest.mark.parametrize("kind", TALKS)
async def test_one_utterance_is_one_result(kind: str) -> None:
    """Whoever listens says where the utterance ends: pauses in it are none of its business."""
    _, [said] = await said_to(kind, Hearing())
    assert said.text.lower().replace(".", "") == "hello there goodbye"
    assert said.is_final


@pytest.mark.parametrize("kind", TALKS)
async def test_a_stream_has_a_result_for_each_utterance(kind: str) -> None:
    """The engine tells where the speaker pauses; what is left comes at the end."""
    _, said = await said_to(kind, Hearing(is_one_utterance=False))
    assert [one.text.lower().replace(".", "") for one in said] == ["hello there", "goodbye"]
    assert all(one.is_final for one in said)


@pytest.mark.parametrize("kind", TALKS)
async def test_partial_results_come_when_they_are_wanted(kind: str) -> None:
    """Each has a stability, and holds what is settled already."""
    _, said = await said_to(kind, Hearing(partials=True))
    partial = said[:-1]
    assert [one.is_final for one in said] == [False] * len(partial) + [True]
    assert partial[0].text.startswith("hell")
    assert all(one.stability is not None for one in partial)


async def test_confidence_is_the_mean_of_what_is_known() -> None:
    """vosk has it for each word, Deepgram for each piece; sherpa-onnx has none."""
    for kind, expected in (("vosk", 0.9), ("deepgram", 0.867), ("sherpa-onnx", None)):
        _, [said] = await said_to(kind, Hearing())
        assert said.confidence == expected


async def test_vosk_is_told_the_rate_and_gets_the_audio_as_it_is() -> None:
    """16-bit PCM at 8 kHz."""
    peer, _ = await said_to("vosk", Hearing())
    assert peer.texts[0] == '{"config": {"sample_rate": 8000, "words": true}}'
    assert bytes(peer.audio) == SECOND


async def test_sherpa_gets_floats_at_the_rate_of_its_model() -> None:
    """32-bit floats from -1 to 1, twice as many at 16 kHz, but for the few that the resampler holds back."""
    peer, _ = await said_to("sherpa-onnx", Hearing())
    samples = struct.unpack(f"<{len(peer.audio) // 4}f", peer.audio)
    assert 15_000 < len(samples) <= 16_000
    assert max(map(abs, samples)) <= 1
    assert max(map(abs, samples)) > 0.5


async def test_deepgram_is_told_what_is_wanted() -> None:
    """In the query: model, language, hints as its models take them; the key as a token."""
    peer, _ = await said_to(
        "deepgram", Hearing(language="fr-FR", hints=("un", "deux"), model="deepgram_nova-2-phonecall")
    )
    assert peer.query == [
        ("model", "nova-2-phonecall"),
        ("language", "fr-FR"),
        ("encoding", "linear16"),
        ("sample_rate", "8000"),
        ("channels", "1"),
        ("punctuate", "true"),
        ("interim_results", "false"),
        ("keywords", "un"),
        ("keywords", "deux"),
    ]
    assert peer.headers["Authorization"] == "Token secret"
    peer, _ = await said_to("deepgram", Hearing(model="phone_call", hints=("one",), partials=True, punctuation=False))
    assert {("model", "nova-3"), ("keyterm", "one"), ("interim_results", "true"), ("punctuate", "false")} <= {
        *peer.query
    }


async def test_what_the_engine_said_is_kept() -> None:
    """As JSON, for applications that ask for the provider's own data."""
    _, [_, said] = await said_to("deepgram", Hearing(is_one_utterance=False))
    assert said.provider_data == result("Goodbye.", 1.0)


# -- what goes wrong --


def saying(*messages: str | bytes) -> Talk:
    async def talk(peer: Peer, socket: web.WebSocketResponse) -> None:
        for message in messages:
            await (socket.send_str(message) if isinstance(message, str) else socket.send_bytes(message))
        await peer.hear(socket, until="eof")

    return talk


@pytest.mark.parametrize(
    ("kind", "answer", "says"),
    [
        ("vosk", "not JSON", "no JSON object"),
        ("vosk", "[1, 2]", "no JSON object"),
        ("vosk", "{}", "neither a text"),
        ("vosk", '{"text": 7}', "no text"),
        ("vosk", '{"text": "%s"}' % ("a " * 20_000), "no text"),
        ("vosk", '{"text": "%s"}' % ("a" * 1_100_000), "too long"),
        ("sherpa-onnx", '{"segment": 1}', "no text"),
        ("sherpa-onnx", '{"text": "a", "segment": "b"}', "no number"),
        ("deepgram", '{"type": "Results"}', "no transcript"),
        ("deepgram", '{"type": "Results", "channel": {"alternatives": []}}', "no transcript"),
        ("deepgram", '{"type": "Error", "description": "no credit"}', "says that it failed"),
    ],
)
async def test_a_wrong_answer_ends_in_a_failure(kind: str, answer: str, says: str) -> None:
    """What the protocol does not allow is never taken for speech, nor passed on."""
    with pytest.raises(RecognitionError, match=says) as failure:
        await said_to(kind, Hearing(), talk=saying(answer))
    assert failure.value.code == DEGRADED
    assert "cloud" in failure.value.sentence
    assert "secret" not in failure.value.sentence


async def test_an_engine_that_floods_is_cut_off() -> None:
    """Nobody reads a thousand results of a second."""
    words = [f'{{"text": "word {number}"}}' for number in range(1_200)]
    with pytest.raises(RecognitionError, match="more than anyone can read"):
        await said_to("vosk", Hearing(is_one_utterance=False), talk=saying(*words))


async def test_bytes_and_unknown_messages_are_passed_over() -> None:
    """A protocol may grow."""

    async def talk(peer: Peer, socket: web.WebSocketResponse) -> None:
        await socket.send_bytes(b"\x00\x01")
        await socket.send_str('{"type": "SpeechStarted"}')
        await deepgram(peer, socket)

    _, [said] = await said_to("deepgram", Hearing(), talk=talk)
    assert said.text == "hello there. Goodbye."


async def test_a_connection_that_closes_in_the_middle_is_a_failure() -> None:
    """Half of what was said is not told as if it were all."""

    async def talk(peer: Peer, socket: web.WebSocketResponse) -> None:
        await socket.send_str('{"text": "hello"}')

    peer = Peer(talk)
    async with serving(peer.handle) as server, engine_of("vosk", server) as engine, engine.listen(Hearing()) as session:
        await session.write(SECOND)
        with pytest.raises(RecognitionError, match="closed the connection"):
            _ = [said async for said in session]


async def test_an_engine_that_does_not_come_to_an_end_is_given_up() -> None:
    """So many milliseconds after the last of the audio."""

    async def talk(peer: Peer, socket: web.WebSocketResponse) -> None:
        await peer.hear(socket)

    peer = Peer(talk)
    async with serving(peer.handle) as server, engine_of("vosk", server, timeout=100) as engine:
        with pytest.raises(RecognitionError, match="not answered in time"):
            await transcripts(engine, Hearing())


async def test_an_engine_that_does_not_listen_is_given_up() -> None:
    """A peer that reads nothing holds nobody: the audio stops when its buffers are full."""

    async def talk(peer: Peer, socket: web.WebSocketResponse) -> None:
        await peer.may_end.wait()

    peer = Peer(talk)
    async with serving(peer.handle) as server, engine_of("vosk", server, timeout=200) as engine:
        with pytest.raises(RecognitionError, match="takes no more audio"):
            await transcripts(engine, Hearing(), SECOND * 1_000)
        peer.may_end.set()


@pytest.mark.parametrize(("status", "says"), [(401, "refuses the key"), (403, "refuses the key"), (500, "HTTP 500")])
async def test_an_engine_that_refuses_says_so(status: int, says: str) -> None:
    """Before anything is listened to."""

    async def handle(request: web.Request) -> web.Response:
        return web.Response(status=status)

    async with serving(handle) as server, engine_of("deepgram", server, key="secret") as engine:
        with pytest.raises(RecognitionError, match=says) as failure:
            async with engine.listen(Hearing()):
                pass
    assert failure.value.code == DEGRADED
    assert "secret" not in failure.value.sentence


async def test_an_engine_that_is_not_there_says_so() -> None:
    """A server that was stopped."""

    async def handle(request: web.Request) -> web.Response:
        return web.Response()

    async with serving(handle) as server, engine_of("vosk", server) as engine:
        await server.close()
        with pytest.raises(RecognitionError, match="cannot be reached"):
            async with engine.listen(Hearing()):
                pass


async def test_who_stops_listening_waits_for_nothing() -> None:
    """A hang-up leaves the block while the engine still talks."""
    peer = Peer(vosk)
    async with serving(peer.handle) as server, engine_of("vosk", server) as engine:
        async with engine.listen(Hearing()) as session:
            await session.write(SECOND)
        async with engine.listen(Hearing()) as session:
            await session.end()
            assert [said.text async for said in session] == ["hello there goodbye"]
